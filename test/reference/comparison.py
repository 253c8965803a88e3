"""Prompts side by side over images of the demo, by transformers' own CLIPModel and autograd, in float64. Run it from the
repository's root (PyTorch, transformers 5, tokenizers, safetensors, Pillow, numpy 2):

    HF_HUB_OFFLINE=1 python test/reference/comparison.py    # writes test/golden/comparison.json

Only the preprocessing is that of tools/golden. Everything else is from the definitions: y = v.u, A = sum over tokens of
z.dy/dz with the dictionary's error held constant, means over the images where a silent component has 0, the components
that are among the MOST of largest |mean A| of some direction.
"""
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from transformers import CLIPModel

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tools/golden'))
import pixels  # noqa: E402

MODEL, MOST = ROOT / 'models/emoji-clip', 5
IMAGES = ['wolf/wolf_03.jpg', 'hot_dog/hot_dog_01.jpg', 'mixed/mixed_03.jpg']
PROMPTS = [
    'a photo of a wolf', 'a photo of a dog', 'a photo of a fox', 'a hot dog', 'snow', 'a camera', 'a red background',
    'a picture of a pizza on the grass', 'an owl at night', 'the police', 'Une photo d’un loup', 'a',
]
TEMPLATES = ['a photo of a {}', 'a drawing of a {}', '{}', 'many {}s in the snow']
ENSEMBLES = ['wolf', 'hot dog']
VERSUS = ('a photo of a wolf', ['a photo of a dog', 'a photo of a fox'])
DICTIONARIES = ['sae-cls', 'sae-patches', 'neurons:1', 'heads:2']
# Nearer than this share of a direction's largest |A| to another choice of components, float32 would decide.
CLEAR = 1e-4

torch.set_default_dtype(torch.float64)
model = CLIPModel.from_pretrained(MODEL, attn_implementation='eager').double().eval()
tokenizer = Tokenizer.from_file(str(MODEL / 'tokenizer.json'))
vision = model.config.vision_config


def unit(vector):
    return vector / vector.norm()


def text(words):
    ids = [
        tokenizer.token_to_id('<|startoftext|>'),
        *tokenizer.encode(words, add_special_tokens=False).ids,
        tokenizer.token_to_id('<|endoftext|>'),
    ]
    assert len(ids) <= model.config.text_config.max_position_embeddings
    with torch.no_grad():
        return unit(model.text_projection(model.text_model(input_ids=torch.tensor([ids])).pooler_output)[0])


class Hook:
    """Puts codes z [t, K], leaves for autograd, in the model's way; a component is `size` of them."""

    size = 1

    def __init__(self, name):
        kind, _, layer = name.partition(':')
        self.z = None
        if kind == 'neurons':
            self.module, self.run = vision_layer(int(layer)).mlp.activation_fn, self.output
        elif kind == 'heads':
            self.module, self.run = vision_layer(int(layer)).self_attn.out_proj, self.input
            self.size = vision.hidden_size // vision.num_attention_heads
        else:
            folder = ROOT / 'models' / name
            self.config = json.loads((folder / 'config.json').read_text())
            self.weights = {key: value.double() for key, value in load_file(folder / 'sae.safetensors').items()}
            self.module, self.run = vision_layer(self.config['layer']), self.autoencoder

    def leaf(self, values):
        self.z = values.detach().requires_grad_()
        return self.z

    def output(self, module, args, out):
        """CLS only."""
        return torch.cat([self.leaf(out[0, :1])[None], out[:, 1:]], 1)

    def input(self, module, args):
        x = args[0]
        return (torch.cat([self.leaf(x[0, :1])[None], x[:, 1:]], 1),)

    def autoencoder(self, module, args, out):
        x = out[0] if isinstance(out, tuple) else out
        w, config = self.weights, self.config
        rows = slice(0, 1) if config['tokens'] == 'cls' else slice(1, None)
        part = x[0, rows]
        h = (part - w['b_dec'] if config['subtract_b_dec'] else part) @ w['W_enc'] + w['b_enc']
        values, latents = h.topk(config['k'], -1)
        codes = torch.zeros_like(h).scatter(-1, latents, values)
        z = self.leaf(codes.relu() if config['relu'] else codes)
        changed = x.clone()
        changed[0, rows] = part.detach() + (z - z.detach()) @ w['W_dec']
        return (changed, *out[1:]) if isinstance(out, tuple) else changed

    def __enter__(self):
        register = self.module.register_forward_pre_hook if self.run == self.input else self.module.register_forward_hook
        self.handle = register(self.run)
        return self

    def __exit__(self, *_):
        self.handle.remove()


def vision_layer(layer):
    return model.vision_model.encoder.layers[layer]


def look(picture, name, directions):
    """Of an image: y [directions], A [directions, components], largest activations [components], which are active."""
    with Hook(name) as hook:
        pooled = model.vision_model(pixel_values=picture[None]).pooler_output
    v = unit(model.visual_projection(pooled)[0])
    scores = directions @ v
    gradients = [torch.autograd.grad(y, hook.z, retain_graph=True)[0] for y in scores]
    per = lambda values: values.reshape(values.shape[0], -1, hook.size)  # noqa: E731
    z = per(hook.z.detach())
    activations = (z[..., 0] if hook.size == 1 else z.norm(dim=-1)).amax(0)
    a = torch.stack([per(hook.z.detach() * g).sum((0, 2)) for g in gradients])
    return scores.detach(), a, activations, (z != 0).any(-1).any(0)


def compare(name, pictures, directions):
    seen = [look(picture, name, directions) for picture in pictures]
    means = torch.stack([a for _, a, _, _ in seen]).mean(0)
    assert all((a[:, ~active] == 0).all() for _, a, _, active in seen)
    activations = torch.stack([z * active for _, _, z, active in seen]).mean(0)
    totals = torch.stack([a.abs().sum(1) for _, a, _, _ in seen]).mean(0)
    order = means.abs().sort(1, descending=True)
    if means.shape[1] > MOST:
        gaps = (order.values[:, MOST - 1] - order.values[:, MOST]) / order.values[:, 0]
        assert gaps.min() > CLEAR, (name, gaps)
    chosen = order.indices[:, :MOST].unique()
    chosen = chosen[means[:, chosen].abs().amax(0).argsort(descending=True)]
    return {
        'dictionary': name,
        'similarities': listed(torch.stack([y for y, _, _, _ in seen], 1)),
        'components': chosen.tolist(),
        'attributions': listed(means[:, chosen]),
        'activations': listed(activations[chosen]),
        'totals': listed(totals),
    }


def listed(values):
    return [round(value, 12) for value in values.flatten().tolist()]


def main():
    embedded = {words: text(words) for words in PROMPTS}
    ensembles = [[template.replace('{}', name) for template in TEMPLATES] for name in ENSEMBLES]
    directions = torch.stack([
        *embedded.values(),
        *(unit(torch.stack([text(words) for words in texts]).mean(0)) for texts in ensembles),
        text(VERSUS[0]) - torch.stack([text(words) for words in VERSUS[1]]).mean(0),
    ])
    units = directions / directions.norm(dim=1, keepdim=True)
    prompt = lambda words: {'kind': 'prompt', 'text': words}  # noqa: E731
    size = vision.image_size
    pictures = [
        pixels.normalise(pixels.load_rgb(ROOT / 'examples/demo/images' / image, size), MODEL).double()
        for image in IMAGES
    ]
    golden = {
        'model': 'models/emoji-clip',
        'images': [f'examples/demo/images/{image}' for image in IMAGES],
        'most': MOST,
        'directions': [
            *map(prompt, PROMPTS),
            *({'kind': 'ensemble', 'name': name, 'texts': texts} for name, texts in zip(ENSEMBLES, ensembles)),
            {'kind': 'versus', 'of': prompt(VERSUS[0]), 'against': [*map(prompt, VERSUS[1])]},
        ],
        'cosines': listed(units @ units.T),
        'comparisons': [compare(name, pictures, directions) for name in DICTIONARIES],
    }
    (ROOT / 'test/golden/comparison.json').write_text(json.dumps(golden, ensure_ascii=False, indent=None) + '\n')
    for one in golden['comparisons']:
        print(one['dictionary'], len(one['components']), 'components')


main()
