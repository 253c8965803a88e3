"""Small random CLIPs and dictionaries on disk, each with settings that the demo model does not have."""
import json

import numpy as np
import torch

import safetensors_file


class Random:
    """Normal numbers from a seed, rounded to the type they will be stored in."""

    def __init__(self, seed, dtype):
        self.generator, self.dtype = np.random.RandomState(seed), dtype

    def __call__(self, *shape, scale=1.0, mean=0.0):
        values = self.generator.standard_normal(shape) * scale + mean
        return torch.tensor(values, dtype=torch.float64).to(self.dtype)


def tower(width, heads, layers, mlp, activation, epsilon, **own):
    return {
        'hidden_size': width,
        'num_attention_heads': heads,
        'num_hidden_layers': layers,
        'intermediate_size': mlp,
        'hidden_act': activation,
        'layer_norm_eps': epsilon,
        **own,
    }


# Head widths, MLP ratios, patch sizes, epsilons and the two towers' activations differ on purpose.
MODELS = {
    'tiny-gelu-fp32': {
        'seed': 11,
        'dtype': torch.float32,
        'projection': 20,
        'vision': tower(24, 2, 3, 32, 'gelu', 1e-5, image_size=18, patch_size=6),
        'text': tower(8, 2, 2, 24, 'gelu', 1e-5, eos_token_id=2),
        'mean': [0.5, 0.5, 0.5],
        'std': [0.5, 0.5, 0.5],
    },
    'tiny-tanh-bf16': {
        'seed': 12,
        'dtype': torch.bfloat16,
        'projection': 20,
        'vision': tower(32, 4, 3, 64, 'gelu_pytorch_tanh', 1e-3, image_size=24, patch_size=8),
        'text': tower(16, 2, 2, 32, 'gelu', 1e-6, eos_token_id=891),
        'mean': [0.0, 0.0, 0.0],
        'std': [1.0, 1.0, 1.0],
    },
    'tiny-quick-fp16': {
        'seed': 13,
        'dtype': torch.float16,
        'projection': 12,
        'vision': tower(32, 2, 4, 48, 'quick_gelu', 1e-5, image_size=24, patch_size=6),
        'text': tower(16, 4, 2, 24, 'gelu_pytorch_tanh', 1e-4, eos_token_id=891),
        'mean': [0.48145466, 0.4578275, 0.40821073],
        'std': [0.26862954, 0.26130258, 0.27577711],
    },
}
VOCABULARY, CONTEXT = 892, 16


def dictionary(seed, model, layer, tokens, relu, subtract, k=None, size=48, dtype=torch.float32):
    return {
        'seed': seed,
        'dtype': dtype,
        'config': {
            'architecture': 'relu' if k is None else 'topk',
            **({} if k is None else {'k': k}),
            'relu': relu,
            'd_in': MODELS[model]['vision']['hidden_size'],
            'd_sae': size,
            'hook': 'resid_post',
            'layer': layer,
            'tokens': tokens,
            'subtract_b_dec': subtract,
            'normalize': 'none',
            'model': model,
        },
    }


DICTIONARIES = {
    'gelu-first-all-topk': dictionary(21, 'tiny-gelu-fp32', 0, 'all', relu=True, subtract=True, k=30),
    'gelu-middle-cls-relu': dictionary(22, 'tiny-gelu-fp32', 1, 'cls', relu=True, subtract=False),
    'gelu-last-patches-topk': dictionary(23, 'tiny-gelu-fp32', 2, 'patches', relu=True, subtract=True, k=5),
    'tanh-first-patches-relu': dictionary(24, 'tiny-tanh-bf16', 0, 'patches', relu=True, subtract=True),
    'tanh-middle-all-signed': dictionary(25, 'tiny-tanh-bf16', 1, 'all', relu=False, subtract=False, k=40),
    'tanh-last-cls-topk': dictionary(26, 'tiny-tanh-bf16', 2, 'cls', relu=True, subtract=False, k=8, size=64),
    'quick-first-patches-signed': dictionary(27, 'tiny-quick-fp16', 0, 'patches', relu=False, subtract=True, k=42),
    'quick-middle-cls-topk': dictionary(
        28, 'tiny-quick-fp16', 1, 'cls', relu=True, subtract=True, k=9, size=96, dtype=torch.float16
    ),
    'quick-late-cls-signed': dictionary(29, 'tiny-quick-fp16', 2, 'cls', relu=False, subtract=False, k=36),
    'quick-last-all-relu': dictionary(30, 'tiny-quick-fp16', 3, 'all', relu=True, subtract=False),
}


def linear(random, out, into):
    return {'weight': random(out, into, scale=1.3 * into**-0.5), 'bias': random(out, scale=0.3)}


def norm(random, width):
    return {'weight': random(width, scale=0.4, mean=1.0), 'bias': random(width, scale=0.3)}


def named(prefix, tensors):
    return {f'{prefix}.{name}': tensor for name, tensor in tensors.items()}


def encoder(random, prefix, config):
    width, mlp, tensors = config['hidden_size'], config['intermediate_size'], {}
    for layer in range(config['num_hidden_layers']):
        block = f'{prefix}.encoder.layers.{layer}'
        for part in ('q', 'k', 'v', 'out'):
            tensors |= named(f'{block}.self_attn.{part}_proj', linear(random, width, width))
        tensors |= named(f'{block}.layer_norm1', norm(random, width))
        tensors |= named(f'{block}.layer_norm2', norm(random, width))
        tensors |= named(f'{block}.mlp.fc1', linear(random, mlp, width))
        tensors |= named(f'{block}.mlp.fc2', linear(random, width, mlp))
    return tensors


def weights(spec):
    random = Random(spec['seed'], spec['dtype'])
    vision, text, projection = spec['vision'], spec['text'], spec['projection']
    width, patch = vision['hidden_size'], vision['patch_size']
    positions = (vision['image_size'] // patch) ** 2 + 1
    tensors = {
        'logit_scale': random(scale=0.0, mean=2.6592),
        'visual_projection.weight': random(projection, width, scale=width**-0.5),
        'text_projection.weight': random(projection, text['hidden_size'], scale=text['hidden_size'] ** -0.5),
        'vision_model.embeddings.class_embedding': random(width),
        'vision_model.embeddings.patch_embedding.weight': random(width, 3, patch, patch, scale=0.5 / patch),
        'vision_model.embeddings.position_embedding.weight': random(positions, width, scale=0.5),
        'text_model.embeddings.token_embedding.weight': random(VOCABULARY, text['hidden_size']),
        'text_model.embeddings.position_embedding.weight': random(CONTEXT, text['hidden_size'], scale=0.5),
    }
    if spec['dtype'] == torch.float16:
        # Older checkpoints carry these; they mean nothing.
        tensors['vision_model.embeddings.position_ids'] = torch.arange(positions)[None]
    tensors |= named('vision_model.pre_layrnorm', norm(random, width))
    tensors |= named('vision_model.post_layernorm', norm(random, width))
    tensors |= named('text_model.final_layer_norm', norm(random, text['hidden_size']))
    return tensors | encoder(random, 'vision_model', vision) | encoder(random, 'text_model', text)


def write_json(path, value):
    path.write_text(json.dumps(value, indent=2) + '\n')


def write_model(folder, name, tokenizer):
    """A Hugging Face folder; the tokenizer is the one in the folder `tokenizer`."""
    spec = MODELS[name]
    folder.mkdir(parents=True, exist_ok=True)
    safetensors_file.save(folder / 'model.safetensors', weights(spec))
    dtype = str(spec['dtype']).removeprefix('torch.')
    text = {'model_type': 'clip_text_model', 'max_position_embeddings': CONTEXT, 'vocab_size': VOCABULARY}
    # The older checkpoints' ids of 0 and 2 are both wrong for their tokenizers.
    text |= {'bos_token_id': 0 if spec['text']['eos_token_id'] == 2 else 890, 'pad_token_id': 1}
    config = {
        'architectures': ['CLIPModel'],
        'model_type': 'clip',
        'dtype': dtype,
        'logit_scale_init_value': 2.6592,
        'projection_dim': spec['projection'],
        'text_config': text | spec['text'],
        'vision_config': {'model_type': 'clip_vision_model', 'num_channels': 3} | spec['vision'],
    }
    write_json(folder / 'config.json', config)
    size = spec['vision']['image_size']
    preprocessor = {
        'image_processor_type': 'CLIPImageProcessor',
        'do_convert_rgb': True,
        'do_resize': True,
        'size': {'shortest_edge': size},
        'resample': 3,
        'do_center_crop': True,
        'crop_size': {'height': size, 'width': size},
        'do_rescale': True,
        'rescale_factor': 1 / 255,
        'do_normalize': True,
        'image_mean': spec['mean'],
        'image_std': spec['std'],
    }
    write_json(folder / 'preprocessor_config.json', preprocessor)
    compact = json.loads((tokenizer / 'tokenizer.json').read_text())
    (folder / 'tokenizer.json').write_text(json.dumps(compact, separators=(',', ':'), ensure_ascii=False))
    settings = json.loads((tokenizer / 'tokenizer_config.json').read_text())
    write_json(folder / 'tokenizer_config.json', settings | {'model_max_length': CONTEXT})


def write_dictionary(folder, name):
    spec = DICTIONARIES[name]
    config, random = spec['config'], Random(spec['seed'], spec['dtype'])
    width, size = config['d_in'], config['d_sae']
    tensors = {
        'W_enc': random(width, size, scale=width**-0.5),
        'b_enc': random(size, scale=0.3, mean=-0.4 if config['architecture'] == 'relu' else 0.0),
        'W_dec': random(size, width, scale=width**-0.5),
        'b_dec': random(width, scale=0.5),
    }
    folder.mkdir(parents=True, exist_ok=True)
    safetensors_file.save(folder / 'sae.safetensors', tensors)
    write_json(folder / 'config.json', config)
