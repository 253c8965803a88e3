"""CLIP as Hugging Face's CLIPModel defines it, over plain tensors, for autograd. Weights are widened to torch's default
type: float64 for the golden files."""
import json

import torch
from torch.nn import functional as F

import safetensors_file

ACTIVATIONS = {
    'quick_gelu': lambda x: x * torch.sigmoid(1.702 * x),
    'gelu': F.gelu,
    'gelu_pytorch_tanh': lambda x: 0.5 * x * (1 + torch.tanh((2 / torch.pi) ** 0.5 * (x + 0.044715 * x**3))),
}


def unhooked(point, layer, value):
    return value


class Clip:
    def __init__(self, folder):
        self.folder = folder
        self.config = json.loads((folder / 'config.json').read_text())
        self.weights = {
            name: tensor.to(torch.get_default_dtype())
            for name, tensor in safetensors_file.load(folder / 'model.safetensors').items()
            if tensor.is_floating_point()
        }
        self.blocks = self.config['vision_config']['num_hidden_layers']

    def linear(self, name, x):
        return F.linear(x, self.weights[f'{name}.weight'], self.weights.get(f'{name}.bias'))

    def norm(self, name, config, x):
        weight, bias = self.weights[f'{name}.weight'], self.weights[f'{name}.bias']
        return F.layer_norm(x, x.shape[-1:], weight, bias, config['layer_norm_eps'])

    def attention(self, name, config, x, mask):
        tokens, width = x.shape
        heads = config['num_attention_heads']
        q, k, v = (
            self.linear(f'{name}.{part}_proj', x).reshape(tokens, heads, width // heads).transpose(0, 1)
            for part in 'qkv'
        )
        scores = q @ k.transpose(1, 2) * (width // heads) ** -0.5 + mask
        mixed = (scores.softmax(-1) @ v).transpose(0, 1).reshape(tokens, width)
        return self.linear(f'{name}.out_proj', mixed)

    def block(self, tower, config, layer, x, mask, hook=unhooked):
        name = f'{tower}.encoder.layers.{layer}'
        x = x + self.attention(f'{name}.self_attn', config, self.norm(f'{name}.layer_norm1', config, x), mask)
        hidden = self.linear(f'{name}.mlp.fc1', self.norm(f'{name}.layer_norm2', config, x))
        neurons = hook('neurons', layer, ACTIVATIONS[config['hidden_act']](hidden))
        return hook('resid_post', layer, x + self.linear(f'{name}.mlp.fc2', neurons))

    def image(self, pixels, hook=unhooked):
        """Pixels [3, S, S] -> raw embedding e [E]. `hook(point, layer, value)` may replace a block's output
        [T, D] ('resid_post') or its MLP activations [T, M] ('neurons')."""
        config = self.config['vision_config']
        kernel = self.weights['vision_model.embeddings.patch_embedding.weight']
        patches = F.conv2d(pixels[None], kernel, stride=config['patch_size'])[0].flatten(1).T
        cls = self.weights['vision_model.embeddings.class_embedding'].reshape(1, -1)
        x = torch.cat([cls, patches]) + self.weights['vision_model.embeddings.position_embedding.weight']
        x = self.norm('vision_model.pre_layrnorm', config, x)
        for layer in range(self.blocks):
            x = self.block('vision_model', config, layer, x, 0.0, hook)
        return self.linear('visual_projection', self.norm('vision_model.post_layernorm', config, x[0]))

    def text(self, ids):
        """Token ids -> raw text embedding [E]: causal, pooled at the end of the text."""
        config = self.config['text_config']
        ids = torch.tensor(ids)
        x = self.weights['text_model.embeddings.token_embedding.weight'][ids]
        x = x + self.weights['text_model.embeddings.position_embedding.weight'][: len(ids)]
        mask = torch.full((len(ids), len(ids)), -torch.inf).triu(1)
        for layer in range(config['num_hidden_layers']):
            x = self.block('text_model', config, layer, x, mask)
        x = self.norm('text_model.final_layer_norm', config, x)
        # An eos_token_id of 2 marks the older checkpoints, pooled at the largest id wherever a 2 may stand.
        eos = config['eos_token_id']
        at = ids.argmax() if eos == 2 else (ids == eos).int().argmax()
        return self.linear('text_projection', x[at])
