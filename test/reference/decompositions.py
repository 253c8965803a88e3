"""What a value of the image tower is decomposed into, as faithfulness.py asks for it: codes z [t, L] of the hooked
tokens, what each token's are multiplied by when they are written, s [t], and the directions written, W [L, D]; `size`
latents are one component. Written from the formats' descriptions; where test/golden/dictionary-formats.json has what a
project's own class gives, held against that (`known`)."""
import json

import safetensors.torch
import torch

from towers import ROOT

# Nearer than this to another choice of active latents, rounding would decide.
CLEAR = 1e-5


def largest(h, k):
    """The k largest numbers of each row; the others 0."""
    values, latents = h.topk(k + 1, -1)
    assert (values[:, k - 1] - values[:, k]).min() > CLEAR
    return torch.zeros_like(h).scatter(-1, latents[:, :k], values[:, :k])


class Dictionary:
    """What it writes is added to what the tower has: x + s·(z' − z)·W, the error and all biases left as they are."""

    size = 1

    def change(self, part, z, scale, codes):
        return part + ((codes - z) * scale[:, None]) @ self.w

    def encode(self, x):
        """Codes, and what they are multiplied by when they are written."""
        h, scale = self.before(x)
        return self.activated(h), scale


class Own(Dictionary):
    """Clipsight's format: W_enc, b_enc, W_dec, b_dec, top-k or ReLU."""

    point, known = 'resid_post', None

    def __init__(self, folder):
        self.study = {'dictionary': folder}
        self.config = json.loads((ROOT / folder / 'config.json').read_text())
        tensors = safetensors.torch.load_file(ROOT / folder / 'sae.safetensors')
        self.tensors = {name: tensor.double() for name, tensor in tensors.items()}
        self.layer, self.tokens, self.w = self.config['layer'], self.config['tokens'], self.tensors['W_dec']

    def before(self, x):
        """What the activation is given: z itself where it is not silent."""
        t = self.tensors
        h = (x - t['b_dec'] if self.config['subtract_b_dec'] else x) @ t['W_enc'] + t['b_enc']
        return h, torch.ones(len(x))

    def activated(self, h):
        if self.config['architecture'] == 'topk':
            h = largest(h, self.config['k'])
        return h.relu() if self.config['relu'] else h


class SaeLens(Dictionary):
    """cfg.json and sae_weights.safetensors of SAELens 6. layer_norm: (x − mean)/(std + 1e-5) goes in, with the std of
    n − 1; what comes out is multiplied by std, and the mean added. constant_norm_rescale: x·√D/‖x‖."""

    def __init__(self, folder, hook):
        self.study = {'dictionary': f'test/golden/formats/{folder}', 'tokens': hook[2]}
        self.known = f'saelens-{folder.removeprefix("saelens/")}'
        self.point, self.layer, self.tokens = hook
        place = ROOT / 'test/golden/formats' / folder
        self.config = json.loads((place / 'cfg.json').read_text())
        self.tensors = {
            name: tensor.double() for name, tensor in safetensors.torch.load_file(place / 'sae_weights.safetensors').items()
        }
        self.w = self.tensors['W_dec']

    def before(self, x):
        t, scale = self.tensors, torch.ones(len(x))
        match self.config['normalize_activations']:
            case 'layer_norm':
                scale = x.std(-1)
                x = (x - x.mean(-1, keepdim=True)) / (scale + 1e-5)[:, None]
            case 'constant_norm_rescale':
                scale = x.norm(dim=-1) / x.shape[-1] ** 0.5
                x = x / scale[:, None]
        return (x - t['b_dec'] if self.config['apply_b_dec_to_input'] else x) @ t['W_enc'] + t['b_enc'], scale

    def activated(self, h):
        match self.config['architecture']:
            case 'topk':
                h = largest(h, self.config['k'])
            case 'jumprelu':
                h = h * (h > self.tensors['threshold'])
        return h.relu()


class Msae(Dictionary):
    """MSAE's .pth, of the raw embedding: (e − mean_center)·scaling_factor goes in, normalised if the name says so."""

    point, layer, tokens = 'embedding', None, 'all'

    def __init__(self, name, known, k, normalize):
        self.study = {'dictionary': f'test/golden/formats/msae/{name}'}
        self.known, self.k, self.normalize = known, k, normalize
        file = torch.load(ROOT / self.study['dictionary'], weights_only=False)
        self.tensors = {key: tensor.double() for key, tensor in file['model'].items()}
        self.mean, self.factor = file['mean_center'].double(), file['scaling_factor']
        self.w = self.tensors['decoder']

    def before(self, e):
        t, x = self.tensors, (e - self.mean) * self.factor
        scale = torch.ones(len(x))
        if self.normalize:
            scale = x.std(-1)
            x = (x - x.mean(-1, keepdim=True)) / (scale + 1e-5)[:, None]
        return (x - t['pre_bias']) @ t['encoder'] + t['latent_bias'], scale / self.factor

    def activated(self, h):
        return largest(h, self.k).relu()


class Block(Dictionary):
    """A block's own parts: what is written is what the model writes, so codes are put in place of codes."""

    known = None

    def __init__(self, tower, point, layer, tokens):
        self.study = {'dictionary': f'{point}:{layer}', 'tokens': tokens}
        self.point, self.layer, self.tokens = point, layer, tokens
        self.w = getattr(tower, point)(layer)
        self.size = 1 if point == 'neurons' else len(self.w) // tower.head_count

    def before(self, x):
        return x, torch.ones(len(x))

    def activated(self, h):
        return h

    def change(self, part, z, scale, codes):
        return codes
