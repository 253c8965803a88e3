"""The projects' own classes, imported from clones of their repositories. What their modules import and never use here
(loggers, data loading, model hubs) is stood in for by empty modules; nothing that touches a number is."""
import contextlib
import dataclasses
import importlib
import logging
import os
import subprocess
import sys
import types
from pathlib import Path

import torch
from torch import nn

CLONES = Path(os.environ.get('CLIPSIGHT_REFERENCE_PROJECTS', '../projects'))


def clone(name):
    folder = CLONES / name
    if not folder.is_dir():
        raise SystemExit(f'{folder} is not there: see README.md, CLIPSIGHT_REFERENCE_PROJECTS')
    return folder.resolve()


class Anything:
    """Stands in for whatever an unused import gives."""

    def __init__(self, *args, **kwargs):
        pass

    def __getattr__(self, name):
        return Anything()

    def __call__(self, *args, **kwargs):
        # As a decorator it leaves the function alone.
        return args[0] if args and callable(args[0]) else Anything()

    def __class_getitem__(cls, item):
        return item


def stand_in(name, **members):
    """Puts a module into sys.modules, its parents too."""
    parts = name.split('.')
    for i in range(1, len(parts) + 1):
        path = '.'.join(parts[:i])
        if path not in sys.modules:
            module = types.ModuleType(path)
            module.__path__ = []
            sys.modules[path] = module
            if i > 1:
                setattr(sys.modules['.'.join(parts[: i - 1])], parts[i - 1], module)
    vars(sys.modules[name]).update(members)
    return sys.modules[name]


def package_without_init(name, folder, **members):
    """A package whose `__init__` is not run: it would import all of the project."""
    module = types.ModuleType(name)
    module.__path__ = [str(folder)]
    vars(module).update(members)
    sys.modules[name] = module
    parent, _, last = name.rpartition('.')
    if parent:
        setattr(sys.modules[parent], last, module)
    return module


@contextlib.contextmanager
def roots(*folders):
    """Import from these folders alone, and forget their top-level modules before: several projects call theirs
    `utils`, and two `dictionary_learning`."""
    names = {path.stem for folder in folders for path in Path(folder).iterdir()}
    for name in [name for name in sys.modules if name.split('.')[0] in names]:
        del sys.modules[name]
    sys.path[:0] = map(str, folders)
    try:
        yield
    finally:
        for folder in folders:
            sys.path.remove(str(folder))


class HookPoint(nn.Identity):
    """transformer_lens's: without hooks it returns what it gets."""

    _forward_hooks = _backward_hooks = None


class HookedRootModule(nn.Module):
    def setup(self):
        pass


def transformer_lens():
    stand_in('transformer_lens.hook_points', HookPoint=HookPoint, HookedRootModule=HookedRootModule)


def attributing_clip():
    """TopKSAE and the Lightning module that trains and saves it; Lightning is the real one."""
    root = clone('attributing-clip')
    with roots(root):
        stand_in('click', Tuple=tuple)
        sae = importlib.import_module('model_training.sae')
        training = importlib.import_module('model_training.base_pl')
    return sae.TopKSAE, training.Vanilla


def prisma():
    root = clone('ViT-Prisma') / 'src'
    with roots(root):
        stand_in('line_profiler', profile=lambda function: function)
        package_without_init('vit_prisma', root / 'vit_prisma')
        package_without_init('vit_prisma.sae', root / 'vit_prisma/sae')
        package_without_init('vit_prisma.prisma_tools', root / 'vit_prisma/prisma_tools')
        package_without_init('vit_prisma.configs', root / 'vit_prisma/configs')
        package_without_init('vit_prisma.sae.training', root / 'vit_prisma/sae/training')
        sae = importlib.import_module('vit_prisma.sae.sae')
        config = importlib.import_module('vit_prisma.sae.config')
        transcoder = importlib.import_module('vit_prisma.sae.transcoder')
    # Its modules pickle by these names.
    return sae, config.VisionModelSAERunnerConfig, transcoder.Transcoder


def patchsae():
    root = clone('patchsae')
    with roots(root):
        transformer_lens()
        stand_in('geom_median.torch', compute_geometric_median=None)
        wandb = stand_in('wandb')
        wandb.util = types.SimpleNamespace(generate_id=lambda: 'abcdefgh')
        package_without_init('src', root / 'src')
        package_without_init('src.sae_training', root / 'src/sae_training')
        sae = importlib.import_module('src.sae_training.sparse_autoencoder')
        config = importlib.import_module('src.sae_training.config')
    return sae.SparseAutoencoder, config.ViTSAERunnerConfig, config.Config


def saev(commit=None, folder=None):
    """Its modelling module; of an older commit, unpacked into `folder`, where one is given."""
    root = clone('saev')
    if commit is not None:
        target = Path(folder) / f'saev-{commit}'
        target.mkdir(parents=True, exist_ok=True)
        git = ['git', '-C', root]
        below = 'src/saev' if subprocess.run([*git, 'ls-tree', commit, 'src/saev'], capture_output=True).stdout else 'saev'
        archive = subprocess.run([*git, 'archive', commit, below], check=True, capture_output=True).stdout
        subprocess.run(['tar', '-x', '-C', target], input=archive, check=True)
        root = target
    source = root / 'src' if (root / 'src/saev').is_dir() else root
    with roots(source):
        tyro = stand_in('tyro')
        tyro.conf = stand_in('tyro.conf', Suppress=Anything)
        package_without_init('saev', source / 'saev', __version__='0.0.0')
        if (source / 'saev/nn.py').exists():
            return importlib.import_module('saev.nn'), importlib.import_module('saev.config')
        package_without_init('saev.nn', source / 'saev/nn')
        module = importlib.import_module('saev.nn.modeling')
        has_config = (source / 'saev/config.py').exists()
        return module, importlib.import_module('saev.config') if has_config else None


def dictionary_learning():
    with roots(clone('dictionary_learning')):
        return _dictionary_learning('matryoshka_batch_top_k')


def sae_for_vlm():
    with roots(clone('sae-for-vlm')):
        return _dictionary_learning('matroyshka_batch_top_k')


def _dictionary_learning(matryoshka):
    stand_in('nnsight', LanguageModel=Anything)
    modules = [importlib.import_module('dictionary_learning.dictionary')]
    for name in ('standard', 'top_k', 'batch_top_k', 'jumprelu', 'gdm', matryoshka):
        modules.append(importlib.import_module(f'dictionary_learning.trainers.{name}'))
    return types.SimpleNamespace(**{k: v for module in modules for k, v in vars(module).items() if k[0] != '_'})


def msae():
    with roots(clone('MSAE')):
        return importlib.import_module('sae')


def sae_lens():
    root = clone('SAELens')
    with roots(root):
        transformer_lens()
        stand_in('requests')
        package_without_init('sae_lens', root / 'sae_lens', __version__='6.18.0', logger=logging.getLogger('sae_lens'))
        saes = importlib.import_module('sae_lens.saes')
        transcoder = importlib.import_module('sae_lens.saes.transcoder')
        registry = importlib.import_module('sae_lens.registry')
        loaders = importlib.import_module('sae_lens.loading.pretrained_sae_loaders')
        # As the package's own __init__ does.
        for name, prefix in {'standard': 'Standard', 'topk': 'TopK', 'gated': 'Gated', 'jumprelu': 'JumpReLU'}.items():
            registry.register_sae_class(name, getattr(saes, f'{prefix}SAE'), getattr(saes, f'{prefix}SAEConfig'))
        registry.register_sae_class('skip_transcoder', transcoder.SkipTranscoder, transcoder.SkipTranscoderConfig)
        sae = importlib.import_module('sae_lens.saes.sae')
    return types.SimpleNamespace(**(vars(saes) | {'loaders': loaders, 'transcoder': transcoder, 'base': sae}))


def sparsify():
    root = clone('sparsify')

    class Serializable:
        def to_dict(self):
            return dataclasses.asdict(self)

        @classmethod
        def from_dict(cls, values, drop_extra_fields=False):
            known = {field.name for field in dataclasses.fields(cls)}
            return cls(**{k: v for k, v in values.items() if k in known or not drop_extra_fields})

    with roots(root):
        stand_in('simple_parsing', Serializable=Serializable, list_field=lambda *items: dataclasses.field(
            default_factory=lambda: list(items)))
        stand_in('accelerate.utils', send_to_device=None)
        package_without_init('sparsify', root / 'sparsify')
        coder = importlib.import_module('sparsify.sparse_coder')
        config = importlib.import_module('sparsify.config')
    return coder.SparseCoder, config.SparseCoderConfig


def torch_load(path):
    """For the loaders written when torch.load still ran whatever a pickle says."""
    return torch.load(path, weights_only=False)
