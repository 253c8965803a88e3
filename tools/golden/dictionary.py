"""What a hook's value is decomposed into: the latents of a sparse autoencoder in Clipsight's own format, or neurons."""
import json

import torch

import safetensors_file

ROWS = {'cls': slice(0, 1), 'patches': slice(1, None), 'all': slice(None)}
# Nearer than this to another choice of active latents, rounding would decide: no ground for a golden number.
CLEAR = 1e-5


class SparseAutoencoder:
    point = 'resid_post'

    def __init__(self, folder):
        self.config = json.loads((folder / 'config.json').read_text())
        tensors = safetensors_file.load(folder / 'sae.safetensors')
        self.weights = {name: tensor.to(torch.get_default_dtype()) for name, tensor in tensors.items()}
        self.layer, self.tokens = self.config['layer'], self.config['tokens']

    def encode(self, x):
        """[t, D] -> [t, K]: top-k of the pre-activations (ReLU after it if `relu`), or ReLU alone."""
        w = self.weights
        h = (x - w['b_dec'] if self.config['subtract_b_dec'] else x) @ w['W_enc'] + w['b_enc']
        if self.config['architecture'] == 'topk':
            k = self.config['k']
            values, latents = h.topk(k + 1, -1)
            assert (values[:, k - 1] - values[:, k]).min() > CLEAR
            h = torch.zeros_like(h).scatter(-1, latents[:, :k], values[:, :k])
        assert h[h != 0].abs().min() > CLEAR
        return h.relu() if self.config['relu'] else h

    def decode(self, z):
        return z @ self.weights['W_dec'] + self.weights['b_dec']


class Neurons:
    """The MLP activations of one block: each neuron is its own latent and nothing is left over."""

    point = 'neurons'

    def __init__(self, layer, tokens):
        self.layer, self.tokens = layer, tokens

    def encode(self, x):
        return x

    def decode(self, z):
        return z
