"""Files that pickle, gzip and numpy wrote, as projects write theirs: small ones of every kind. Run it from the
repository's root with torch (2.x), numpy and safetensors. Tensors count from 0 unless it says otherwise. A second run
differs in the names that PyTorch makes up for storages.

    python test/reference/containers.py
"""
import argparse
import collections
import enum
import gzip
import io
import math
import pickle
import sys
import types
from dataclasses import dataclass, field
from pathlib import Path, PosixPath
from typing import Optional

import numpy as np
import torch
from safetensors.torch import save_file

FILES = Path('test/reference/files/containers')


def module(name):
    """A module that whoever reads the files does not have."""
    parts = name.split('.')
    for i in range(1, len(parts) + 1):
        path = '.'.join(parts[:i])
        sys.modules.setdefault(path, types.ModuleType(path))
    return sys.modules[name]


def belongs(name):
    def place(cls):
        cls.__module__, cls.__qualname__ = name, cls.__name__
        setattr(module(name), cls.__name__, cls)
        return cls
    return place


# Named and made as in ViT-Prisma (src/vit_prisma/sae/config.py), with a part of its fields.
@belongs('vit_prisma.sae.config')
@dataclass
class VisionModelSAERunnerConfig:
    model_name: str = 'open-clip:laion/CLIP-ViT-B-32-DataComp.XL-s13B-b90K'
    hook_point_layer: int = 9
    layer_subtype: str = 'hook_resid_post'
    vit_model_cfg: Optional[object] = None
    d_in: int = 4
    expansion_factor: int = 2
    activation_fn_str: str = 'topk'
    activation_fn_kwargs: dict = field(default_factory=lambda: {'k': 64})
    normalize_activations: str = 'layer_norm'
    cls_token_only: bool = True
    lr: float = 1e-3
    _device: str = 'cuda'
    _dtype: str = 'float32'


@belongs('vit_prisma.configs.HookedViTConfig')
@dataclass
class HookedViTConfig:
    n_layers: int = 12
    eps: float = 1e-6


# As in PatchSAE and HugoFry's repository (src/sae_training/config.py).
@belongs('src.sae_training.config')
@dataclass
class ViTSAERunnerConfig:
    class_token: bool = True
    module_name: str = 'resid'
    block_layer: int = 10
    model_name: str = 'openai/clip-vit-base-patch32'
    d_in: int = 4
    expansion_factor: int = 2
    dtype: torch.dtype = torch.float32
    device: str = 'cpu'

    def __post_init__(self):
        self.d_sae = self.d_in * self.expansion_factor


@belongs('src.sae_training.config')
class Config:
    def __init__(self, config):
        for key, value in config.items():
            setattr(self, key, Config(value) if isinstance(value, dict) else value)


@belongs('training.kinds')
class Kind(enum.Enum):
    TOPK = 'topk'


@belongs('training.kinds')
class Level(enum.IntEnum):
    HIGH = 3


@belongs('training.kinds')
class Slotted:
    __slots__ = ('k', 'name', '__dict__')


@belongs('training.kinds')
class Dict(dict):
    """As easydict: items and attributes."""


def counting(*shape, dtype=torch.float32):
    """0, 1, 2… row by row."""
    return torch.arange(math.prod(shape)).reshape(shape).to(dtype)


class Autoencoder(torch.nn.Module):
    def __init__(self, d_in=4, d_sae=8):
        super().__init__()
        self.W_enc = torch.nn.Parameter(counting(d_in, d_sae))
        self.b_enc = torch.nn.Parameter(counting(d_sae))
        self.W_dec = torch.nn.Parameter(-counting(d_sae, d_in))
        self.b_dec = torch.nn.Parameter(counting(d_in))


def kinds():
    it = Config({'nested': {'k': 64, 'deeper': {'on': True}}})
    it.torch_dtype = torch.bfloat16
    it.torch_device = torch.device('cuda:1')
    it.path = PosixPath('/data/imagenet/train')
    it.kind = Kind.TOPK
    it.level = Level.HIGH
    it.numpy_int = np.int64(-7)
    it.numpy_float = np.float32(0.5)
    it.numpy_double = np.float64(1e-4)
    it.numpy_bool = np.bool_(True)
    it.numpy_half = np.float16(2)
    it.counts = collections.defaultdict(int, {'dead': 3})
    it.options = argparse.Namespace(lr=1e-4, sizes=[1, 2])
    it.simple = types.SimpleNamespace(seed=42)
    it.attributes = Dict(seed=1)
    it.attributes.extra = 2
    it.slotted = Slotted()
    it.slotted.k, it.slotted.name, it.slotted.other = 5, 'slots', 'dict'
    it.blob = bytes(range(256)) * 2
    it.itself = it
    return it


def write(name, data):
    (FILES / name).write_bytes(gzip.compress(data, mtime=0) if name.endswith('.gz') else data)


def saved(value, **options):
    file = io.BytesIO()
    torch.save(value, file, **options)
    return file.getvalue()


def write_dictionaries():
    prisma = {'cfg': VisionModelSAERunnerConfig(vit_model_cfg=HookedViTConfig()), 'state_dict': Autoencoder().state_dict()}
    write('prisma.pkl', pickle.dumps(prisma))
    write('prisma.pkl.gz', pickle.dumps(prisma))
    write('prisma.pt', saved(prisma))
    older = {'config': {'hook_point': 9, 'dtype': torch.float32}, 'autoencoder': {'state_dict': Autoencoder().state_dict()}}
    write('prisma-older.pkl.gz', pickle.dumps(older))
    write('patchsae.pt', saved({'cfg': Config(vars(ViTSAERunnerConfig())), 'state_dict': Autoencoder().state_dict()}))
    write('hugofry.pkl.gz', pickle.dumps({'cfg': ViTSAERunnerConfig(), 'state_dict': Autoencoder().state_dict()}))
    # Storages that pickle writes outside of its frames.
    write('large.pkl.gz', pickle.dumps({'W': counting(300, 100) % 7, 'half': (counting(400, 100) % 5).half()}))


def write_torch():
    shared = counting(4, 3)
    tensors = collections.OrderedDict(
        whole=shared, rows=shared[1:3], transposed=shared.t(), half=counting(3, dtype=torch.float16),
        ints=counting(3, dtype=torch.int64), empty=torch.zeros(0, 3), parameter=torch.nn.Parameter(counting(3)),
    )
    write('legacy.pt', saved(tensors, _use_new_zipfile_serialization=False))
    write('legacy.pt.gz', saved(tensors, _use_new_zipfile_serialization=False))
    write('zip.pt.gz', saved(tensors))
    write('tensors.pkl', pickle.dumps(tensors))
    write('protocol3.pkl', pickle.dumps(tensors, protocol=3))
    write('protocol5.pkl', pickle.dumps(tensors, protocol=5))
    write('protocol2.pkl', pickle.dumps(tensors, protocol=2))
    doubles = dict(
        W=torch.tensor([[0.1, -2.5e-7, 3e8], [math.inf, 0, -1e-50]], dtype=torch.float64),
        transposed=counting(2, 3, dtype=torch.float64).t(), single=counting(2), half=counting(3, dtype=torch.float16),
    )
    write('doubles.pt', saved(doubles))
    save_file({k: v.contiguous() for k, v in doubles.items()}, FILES / 'doubles.safetensors')
    write('too-large.pt', saved({'W': torch.tensor([1.0, 1e300], dtype=torch.float64)}))


def write_fields():
    write('fields.pt', saved(kinds()))
    for protocol in range(2, 6):
        write(f'fields{protocol}.pkl', pickle.dumps(kinds(), protocol=protocol))


def write_numpy():
    matrix = np.arange(6, dtype=np.float32).reshape(2, 3)
    plain = {
        'W': matrix, 'half': matrix.astype(np.float16), 'columns': np.asfortranarray(matrix), 'vector': matrix[0],
        'scalar': np.float32(2.5), 'empty': np.zeros((0, 3), np.float32), 'ints': np.arange(3), 'bools': np.array([True, False]),
        'a/b': matrix[1],
    }
    unusual = {
        'short': np.arange(3, dtype=np.int16), 'text': np.array(['a', 'bc']), 'pairs': np.zeros(2, [('a', '<f4'), ('b', '<i2')]),
        'cube': np.asfortranarray(np.zeros((2, 3, 4), np.float32)),
    }
    wide = {
        'double': np.array([[0.1, -2.5e-7, 3e8]]), 'double_columns': np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        'big': matrix.astype('>f4'), 'big_half': matrix.astype('>f2'), 'big_double': matrix.astype('>f8'),
    }
    np.savez(FILES / 'plain.npz', **plain)
    np.savez(FILES / 'unusual.npz', **plain, **unusual)
    np.savez(FILES / 'objects.npz', W=matrix, objects=np.array([{'a': 1}], dtype=object))
    np.savez(FILES / 'wide.npz', **plain, **wide)
    np.savez_compressed(FILES / 'compressed.npz', **plain, **wide)
    np.save(FILES / 'single.npy', matrix)


FILES.mkdir(exist_ok=True, parents=True)
write_dictionaries()
write_torch()
write_fields()
write_numpy()
