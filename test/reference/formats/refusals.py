"""Files of kinds that cannot be put in the model's way, or that only code can read. The projects that write them were
not at hand: the layouts are restated."""
import collections
import json
import sys
import types

import torch
from torch import nn

from cases import Refusal


def make(models, folder):
    root = folder / 'refused'
    root.mkdir(parents=True, exist_ok=True)
    width, size = models['tiny-gelu-fp32'].width, 48

    # overcomplete saves whole modules: its classes, which whoever reads the file does not have, and no state_dict.
    library = types.ModuleType('overcomplete')
    library.sae = types.ModuleType('overcomplete.sae')

    class DictionaryLayer(nn.Module):
        def __init__(self):
            super().__init__()
            self._weights = nn.Parameter(torch.randn(size, width))

    class TopKSAE(nn.Module):
        def __init__(self):
            super().__init__()
            self.encoder = nn.Sequential(nn.Linear(width, size), nn.BatchNorm1d(size), nn.ReLU())
            self.dictionary = DictionaryLayer()

    for kind in (DictionaryLayer, TopKSAE):
        kind.__module__, kind.__qualname__ = 'overcomplete.sae', kind.__name__
        setattr(library.sae, kind.__name__, kind)
    sys.modules.update({'overcomplete': library, 'overcomplete.sae': library.sae})
    torch.save(TopKSAE(), root / 'overcomplete.pt')
    yield Refusal('overcomplete-module', 'refused/overcomplete.pt', 'a whole pickled module',
                  {'layer': 1, 'tokens': 'all'})

    # A crosscoder reads and writes several layers at once.
    crosscoder = collections.OrderedDict(
        W_enc=torch.randn(2, width, size), W_dec=torch.randn(size, 2, width), b_enc=torch.zeros(size),
        b_dec=torch.zeros(2, width))
    torch.save(crosscoder, root / 'crosscoder.pt')
    (root / 'crosscoder_cfg.json').write_text(json.dumps({'d_in': width, 'dict_size': size, 'n_models': 2}))
    yield Refusal('crosscoder', 'refused/crosscoder.pt', 'a crosscoder', {'layer': 1, 'tokens': 'all'})

    # A model, not a dictionary.
    torch.save({'state_dict': nn.Linear(width, size).state_dict()}, root / 'linear.ckpt')
    yield Refusal('no-dictionary', 'refused/linear.ckpt', 'one linear layer', {'layer': 1, 'tokens': 'all'})

    # Cut short while it was copied.
    whole = root / 'short.pt'
    torch.save({'W_enc': torch.randn(width, size), 'b_enc': torch.zeros(size), 'W_dec': torch.randn(size, width),
                'b_dec': torch.zeros(width)}, whole)
    whole.write_bytes(whole.read_bytes()[:4000])
    yield Refusal('cut-short', 'refused/short.pt', 'half a file', {'layer': 1, 'tokens': 'all'})
