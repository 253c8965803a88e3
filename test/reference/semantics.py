"""What components mean, computed with numpy and scipy in float64. Nothing here shares code with the engine. Run it from
the repository's root (numpy 2, scipy 1):

    python test/reference/semantics.py       # writes test/golden/semantics.json

A small library: images of eight things, as two numbers per thing and noise; the judge's raw embeddings lie around the
thing's. Components fire for one thing, for two of them, for everything, rarely or never. Definitions: docs/method.md,
*What a component means*.
"""
import base64
import json
import math
from pathlib import Path

import numpy as np
from scipy.cluster.vq import kmeans2
from scipy.spatial.distance import pdist, squareform

IMAGES, COMPONENTS, WIDTH, THINGS, WORDS, EMPTY = 240, 24, 24, 8, 40, 40
SAMPLES, FEWEST, CLOUDS, BINS, NEAREST = 20, 5, 16, 20, 3
LEFT_OUT = list(range(0, IMAGES, 3))


def library():
    draw = np.random.default_rng(4)
    things = draw.normal(size=(THINGS, WIDTH)) * 0.6 + draw.normal(size=WIDTH)
    thing = draw.integers(THINGS, size=IMAGES)
    length = draw.uniform(5, 15, size=(IMAGES, 1))
    judge = (things[thing] + 0.35 * draw.normal(size=(IMAGES, WIDTH))) * length
    words = np.concatenate([things + 0.3 * draw.normal(size=things.shape) for _ in range(WORDS // THINGS)])
    words = np.concatenate([words, draw.normal(size=(1, WIDTH))])  # the last one stands for ""
    words /= np.linalg.norm(words, axis=1, keepdims=True)
    z = np.zeros((IMAGES, COMPONENTS))
    for j in range(COMPONENTS - 4):
        for own in {j % THINGS, (j * 3 + j // THINGS) % THINGS}:
            chosen = (thing == own) & (draw.random(IMAGES) < 0.8)
            z[chosen, j] = draw.gamma(2, 1, size=chosen.sum())
    z[:, -4] = draw.gamma(2, 1, size=IMAGES)
    z[draw.choice(IMAGES, 4, replace=False), -3] = 1.5        # too few for a label
    z[draw.choice(IMAGES, 3, replace=False), -2] = -1         # never above 0
    z = np.where(z > 0, np.maximum(0.25, np.round(z * 4) / 4), z)  # ties: exact in float32
    return (judge.astype(np.float32), words.astype(np.float32), z.astype(np.float32))


def samples(z, without=()):
    """Images of one component, the highest first, of equals the lower number first."""
    allowed = [i for i in range(IMAGES) if z[i] > 0 and i not in without]
    return sorted(allowed, key=lambda i: (-z[i], i))[:SAMPLES]


def cosine(a, b):
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


def clarity(unit):
    """The mean cosine of two different ones."""
    cosines = unit @ unit.T
    return float(cosines[~np.eye(len(unit), dtype=bool)].mean())


def split(points):
    apart = squareform(pdist(points, 'sqeuclidean'))
    first, second = np.unravel_index(np.argmax(np.triu(apart)), apart.shape)
    centres, cluster = kmeans2(points, points[[first, second]], iter=100, minit='matrix', missing='raise')
    whole = ((points - points.mean(0)) ** 2).sum()
    return cluster if cluster[0] == 0 else 1 - cluster, ((points - centres[cluster]) ** 2).sum() / whole, centres


def normals(seed, count):
    """Mulberry32 (Tommy Ettinger, public domain), two uniform numbers to two normal ones (Box and Muller)."""
    state, keep = seed, 0xffffffff

    def uniform():
        nonlocal state
        state = (state + 0x6d2b79f5) & keep
        t = ((state ^ (state >> 15)) * (state | 1)) & keep
        t ^= (t + (((t ^ (t >> 7)) * (t | 61)) & keep)) & keep
        return ((t ^ (t >> 14)) & keep) / 2**32

    drawn = []
    while len(drawn) < count:
        radius, angle = math.sqrt(-2 * math.log(1 - uniform())), 2 * math.pi * uniform()
        drawn += [radius * math.cos(angle), radius * math.sin(angle)]
    return np.array(drawn[:count])


def polysemanticity(unit):
    n = len(unit)
    cluster, index, centres = split(unit)
    deviations = unit - unit.mean(0)
    clouds = normals(n, CLOUDS * n * n).reshape(CLOUDS, n, n) @ deviations
    single = np.mean([split(cloud)[1] for cloud in clouds])
    return {'score': max(0., 1 - index / single), 'separation': 1 - cosine(*centres), 'clusters': cluster.tolist()}


def nearest(vectors, names):
    """For each vector the three others with the highest cosine, those that it has nothing in common with left out."""
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, 0)
    best = np.argsort(-cosines, axis=1, kind='stable')[:, :NEAREST]
    return {names[a]: [{'component': names[b], 'cosine': cosines[a, b]} for b in row if cosines[a, b] != 0]
            for a, row in enumerate(best)}


def component(z, judge, words):
    chosen = samples(z)
    result = {'samples': chosen, 'firingRate': float((z > 0).mean()), 'theta': None, 'clarity': None,
              'polysemanticity': None, 'labels': None, 'without': samples(z, LEFT_OUT)}
    counts, edges = np.histogram(z[z > 0], BINS, (0, z.max())) if (z > 0).any() else ([0] * BINS, [0] * (BINS + 1))
    result['histogram'] = {'counts': list(map(int, counts)), 'edges': list(map(float, edges))}
    if chosen:
        result['theta'] = judge[chosen].mean(0)
    unit = judge[chosen] / np.linalg.norm(judge[chosen], axis=1, keepdims=True)
    if len(chosen) > 1:
        result['clarity'] = clarity(unit)
    if len(chosen) >= FEWEST:
        alignments = [cosine(result['theta'], word) - cosine(result['theta'], words[EMPTY]) for word in words[:EMPTY]]
        best = sorted(range(EMPTY), key=lambda word: -alignments[word])[:5]
        result['labels'] = [{'entry': word, 'alignment': alignments[word]} for word in best]
        result['polysemanticity'] = polysemanticity(unit)
    return result


def packed(array):
    return base64.b64encode(np.ascontiguousarray(array).tobytes()).decode()


def main():
    judge32, words32, z32 = library()
    judge, words, z = (array.astype(np.float64) for array in (judge32, words32, z32))
    components = [component(z[:, j], judge, words) for j in range(COMPONENTS)]
    named = [j for j, c in enumerate(components) if c['labels']]
    active = [j for j in range(COMPONENTS) if (z[:, j] > 0).any()]
    meaning = nearest(np.stack([components[j]['theta'] for j in named]), named)
    activation = nearest(np.maximum(z[:, active], 0).T, active)
    for j, c in enumerate(components):
        c['nearestInMeaning'], c['nearestInActivation'] = meaning.get(j), activation.get(j)
        c['theta'] = None if c['theta'] is None else packed(c['theta'])
    written = {'width': WIDTH, 'images': IMAGES, 'judge': packed(judge32), 'words': packed(words32[:EMPTY]),
               'empty': packed(words32[EMPTY]), 'activations': packed(z32), 'leftOut': LEFT_OUT,
               'components': components}
    Path('test/golden/semantics.json').write_text(json.dumps(written, separators=(',', ':')) + '\n')
    for j, c in enumerate(components):
        p = c['polysemanticity']
        print(j, len(c['samples']), c['clarity'], p and (p['score'], p['separation'], p['clusters']))


if __name__ == '__main__':
    main()
