"""What is recorded of one dictionary file."""
from dataclasses import dataclass, field
from typing import Any

import torch


@dataclass(frozen=True)
class Hook:
    """What is decomposed: a point of model.HookedClip, after which block (None for the embedding), which tokens."""

    point: str
    layer: int | None
    tokens: str


class Codec:
    """The project's encode and decode in float64, as tools/golden/method.py wants a dictionary. Some classes remember
    at encode how to undo their normalisation, and forget it at decode: so each decode follows an encode of its x."""

    def __init__(self, encode, decode, hook):
        self.project_encode, self.project_decode = encode, decode
        self.point, self.layer, self.tokens = hook.point, hook.layer, hook.tokens
        self.x = None

    def encode(self, x):
        self.x = x
        return self.project_encode(x)

    def decode(self, z):
        self.project_encode(self.x)
        return self.project_decode(z)


@dataclass(frozen=True)
class Case:
    """`open` is what is opened, from the folder of all files; `request` what a person must say beside it; `facts`
    what can be told of the files alone, in the words of DictionaryCard (src/shared/inspection.ts)."""

    id: str
    format: str
    open: str
    hook: Hook
    codec: Codec
    facts: dict[str, Any]
    request: dict[str, Any] = field(default_factory=dict)
    model: str = 'tiny-gelu-fp32'
    notes: tuple[str, ...] = ()
    # What to add to x for the other reading of the file, b_dec taken off the input or not; None where x is normalised.
    shift: torch.Tensor | None = None
    judged_by: str = 'fvu'


@dataclass(frozen=True)
class Refusal:
    """A file that must be refused with a ClipsightError: its kind of coder cannot be put in the model's way."""

    id: str
    open: str
    why: str
    request: dict[str, Any] = field(default_factory=dict)
    model: str = 'tiny-gelu-fp32'


def facts(architecture, size, width, hook, *, k=None, normalize='none', subtracts=None, layer='hook', tokens='hook'):
    """`layer` and `tokens` are those of the hook where the file tells them, None where it does not."""
    return {
        'architecture': architecture,
        'size': size,
        'input': width,
        'point': hook.point,
        'layer': hook.layer if layer == 'hook' else layer,
        'tokens': hook.tokens if tokens == 'hook' else tokens,
        'k': k,
        'normalize': normalize,
        'subtractsDecoderBias': subtracts,
    }

