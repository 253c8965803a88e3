"""Small dictionaries in every format, saved and computed by the projects' own classes: test/golden/formats. See
README.md beside this file.

  CLIPSIGHT_REFERENCE_PROJECTS=… python test/reference/dictionaries.py [a word of the cases to print, nothing written]
"""
import contextlib
import importlib
import io
import json
import shutil
import sys
import warnings

import torch

from model import ROOT, Model, in_float64  # first: it finds tools/golden
import method
from attribution import encode_text, packed
from dictionary import ROWS
from method import Direction
from tokenizer import Tokenizer

from cases import Case, Refusal

FOLDER = ROOT / 'test/golden/formats'
FORMATS = ('attributing_clip', 'prisma', 'patchsae', 'saev', 'dictionary_learning', 'msae', 'sae_lens', 'sparsify',
           'gemmascope', 'refusals')
TEXTS = ('a dog', 'a photo of a wolf in the snow')
COMPARED = 2


def directions(model):
    tokenizer = Tokenizer(model.folder)
    with in_float64():
        dog, wolf = (encode_text(model.clip, tokenizer, text)[1] for text in TEXTS)
    prompts = [{'kind': 'prompt', 'text': text} for text in TEXTS]
    versus = {'kind': 'versus', 'of': prompts[1], 'against': [prompts[0]]}
    return [(prompts[0], dog), (versus, wolf - dog)]


def at_hook(model, codec, image):
    found = model.points(model.pixels[image])[codec.point, codec.layer]
    return found[ROWS[codec.tokens]]


def assert_clear(case, x):
    """No choice of active latents hangs on rounding: the same ones for vectors a little beside these."""
    codec = case.codec
    active = codec.encode(x) != 0
    for seed in range(4):
        step = torch.randn(x.shape, generator=torch.Generator().manual_seed(seed)) * x.abs().amax() * 3e-6
        assert torch.equal(codec.encode(x + step) != 0, active), f'{case.id}: a choice hangs on rounding'


def reconstruction(x, z, y):
    """As Reconstruction in src/shared/inspection.ts says, over the rows of x [n, D]."""
    variance = (x - x.mean(0)).pow(2).sum()
    scale = (x * y).sum() / (y * y).sum()
    return {
        'fvu': ((x - y).pow(2).sum() / variance).item(),
        'scaledFvu': ((x - scale * y).pow(2).sum() / variance).item(),
        'cosine': torch.nn.functional.cosine_similarity(x, y, dim=1).mean().item(),
        'l0': (z != 0).sum(1).double().mean().item(),
        'dead': (z == 0).all(0).double().mean().item(),
    }


def measured(case, model):
    codec, chosen = case.codec, directions(model)
    first = 1 if codec.tokens == 'patches' else 0
    images = []
    for image in range(COMPARED):
        x = at_hook(model, codec, image)
        assert_clear(case, x)
        z = codec.encode(x)
        y = codec.decode(z)
        with in_float64():
            again, scores, attributions = method.attribute(
                model.clip, model.pixels[image], codec, [Direction(vector) for _, vector in chosen]
            )
        assert torch.equal(again, z)
        at, listed = z.nonzero(as_tuple=True), (z != 0).any(0).nonzero()[:, 0]
        assert len(at[0]) > 0, case.id
        images.append({
            'image': image,
            'entries': {
                'tokens': packed(at[0] + first, 'int32'),
                'latents': packed(at[1], 'int32'),
                'activations': packed(z[at]),
            },
            'latents': packed(listed, 'int32'),
            'activations': packed(z.amax(0)[listed]),
            'reconstruction': packed(y.detach()),
            'results': [
                {'similarity': score, 'total': a.sum().item(), 'attributions': packed(a.sum(0)[listed])}
                for score, a in zip(scores, attributions)
            ],
        })
    x = torch.cat([at_hook(model, codec, image) for image in range(len(model.pixels))])
    z = codec.encode(x)
    taken = reconstruction(x, z, codec.decode(z).detach())
    other = None
    if case.shift is not None:
        z = codec.encode(x + case.shift)
        other = reconstruction(x, z, codec.decode(z).detach())
    return {
        'id': case.id,
        'format': case.format,
        'open': case.open,
        'model': case.model,
        'request': case.request,
        'facts': case.facts,
        'hook': {'point': codec.point, 'layer': codec.layer, 'tokens': codec.tokens},
        'notes': list(case.notes),
        'judgedBy': case.judged_by,
        'images': images,
        'selfTest': {'vectors': len(x), 'taken': taken, 'other': other},
    }


def main():
    warnings.filterwarnings('ignore')
    torch.set_num_threads(1)
    words = sys.argv[1:]
    folder = FOLDER if not words else ROOT / 'test/golden/.formats-tried'
    shutil.rmtree(folder, ignore_errors=True)
    models = {name: Model(name) for name in ('tiny-gelu-fp32', 'tiny-quick-fp16')}
    cases, refusals = [], []
    for name in FORMATS:
        if words and name not in words:
            continue
        torch.manual_seed(0)
        for made in importlib.import_module(f'formats.{name}').make(models, folder):
            match made:
                case Refusal():
                    refusals.append({key: getattr(made, key) for key in ('id', 'open', 'why', 'request', 'model')})
                case Case():
                    cases.append(measured(made, models[made.model]))
                    taken, other = cases[-1]['selfTest']['taken'], cases[-1]['selfTest']['other']
                    beside = '' if other is None else f', read the other way {other["fvu"]:.3f}'
                    print(f'{made.id}: FVU {taken["fvu"]:.3f}{beside}, cosine {taken["cosine"]:.3f}, '
                          f'L0 {taken["l0"]:.1f} of {made.facts["size"]}, dead {taken["dead"]:.2f}')
    assert len({case['id'] for case in cases}) == len(cases)
    used = {case['model'] for case in cases}
    golden = {
        'models': {
            name: {
                'images': [packed(rgb, 'uint8') for rgb in model.rgb],
                'directions': [direction for direction, _ in directions(model)],
            }
            for name, model in models.items()
            if name in used
        },
        'cases': cases,
        'refusals': refusals,
    }
    if words:
        shutil.rmtree(folder, ignore_errors=True)
        return
    text = json.dumps(golden, indent=1, ensure_ascii=False) + '\n'
    (ROOT / 'test/golden/dictionary-formats.json').write_text(text)
    size = sum(path.stat().st_size for path in FOLDER.rglob('*') if path.is_file())
    print(f'{len(cases)} cases, {len(refusals)} refusals, {size / 1000:.0f} kB of files, {len(text) / 1000:.0f} kB JSON')


if __name__ == '__main__':
    main()
