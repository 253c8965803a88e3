"""Writes test/golden/checkpoints. See README.md beside this file.

  write.py <a checkout of openai/CLIP> [name …]
"""
import base64
import json
import logging
import shutil
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image

ROOT = Path(__file__).resolve().parents[3]
OUT = ROOT / 'test/golden/checkpoints'
sys.path.insert(0, sys.argv[1])

from checkpoints import all_checkpoints  # noqa: E402
from measure import attribute, tolerance, unit  # noqa: E402
from refused import write_refused  # noqa: E402
from preprocessing import write_pictures, write_preprocessing  # noqa: E402

#: Of different lengths, one longer than every context, one with capitals and punctuation.
TEXTS = [
    'a photo of a red circle',
    'Two small dogs, and a black cat!',
    'snow',
    'a very long street full of lights at night with people under umbrellas near the blue door of a house',
]

#: The first of them are also attributed to.
ATTRIBUTED = 2


def packed(values, kind='float32'):
    """Base64 of the numbers as little-endian float32 (or uint8), row by row."""
    return base64.b64encode(np.ascontiguousarray(np.asarray(values), np.dtype(kind).newbyteorder('<'))).decode()


def noise(size, seed):
    """A picture of the size that the model sees: smooth colours with some noise."""
    random = np.random.RandomState(seed)
    rows, columns = np.mgrid[0:size, 0:size] / size
    waves = [np.sin(random.uniform(1, 5) * rows + random.uniform(1, 5) * columns + seed + c) for c in range(3)]
    return (np.stack(waves, -1) * 90 + 128 + random.uniform(-30, 30, (size, size, 3))).clip(0, 255).astype(np.uint8)


def measured(checkpoint, pictures):
    view, size = checkpoint.view, checkpoint.size
    kind = next(view.blocks[0].module.parameters()).dtype
    ids = checkpoint.tokenize(TEXTS)
    texts = unit(view.text(ids)).detach()
    rgb = [noise(size, seed) for seed in (1, 2)]
    pixels = [checkpoint.prepare(Image.fromarray(each))[None].to(kind) for each in rgb]
    result = {
        'about': checkpoint.about,
        'path': checkpoint.path,
        'format': checkpoint.format,
        'blocks': len(view.blocks),
        'heads': view.blocks[0].heads,
        'imageSize': size,
        'logitScale': view.scale,
        'logitBias': view.bias,
        'texts': [
            {'text': text, 'ids': row.tolist(), 'embedding': packed(e)} for text, row, e in zip(TEXTS, ids, texts)
        ],
        'images': [],
        'pictures': [],
        'studies': [],
    }
    embeddings = [view.image(each).detach() for each in pixels]
    for each, picture, e in zip(rgb, pixels, embeddings):
        cosines = texts @ unit(e)
        logits = view.logits(picture, ids).detach()[0]
        assert (logits - (view.scale * cosines + (view.bias or 0))).abs().max() < tolerance(e, 1e-9, 1e-3)
        probability = None if view.bias is None else torch.sigmoid(logits).tolist()
        result['images'].append({
            'rgb': packed(each, 'uint8'),
            'embedding': packed(e),
            'similarities': cosines.tolist(),
            'probabilities': probability,
        })
    for file in pictures:
        prepared = checkpoint.prepare(Image.open(file))
        e = view.image(prepared[None].to(kind)).detach()
        result['pictures'].append({
            'file': file.name,
            'pixels': packed(prepared),
            'similarities': (texts @ unit(e)).tolist(),
        })
    last = len(view.blocks) - 1
    for layer in sorted({last // 2 if last > 1 else 0, last}):
        found = [attribute(view, layer, each, texts[:ATTRIBUTED]) for each in pixels]
        for (_, cosines, *_), image in zip(found, result['images']):
            assert np.allclose(cosines, image['similarities'][:ATTRIBUTED], atol=1e-6)
        for tokens, rows in (('all', slice(None)), ('cls', slice(0, 1)), ('patches', slice(1, None))):
            if not view.has_cls and tokens != 'all':
                continue
            result['studies'].append({
                'layer': layer,
                'tokens': tokens,
                'images': [
                    {
                        'activations': packed(z[rows].amax(0)),
                        'neurons': [packed(a[rows].sum(0)) for a in neurons],
                        'heads': [packed(a[rows].sum(0)) for a in heads],
                    }
                    for z, _, neurons, heads, _ in found
                ],
            })
    return result


def main():
    logging.disable(logging.WARNING)
    torch.set_num_threads(1)
    wanted = sys.argv[2:]
    if not wanted and OUT.exists():
        for old in OUT.iterdir():
            if old.is_dir():
                shutil.rmtree(old)
            elif old.suffix in ('.json', '.png'):
                old.unlink()
    OUT.mkdir(parents=True, exist_ok=True)
    pictures = write_pictures(OUT)
    for recipe in all_checkpoints():
        name = recipe.name
        if wanted and name not in wanted:
            continue
        shutil.rmtree(OUT / name, ignore_errors=True)
        checkpoint = recipe.make(OUT)
        result = measured(checkpoint, pictures)
        (OUT / f'{name}.json').write_text(json.dumps(result, indent=1) + '\n')
        scores = [f'{s:.3f}' for s in result['images'][0]['similarities']]
        print(f'{name:28}', *scores)
    if not wanted:
        write_preprocessing(OUT, pictures)
    if not wanted or 'refused' in wanted:
        shutil.rmtree(OUT / 'refused', ignore_errors=True)
        write_refused(OUT / 'refused')


if __name__ == '__main__':
    main()
