"""The tiny random CLIPs of tools/golden, hooked where dictionaries are trained."""
import sys
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tools/golden'))

import pixels  # noqa: E402
import tiny  # noqa: E402
from clip import ACTIVATIONS, Clip, unhooked  # noqa: E402
from dictionary import ROWS  # noqa: E402

IMAGES, TRAINING_IMAGES = 8, 120


class HookedClip(Clip):
    """With two more points: 'mlp_out', what a block's MLP adds to the stream [T, D], and 'embedding', the raw image
    embedding as one row [1, E] (its layer is None)."""

    def block(self, tower, config, layer, x, mask, hook=unhooked):
        name = f'{tower}.encoder.layers.{layer}'
        x = x + self.attention(f'{name}.self_attn', config, self.norm(f'{name}.layer_norm1', config, x), mask)
        hidden = self.linear(f'{name}.mlp.fc1', self.norm(f'{name}.layer_norm2', config, x))
        out = self.linear(f'{name}.mlp.fc2', ACTIVATIONS[config['hidden_act']](hidden))
        return hook('resid_post', layer, x + hook('mlp_out', layer, out))

    def image(self, pixels, hook=unhooked):
        return hook('embedding', None, super().image(pixels, hook)[None])[0]


class Model:
    """One of the tiny models, images of noise, and what it computes of them."""

    def __init__(self, name):
        self.name, self.folder = name, ROOT / 'test/golden/models' / name
        torch.set_default_dtype(torch.float64)
        self.clip = HookedClip(self.folder)
        torch.set_default_dtype(torch.float32)
        self.width = self.clip.config['vision_config']['hidden_size']
        self.embedding = self.clip.config['projection_dim']
        self.rgb = self.noise(tiny.MODELS[name]['seed'] + 100, IMAGES)
        self.pixels = self.prepared(self.rgb)
        training = self.prepared(self.noise(tiny.MODELS[name]['seed'] + 200, TRAINING_IMAGES))
        self.training = [self.points(picture) for picture in training]

    def noise(self, seed, count):
        size, random = self.clip.config['vision_config']['image_size'], np.random.RandomState(seed)
        return [random.randint(0, 256, (size, size, 3), dtype=np.uint8) for _ in range(count)]

    def prepared(self, rgb):
        with in_float64():
            return [pixels.normalise(picture, self.folder) for picture in rgb]

    def points(self, picture):
        found = {}

        def keep(point, layer, value):
            found[point, layer] = value.detach()
            return value

        with in_float64():
            self.clip.image(picture, keep)
        return found

    def activations(self, hook):
        """What a dictionary is trained on: one row per hooked token of every training image, float32."""
        return torch.cat([found[hook.point, hook.layer][ROWS[hook.tokens]] for found in self.training]).float()


class in_float64:
    def __enter__(self):
        torch.set_default_dtype(torch.float64)

    def __exit__(self, *_):
        torch.set_default_dtype(torch.float32)
