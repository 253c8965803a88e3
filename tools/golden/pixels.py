"""Preprocessing as transformers 5 does it: decode to RGB, resize the uint8 tensor with antialiasing, crop,
normalise."""
import json

import numpy as np
import torch
from PIL import Image


def cubic(x, a=-0.5):
    x = np.abs(x)
    near = ((a + 2) * x - (a + 3)) * x * x + 1
    far = (((x - 5) * x + 8) * x - 4) * a
    return np.where(x < 1, near, np.where(x < 2, far, 0.0))


def resize_axis(values, size):
    """The last axis of a uint8 array resized to `size`, by coefficients rounded to int16."""
    source = values.shape[-1]
    scale = source / size
    stretch = max(scale, 1.0)
    rows = np.zeros((size, source))
    for i in range(size):
        centre = (i + 0.5) * scale
        first = max(0, int(centre - 2 * stretch + 0.5))
        last = min(source, int(centre + 2 * stretch + 0.5))
        row = cubic((np.arange(first, last) - centre + 0.5) / stretch)
        rows[i, first:last] = row / row.sum()
    # The largest precision at which the largest coefficient still fits an int16.
    precision = next(p for p in range(23) if p == 22 or int(0.5 + rows.max() * 2 ** (p + 1)) >= 1 << 15)
    scaled = rows * 2**precision
    rounded = np.trunc(scaled + np.where(scaled < 0, -0.5, 0.5)).astype(np.int64)
    return np.clip((values.astype(np.int64) @ rounded.T + (1 << (precision - 1))) >> precision, 0, 255).astype(np.uint8)


def load_rgb(path, size):
    """The square [size, size, 3] of bytes that the model sees of an image: shorter edge resized, centre cropped."""
    rgb = np.asarray(Image.open(path).convert('RGB'))
    height, width = rgb.shape[:2]
    short = min(height, width)
    planes = rgb.transpose(2, 0, 1)
    planes = resize_axis(planes, int(size * width / short))
    planes = resize_axis(planes.transpose(0, 2, 1), int(size * height / short)).transpose(0, 2, 1)
    top, left = (planes.shape[1] - size) // 2, (planes.shape[2] - size) // 2
    return np.ascontiguousarray(planes[:, top : top + size, left : left + size].transpose(1, 2, 0))


def normalise(rgb, folder):
    """Bytes [S, S, 3] -> pixels [3, S, S]: (rgb/255 - mean)/std."""
    config = json.loads((folder / 'preprocessor_config.json').read_text())
    mean, std = torch.tensor(config['image_mean']), torch.tensor(config['image_std'])
    return ((torch.tensor(rgb) / 255.0 - mean) / std).permute(2, 0, 1).contiguous()
