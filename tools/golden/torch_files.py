"""Files as PyTorch writes them: small ones of every kind, and the random models' weights (see tiny.py) as
pytorch_model.bin. Run it from the repository's root with Debian's python3-torch (1.13). A second run differs only in
names that PyTorch makes up (legacy.pt, plain.pkl, script.pt).

    python3 tools/golden/torch_files.py
"""
import base64
import collections
import gzip
import json
import math
import pickle
import sys
import types
import zipfile
from pathlib import Path

import torch

import safetensors_file

FILES = Path('test/golden/torch/files')
WEIGHTS = Path('test/golden/torch/weights')
MODELS = Path('test/golden/models')

# A class that whoever reads the files does not have.
training = types.ModuleType('training')
training.config = types.ModuleType('training.config')
sys.modules.update({'training': training, 'training.config': training.config})


class Config:
    pass


Config.__module__ = 'training.config'
training.config.Config = Config


def config():
    it = Config()
    it.d_in, it.lr, it.name = 4, 1e-4, 'resid'
    return it


def counting(*shape, dtype=torch.float32):
    """0, 1, 2… row by row."""
    return torch.arange(math.prod(shape)).reshape(shape).to(dtype)


def tensors():
    shared = counting(4, 3)
    return collections.OrderedDict(
        float32=counting(2, 3),
        float16=counting(2, 3, dtype=torch.float16),
        bfloat16=counting(2, 3, dtype=torch.bfloat16),
        int64=counting(3, dtype=torch.int64),
        int32=counting(3, dtype=torch.int32),
        uint8=counting(3, dtype=torch.uint8),
        bool=torch.tensor([True, False]),
        float64=counting(2, dtype=torch.float64),
        int16=counting(2, dtype=torch.int16),
        scalar=torch.tensor(2.5),
        empty=torch.zeros(0, 3),
        parameter=torch.nn.Parameter(counting(3)),
        shared=shared,
        rows=shared[1:3],
        row=shared[2],
        column=shared[:, 1],
        row_as_matrix=shared[2:3].t().t(),
        transposed=counting(2, 3).t(),
        transposed_view=shared[1:3].t(),
        part=shared[:, :2],
        expanded=torch.ones(1).expand(3),
        permuted=counting(2, 3, 4).permute(2, 0, 1),
        quantised=torch.quantize_per_tensor(torch.ones(2), 0.1, 0, torch.qint8),
    )


class Tower(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.positions = torch.nn.Parameter(counting(2, 2))
        self.blocks = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.LayerNorm(3))
        self.register_buffer('size', torch.tensor(7))
        with torch.no_grad():
            self.blocks[0].weight.copy_(counting(3, 2))
            self.blocks[0].bias.copy_(counting(3))

    def forward(self, x):
        return self.blocks(x @ self.positions)


def write_kinds():
    FILES.mkdir(exist_ok=True, parents=True)
    torch.save(tensors(), FILES / 'tensors.pt')
    torch.save({f'module.{k}': v for k, v in Tower().state_dict().items()}, FILES / 'module-prefix.pt')
    torch.save({'epoch': 3, 'model': Tower().state_dict()}, FILES / 'model-key.pt')
    optimizer = {'state': {0: {'step': torch.tensor(1.0), 'exp_avg': counting(2)}}, 'param_groups': [{'lr': 0.1}]}
    lightning = {
        'epoch': 3,
        'pytorch-lightning_version': '2.1.0',
        'state_dict': Tower().state_dict(),
        'optimizer_states': [optimizer],
        'callbacks': {'ModelCheckpoint': {'best': math.inf, 'path': Path('last.ckpt').as_posix()}},
        'hyper_parameters': config(),
        'seeds': {1, 2},
    }
    torch.save(lightning, FILES / 'lightning.ckpt')
    torch.save(Tower().state_dict(), FILES / 'protocol4.pt', pickle_protocol=4)
    torch.save(config(), FILES / 'object.pt')
    torch.jit.script(Tower()).half().save(str(FILES / 'script.pt'))
    with open(FILES / 'header.pt', 'wb') as file:
        file.write(json.dumps({'schema': 5, 'cfg': {'d_model': 4}}).encode() + b'\n')
        torch.save(Tower().state_dict(), file)
    torch.save(Tower().state_dict(), FILES / 'legacy.pt', _use_new_zipfile_serialization=False)
    (FILES / 'plain.pkl').write_bytes(pickle.dumps({'a': counting(2)}))
    (FILES / 'plain.pkl.gz').write_bytes(gzip.compress(pickle.dumps({'a': counting(2)}), mtime=0))


def values(protocol):
    shared = [1]
    numbers = [0, 1, -1, 255, 256, 65535, 65536, -129, 2**31 - 1, -(2**31), 2**31, 2**53 - 1, 2**53, -(2**53), 2**63]
    numbers += [-(2**70), 2**2100, 1.5, -0.1, 1e300, 5e-324, math.inf, -math.inf, math.nan]
    texts = ['', 'abc', 'ä\n\\u0041\'"', '日本', '🐺', 'x' * 300, '__proto__']
    lists = [[], (), (1,), (1, 2), (1, 2, 3), (1, 2, 3, 4), [1, [2, (3,)]], shared, shared, [None] * 1100]
    dicts = [{}, {'a': 1}, {'__proto__': 1, (1, 2): {}, 3: 'x'}, {str(i): i for i in range(300)}]
    every = [None, True, False, *numbers, *texts, *lists, *dicts]
    if protocol >= 2:
        every += [config(), Config, collections.OrderedDict(x=1), collections.deque([1, 2])]
    if protocol >= 3:
        every += [b'', b'\x00\xff', bytes(300)]
    if protocol >= 4:
        every += [set(), {1}, frozenset({2})]
    if protocol >= 5:
        every += [bytearray(b'xy')]
    return every


def described(value):
    """As JSON, in the words of the test."""
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return value
    if isinstance(value, int):
        return value if abs(value) < 2**53 else {'integer': str(value)}
    if isinstance(value, float):
        return value if math.isfinite(value) else {'float': str(value)}
    if isinstance(value, (bytes, bytearray)):
        return {'bytes': value.hex()}
    if isinstance(value, (list, tuple)):
        return [described(item) for item in value]
    if isinstance(value, collections.OrderedDict):
        return {'record': 'collections.OrderedDict', 'entries': entries(value)}
    if isinstance(value, collections.deque):
        return {'record': 'collections.deque', 'items': described(list(value))}
    if isinstance(value, dict):
        return {'dict': entries(value)}
    if isinstance(value, (set, frozenset)):
        return {'set': described(list(value))}
    if isinstance(value, type):
        return {'global': f'{value.__module__}.{value.__name__}'}
    return {'record': f'{Config.__module__}.{Config.__name__}', 'state': {'dict': entries(vars(value))}}


def entries(dictionary):
    return [[described(key), described(value)] for key, value in dictionary.items()]


def write_pickles():
    cases = []
    for protocol in range(6):
        every = values(protocol)
        cases.append({
            'protocol': protocol,
            'pickle': base64.b64encode(pickle.dumps(every, protocol=protocol)).decode(),
            'value': described(every),
        })
    (FILES / 'pickles.json').write_text(json.dumps(cases, separators=(',', ':'), allow_nan=False) + '\n')


def write_weights():
    WEIGHTS.mkdir(exist_ok=True, parents=True)
    load = lambda name: safetensors_file.load(MODELS / name / 'model.safetensors')
    torch.save(load('tiny-gelu-fp32'), WEIGHTS / 'tiny-gelu-fp32.bin')

    names = list(load('tiny-quick-fp16').items())
    shards = {}
    for i, part in enumerate((dict(names[::2]), dict(names[1::2])), 1):
        file = f'tiny-quick-fp16-{i:05}-of-00002.bin'
        torch.save(part, WEIGHTS / file)
        shards.update({name: file for name in part})
    index = {'metadata': {'total_size': 0}, 'weight_map': shards}
    (WEIGHTS / 'tiny-quick-fp16.bin.index.json').write_text(json.dumps(index, indent=2) + '\n')

    # Packed again by another tool: torch's padding is gone, weights lie at odd offsets.
    whole, packed = WEIGHTS / 'whole.bin', WEIGHTS / 'tiny-tanh-bf16.bin'
    torch.save(load('tiny-tanh-bf16'), whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(packed, 'w') as target:
        for name in source.namelist():
            info = zipfile.ZipInfo(name)
            target.writestr(info, source.read(name), zipfile.ZIP_STORED)
    whole.unlink()


write_kinds()
write_pickles()
write_weights()
