"""Tiny checkpoints in every layout, each saved as its project saves it and read back by that project's own loader."""
import json
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import open_clip
import timm
import torch
from open_clip.model import convert_weights_to_lp
from open_clip.push_to_hf_hub import save_config_for_hf
from open_clip.transform import PreprocessCfg, image_transform_v2, merge_preprocess_dict
from safetensors.torch import save_file
from tokenizers import Tokenizer
from transformers import (
    AutoImageProcessor,
    AutoTokenizer,
    CLIPConfig,
    CLIPImageProcessor,
    CLIPModel,
    CLIPProcessor,
    SiglipConfig,
    SiglipImageProcessor,
    SiglipModel,
    SiglipProcessor,
)

import vocabularies
from measure import open_clip_view, openai_view, transformers_view
from randomise import randomise


@dataclass(frozen=True)
class Checkpoint:
    """What is on disk, as its library reads it."""

    #: A folder or a file, from the folder of all checkpoints.
    path: str
    format: str
    #: In float64, or float32 where the library's own code casts to that.
    view: object
    #: Side of what the model sees.
    size: int
    #: PIL image to pixels [3, S, S].
    prepare: Callable
    #: Texts to ids [n, T], padded.
    tokenize: Callable
    #: Why this checkpoint is here.
    about: str


@dataclass(frozen=True)
class Recipe:
    name: str
    #: Writes into the folder of all checkpoints, and reads back.
    make: Callable[[Path], Checkpoint]


HALF = {'float16': torch.float16, 'bfloat16': torch.bfloat16, 'float32': torch.float32}


# --- open_clip -------------------------------------------------------------------------------------------------


def clip_ids(folder: Path, context: int):
    """As open_clip's SimpleTokenizer gives them: cut to the context with the end kept, zeros after it."""
    tokenizer = Tokenizer.from_file(str(folder / 'tokenizer.json'))
    tokenizer.enable_truncation(context)
    tokenizer.enable_padding(pad_id=0, length=context)
    return lambda texts: torch.tensor([each.ids for each in tokenizer.encode_batch(texts)])


def build_open_clip(config, seed):
    config = json.loads(json.dumps(config))
    custom = config.pop('custom_text', False)
    model = (open_clip.CustomTextCLIP if custom else open_clip.CLIP)(**config)
    return randomise(model, seed).eval()


def open_clip_folder(
    name, about, config, preprocess=None, seed=0, precision='float32', weights='safetensors', vocabulary='clip',
    before=lambda: None,
):
    """A folder as open_clip pushes them: open_clip_config.json, weights, the tokenizer's files."""

    def make(root: Path):
        before()
        folder = root / name
        folder.mkdir(parents=True)
        text = config['text_cfg']
        write = getattr(vocabularies, f'write_{vocabulary}')
        text['vocab_size'] = write(folder, text['context_length'])
        if text.get('pool_type') == 'eos':
            text['eos_id'] = text['vocab_size'] - 1
        model = build_open_clip(config, seed)
        if precision == 'mixed':
            convert_weights_to_lp(model, torch.float16)
        else:
            model.to(HALF[precision])
        size = config['vision_cfg']['image_size']
        preprocessing = merge_preprocess_dict(PreprocessCfg(), {'size': size, **(preprocess or {})})
        open_clip.model.set_model_preprocess_cfg(model, preprocessing)
        save_config_for_hf(model, folder / 'open_clip_config.json', config)
        tensors = model.state_dict()
        if weights == 'safetensors':
            save_file({key: value.contiguous() for key, value in tensors.items()}, folder / 'open_clip_model.safetensors')
        else:
            # Transposed views keep their strides in PyTorch's files.
            for key in [key for key in tensors if key.endswith(('proj', 'text_projection'))]:
                if tensors[key].ndim == 2:
                    tensors[key] = tensors[key].T.contiguous().T
                    assert not tensors[key].is_contiguous()
            torch.save(tensors, folder / weights)
        read, _, prepare = open_clip.create_model_and_transforms(
            f'local-dir:{folder}', require_pretrained=True, weights_only=True
        )
        tokenize = clip_ids(folder, text['context_length'])
        if 'hf_tokenizer_name' in text:
            tokenize = open_clip.get_tokenizer(f'local-dir:{folder}')
        return Checkpoint(
            name, 'timm' if 'timm_model_name' in config['vision_cfg'] else 'open_clip',
            open_clip_view(read.eval().double()), size, prepare, tokenize, about,
        )

    return Recipe(name, make)


def open_clip_training(name, about, config, seed):
    """A file as open_clip's training saves it: no configuration, names under `module.`."""

    def make(root: Path):
        folder = root / name
        folder.mkdir(parents=True)
        text = config['text_cfg']
        text['vocab_size'] = vocabularies.write_clip(folder, text['context_length'])
        model = build_open_clip(config, seed)
        wrapped = OrderedDict((f'module.{key}', value) for key, value in model.half().state_dict().items())
        file = folder / 'epoch_2.pt'
        optimizer = torch.optim.AdamW(model.parameters(), lr=5e-4)
        torch.save({'epoch': 2, 'name': 'tiny', 'state_dict': wrapped, 'optimizer': optimizer.state_dict()}, file)
        read = build_open_clip(config, seed + 1)
        open_clip.load_checkpoint(read, str(file), strict=True)
        size = config['vision_cfg']['image_size']
        prepare = image_transform_v2(PreprocessCfg(size=size), is_train=False)
        return Checkpoint(
            f'{name}/epoch_2.pt', 'open_clip', open_clip_view(read.double()), size, prepare,
            clip_ids(folder, text['context_length']), about,
        )

    return Recipe(name, make)


def tiny_timm(name, **sizes):
    """Makes one of timm's own models small: what its function asks for otherwise, heads included, stays."""
    registered = timm.models._registry._model_entrypoints
    real = ORIGINAL.setdefault(name, registered[name])

    def entry(pretrained=False, **given):
        return real(pretrained=pretrained, **{**given, **sizes})

    with torch.device('meta'):
        assert kinds(real()) == {**kinds(real()), **kinds(entry())}
    registered[name] = entry


ORIGINAL = {}


def kinds(model):
    """What a model is made of, sizes left out: epsilons and activations above all."""
    details = ('eps', 'approximate', 'p')
    return {
        name: (type(module).__name__, [getattr(module, each, None) for each in details], module.bias is not None)
        if hasattr(module, 'bias')
        else (type(module).__name__, [getattr(module, each, None) for each in details])
        for name, module in model.named_modules()
    }


# --- transformers ----------------------------------------------------------------------------------------------


def transformers_folder(
    name, about, kind, config, processor, write_tokenizer, seed, precision='float32', together=None, **saving
):
    """A folder as save_pretrained of the model writes it, with the tokenizer and the image processor, or both
    `together` as a processor saves them since transformers 5: in processor_config.json."""

    def make(root: Path):
        folder = root / name
        folder.mkdir(parents=True)
        text = config['text_config']
        text['vocab_size'] = write_tokenizer(folder, text['max_position_embeddings'])
        if kind is CLIPModel:
            text |= {'eos_token_id': text['vocab_size'] - 1, 'bos_token_id': text['vocab_size'] - 2}
        settings_class = {CLIPModel: CLIPConfig, SiglipModel: SiglipConfig}[kind]
        model = randomise(kind(settings_class(**config)), seed).to(HALF[precision])
        model.save_pretrained(folder, **saving)
        size = config['vision_config']['image_size']
        if together is None:
            processor(size).save_pretrained(folder)
        else:
            together(processor(size), AutoTokenizer.from_pretrained(folder)).save_pretrained(folder)
            vocabularies.compact(folder)
        read = kind.from_pretrained(folder, dtype=torch.float64, attn_implementation='sdpa').eval()
        images = AutoImageProcessor.from_pretrained(folder)
        tokenizer = AutoTokenizer.from_pretrained(folder)

        def tokenize(texts):
            return tokenizer(
                texts, padding='max_length', truncation=True, max_length=text['max_position_embeddings'], return_tensors='pt'
            ).input_ids

        return Checkpoint(
            name, 'huggingface-clip' if kind is CLIPModel else 'huggingface-siglip', transformers_view(read), size,
            lambda picture: images(picture, return_tensors='pt').pixel_values[0], tokenize, about,
        )

    return Recipe(name, make)


def clip_processor(size):
    return CLIPImageProcessor(size={'shortest_edge': size}, crop_size={'height': size, 'width': size})


def siglip_processor(size):
    return SiglipImageProcessor(size={'height': size, 'width': size}, resample=3)


def siglip2_processor(size):
    return SiglipImageProcessor(size={'height': size, 'width': size}, resample=2)


# --- OpenAI ----------------------------------------------------------------------------------------------------


def openai_archive(name, about, seed, width, layers, patch, size, text_width, text_layers, context, embedding):
    """TorchScript of OpenAI's own model in half precision, with the three numbers as buffers, as released."""

    def make(root: Path):
        from clip.model import CLIP, build_model, convert_weights

        folder = root / name
        folder.mkdir(parents=True)
        vocabulary = vocabularies.write_clip(folder, context)
        model = CLIP(embedding, size, layers, width, patch, context, vocabulary, text_width, text_width // 64, text_layers)
        randomise(model, seed).eval()
        convert_weights(model)
        for key, value in {'input_resolution': size, 'context_length': context, 'vocab_size': vocabulary}.items():
            if hasattr(model, key):
                delattr(model, key)
            model.register_buffer(key, torch.tensor(value))
        image = torch.ones(1, 3, size, size)
        ids = torch.zeros(1, context, dtype=torch.int)
        archive = torch.jit.trace_module(
            model,
            {'forward': (image, ids), 'encode_image': (image,), 'encode_text': (ids,)},
            check_trace=False,
        )
        file = folder / 'ViT-tiny.pt'
        torch.jit.save(archive, file)
        without_places(file)
        # As clip.load does without jit.
        read = build_model(torch.jit.load(file, map_location='cpu').eval().state_dict()).float()
        prepare = openai_transform(size)
        return Checkpoint(
            f'{name}/ViT-tiny.pt', 'openai', openai_view(read), size, prepare, clip_ids(folder, context), about
        )

    return Recipe(name, make)


def without_places(file: Path):
    """The same archive without what says which lines of which files it was traced from."""
    reader = torch._C.PyTorchFileReader(str(file))
    records = {name: reader.get_record(name) for name in reader.get_all_records()}
    del reader
    writer = torch._C.PyTorchFileWriter(str(file))
    for name, record in records.items():
        if not name.endswith('.debug_pkl') and name not in ('version', '.data/serialization_id'):
            writer.write_record(name, record, len(record))
    writer.write_end_of_file()


def openai_transform(size):
    from clip.clip import _transform

    return _transform(size)


# --- which -----------------------------------------------------------------------------------------------------

IMAGENET = {'mean': [0.485, 0.456, 0.406], 'std': [0.229, 0.224, 0.225]}
INCEPTION = {'mean': [0.5, 0.5, 0.5], 'std': [0.5, 0.5, 0.5], 'interpolation': 'bicubic', 'resize_mode': 'squash'}


def vision(size, patch, width, layers, **own):
    return {'image_size': size, 'layers': layers, 'width': width, 'patch_size': patch, **own}


def text(context, width, heads, layers, **own):
    return {'context_length': context, 'vocab_size': 0, 'width': width, 'heads': heads, 'layers': layers, **own}


def siglip_text(**own):
    return text(
        12, 32, 4, 2, hf_tokenizer_name='timm/ViT-B-16-SigLIP', tokenizer_kwargs={'clean': 'canonicalize'},
        no_causal_mask=True, proj_bias=True, pool_type='last', norm_kwargs={'eps': 1e-6}, **own,
    )


def timm_siglip(trunk, **text_own):
    return {
        'embed_dim': 48,
        'init_logit_bias': -10,
        'custom_text': True,
        'vision_cfg': {
            'image_size': 16,
            'timm_model_name': trunk,
            'timm_model_pretrained': False,
            'timm_pool': 'map',
            'timm_proj': 'none',
        },
        'text_cfg': siglip_text(**text_own),
    }


def all_checkpoints():
    def small(name):
        return lambda: tiny_timm(name, embed_dim=48, depth=2, patch_size=8, img_size=16)

    base, so400m, large = 'vit_base_patch16_siglip_224', 'vit_so400m_patch16_siglip_256', 'vit_large_patch14_clip_224'
    return [
        transformers_folder(
            'transformers-clip',
            'CLIPModel in shards of safetensors, GELU in one tower and QuickGELU in the other.',
            CLIPModel,
            {
                'projection_dim': 20,
                'vision_config': {
                    'hidden_size': 24, 'intermediate_size': 40, 'num_hidden_layers': 3, 'num_attention_heads': 2,
                    'image_size': 20, 'patch_size': 6, 'hidden_act': 'gelu',
                },
                'text_config': {
                    'hidden_size': 16, 'intermediate_size': 32, 'num_hidden_layers': 2, 'num_attention_heads': 2,
                    'max_position_embeddings': 14, 'hidden_act': 'quick_gelu',
                },
            },
            clip_processor, vocabularies.write_clip, 101, 'bfloat16', CLIPProcessor,
            max_shard_size='30KB',
        ),
        transformers_folder(
            'transformers-siglip',
            'SiglipModel: no class token, attention pooling, unigrams, logit scale and bias of shape [1].',
            SiglipModel,
            {
                'vision_config': {
                    'hidden_size': 24, 'intermediate_size': 56, 'num_hidden_layers': 3, 'num_attention_heads': 3,
                    'image_size': 24, 'patch_size': 8,
                },
                'text_config': {
                    'hidden_size': 24, 'intermediate_size': 40, 'num_hidden_layers': 2, 'num_attention_heads': 2,
                    'max_position_embeddings': 12,
                },
            },
            siglip_processor, vocabularies.write_unigram, 102, 'float16', SiglipProcessor,
        ),
        transformers_folder(
            'transformers-siglip2',
            'SigLIP 2 of a fixed size: a SiglipModel whose tokenizer fills up with id 0, not 1 as its configuration says; text '
            'projected to another width.',
            SiglipModel,
            {
                'vision_config': {
                    'hidden_size': 32, 'intermediate_size': 64, 'num_hidden_layers': 2, 'num_attention_heads': 4,
                    'image_size': 24, 'patch_size': 6,
                },
                'text_config': {
                    'hidden_size': 24, 'intermediate_size': 48, 'num_hidden_layers': 2, 'num_attention_heads': 3,
                    'max_position_embeddings': 16, 'projection_size': 32,
                },
            },
            siglip2_processor, vocabularies.write_gemma, 103, 'bfloat16',
        ),
        open_clip_folder(
            'open_clip-safetensors',
            'The plain layout, heads that are not 64 wide, an MLP of another ratio.',
            {
                'embed_dim': 20,
                'vision_cfg': vision(20, 6, 24, 3, head_width=8, mlp_ratio=2.5),
                'text_cfg': text(14, 16, 2, 2),
            },
            seed=104,
        ),
        open_clip_folder(
            'open_clip-quick-mixed',
            'A PyTorch file with QuickGELU, matrices in half precision, norms in single, projections stored as transposed '
            'views; squashed as DFN does.',
            {
                'embed_dim': 24,
                'quick_gelu': True,
                'vision_cfg': vision(16, 8, 32, 3, head_width=16),
                'text_cfg': text(10, 16, 4, 2),
            },
            {'resize_mode': 'squash'},
            seed=105, precision='mixed', weights='open_clip_pytorch_model.bin',
        ),
        open_clip_training(
            'open_clip-training',
            'A training checkpoint: one file without configuration, names under module., heads 64 wide, GELU.',
            {'embed_dim': 32, 'vision_cfg': vision(16, 8, 64, 2), 'text_cfg': text(10, 64, 1, 1)},
            106,
        ),
        open_clip_folder(
            'open_clip-clipa',
            'CustomTextCLIP as CLIPA has it: no norm before the blocks, averaged patches normed after, sine and cosine '
            'positions; text in pieces of words, its [SEP] made padding, without mask, read at its last position; '
            'bilinear and squashed.',
            {
                'embed_dim': 24,
                'custom_text': True,
                'vision_cfg': vision(
                    18, 6, 32, 3, head_width=16, no_ln_pre=True, pool_type='avg', final_ln_after_pool=True,
                    pos_embed_type='sin_cos_2d',
                ),
                'text_cfg': text(
                    12, 24, 3, 2, hf_tokenizer_name='bert-base-uncased', tokenizer_kwargs={'strip_sep_token': True},
                    pool_type='last', no_causal_mask=True,
                ),
            },
            {**IMAGENET, 'interpolation': 'bilinear', 'resize_mode': 'squash'},
            seed=107, precision='float16', vocabulary='bert',
        ),
        open_clip_folder(
            'open_clip-average-scaled',
            'CustomTextCLIP with averaged patches normed before, LayerScale in both towers, GELU by tanh in the image '
            'tower, other epsilons; text read at the token with the highest id.',
            {
                'embed_dim': 24,
                'custom_text': True,
                'vision_cfg': vision(
                    18, 6, 32, 3, head_width=8, pool_type='avg', ls_init_value=0.1,
                    act_kwargs={'approximate': 'tanh'}, norm_kwargs={'eps': 1e-3},
                ),
                'text_cfg': text(12, 24, 3, 2, ls_init_value=0.1, norm_kwargs={'eps': 1e-4}),
            },
            seed=108, precision='bfloat16',
        ),
        open_clip_folder(
            'open_clip-unmasked',
            'CustomTextCLIP whose text has no mask (what follows the end is seen: zeros), read at the token with the '
            'highest id, a projection with bias; the class token with LayerScale.',
            {
                'embed_dim': 24,
                'custom_text': True,
                'vision_cfg': vision(16, 4, 24, 2, head_width=6, ls_init_value=0.1),
                'text_cfg': text(
                    12, 24, 3, 2, no_causal_mask=True, proj_bias=True,
                    act_kwargs={'approximate': 'tanh'},
                ),
            },
            seed=109, precision='float16', weights='open_clip_pytorch_model.bin',
        ),
        open_clip_folder(
            'open_clip-eos',
            'CustomTextCLIP read at its eos_id, causal; a logit bias, it and the scale of shape [1].',
            {
                'embed_dim': 20,
                'custom_text': True,
                'init_logit_bias': -10,
                'nonscalar_logit_scale': True,
                'vision_cfg': vision(16, 8, 24, 2, head_width=12),
                'text_cfg': text(12, 16, 2, 2, pool_type='eos'),
            },
            seed=110, precision='float16',
        ),
        open_clip_folder(
            'timm-siglip',
            'ViT-B-16-SigLIP of open_clip: its image tower is one of timm, 12 heads; exact GELU in both towers.',
            timm_siglip(base), INCEPTION, seed=111, precision='float16', vocabulary='unigram', before=small(base),
        ),
        open_clip_folder(
            'timm-siglip2',
            'ViT-SO400M-16-SigLIP2-256 of open_clip: 16 heads, an MLP of another ratio, GELU by tanh in both towers.',
            timm_siglip(so400m, act_kwargs={'approximate': 'tanh'}), INCEPTION,
            seed=112, precision='bfloat16', weights='open_clip_pytorch_model.bin', vocabulary='unigram',
            before=small(so400m),
        ),
        open_clip_folder(
            'timm-clip',
            "MobileCLIP2-L-14 of open_clip: timm's CLIP with a class token and 16 heads, its classifier as the projection.",
            {
                'embed_dim': 20,
                'custom_text': True,
                'vision_cfg': {
                    'image_size': 16, 'timm_model_name': large, 'timm_model_pretrained': False, 'timm_pool': 'token',
                    'timm_proj': None, 'timm_drop': 0.0, 'timm_drop_path': 0.0,
                },
                'text_cfg': text(12, 24, 3, 2, no_causal_mask=True),
            },
            {'mean': [0, 0, 0], 'std': [1, 1, 1], 'interpolation': 'bilinear', 'resize_mode': 'shortest'},
            seed=114, precision='float16', before=small(large),
        ),
        openai_archive(
            'openai', "OpenAI's: TorchScript in half precision, QuickGELU, shapes only.",
            113, width=64, layers=2, patch=8, size=16, text_width=128, text_layers=1, context=10, embedding=24,
        ),
    ]
