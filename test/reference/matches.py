"""Which pictures of the demo match prompts best and worst, and how well texts describe components, from the pictures
and weights up, in float64. Run it from the repository's root (PyTorch, numpy 2, Pillow):

    python test/reference/matches.py       # writes test/golden/matches.json

Of library.py beside this file it takes the study, nothing of the formulas: cosines, ranks and shares are computed here.
"""
import hashlib
import json
from pathlib import Path

import numpy as np
import torch

from library import IMAGES, JUDGE, MODEL, ROOT, Clip, Study, pixels, texts_of

TEMPLATES = ('a photo of a {}', 'a {} in the snow', '{}')
NOUNS = ('wolf', 'fire engine')
PROMPTS = ('a photo of a wolf', 'a photo of snow', 'a photo of a fire engine', 'wolf', 'a red thing', 'a written word')
MOST, COMPONENTS = 7, 12


def unit(x):
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


def embeddings(paths):
    clip = Clip(ROOT / 'models' / MODEL)
    size = clip.config['vision_config']['image_size']
    with torch.no_grad():
        return np.stack([clip.image(pixels.normalise(pixels.load_rgb(path, size), ROOT / 'models' / MODEL)).numpy()
                         for path in paths])


def directions():
    """As the engine is asked, and as vectors; the difference of two stays as long as it is."""
    def read(text):
        return texts_of(MODEL, [text])[0].numpy()

    for text in PROMPTS[:3]:
        yield {'kind': 'prompt', 'text': text}, read(text)
    for noun in NOUNS:
        texts = [template.replace('{}', noun) for template in TEMPLATES]
        yield ({'kind': 'ensemble', 'name': noun, 'texts': texts},
               unit(np.mean([read(text) for text in texts], axis=0)))
    one, *others = PROMPTS[:3]
    yield ({'kind': 'versus', 'of': {'kind': 'prompt', 'text': one},
            'against': [{'kind': 'prompt', 'text': text} for text in others]},
           read(one) - np.mean([read(text) for text in others], axis=0))


def matches(paths):
    v = unit(embeddings(paths))
    for direction, u in directions():
        y = v @ u
        order = np.argsort(-y, kind='stable')
        yield {'direction': direction,
               'best': [{'image': int(i), 'similarity': float(y[i])} for i in order[:MOST]],
               'worst': [{'image': int(i), 'similarity': float(y[i])} for i in order[::-1][:MOST]],
               # Between neighbours in these lists, and to the first that is in none.
               'gap': float(min(np.abs(np.diff(y[order[:MOST + 1]])).min(),
                                np.abs(np.diff(y[order[::-1][:MOST + 1]])).min()))}


def pairs(study, judge):
    texts = texts_of(judge or MODEL, [*PROMPTS, ''])
    *read, empty = [text.numpy() for text in texts]
    theta = np.stack([unit(study.theta[j]) for j in study.named])
    sure = [row for row, j in enumerate(study.named) if j not in study.dictionary.unsure]
    rows = [sure[i] for i in sorted({int(i) for i in np.linspace(0, len(sure) - 1, COMPONENTS)})]
    for text, u in zip(PROMPTS, read):
        aligned = theta @ u - theta @ empty
        for row in rows:
            better = int((aligned > aligned[row]).sum())
            yield {'component': int(study.named[row]), 'text': text, 'alignment': float(aligned[row]),
                   'better': better / (len(aligned) - 1)}


def main():
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    paths = sorted(Path(IMAGES).glob('*/*.jpg'))
    studies = []
    for name, judge in (('sae-cls', JUDGE), ('sae-cls', None)):
        study = Study(name, judge, paths, ['snow'])
        few = [int(j) for j in range(len(study.fired)) if study.fired[j] < 4][:3]
        unsure = [int(j) for j in study.dictionary.unsure]
        studies.append({'dictionary': name, 'judge': judge, 'named': len(study.named),
                        # Components of whose pictures, and so of whose meaning, rounding may decide.
                        'unsure': len(unsure), 'few': few, 'pairs': list(pairs(study, judge))})
        print(name, judge, 'named', len(study.named), 'unsure', len(unsure))
    written = {'images': [str(path) for path in paths],
               'sha256': [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths],
               'most': MOST, 'matches': list(matches(paths)), 'studies': studies}
    print('smallest gap', min(one['gap'] for one in written['matches']))
    Path('test/golden/matches.json').write_text(json.dumps(written, separators=(',', ':')) + '\n')


if __name__ == '__main__':
    main()
