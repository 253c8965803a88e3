"""What the audit finds in a small library, computed with numpy, scikit-learn and statsmodels in float64. Nothing here shares
code with the engine. Run it from the repository's root (numpy 2, scikit-learn 1, statsmodels):

    python test/reference/audit.py       # writes test/golden/audit.json

Six prompts of sixteen images each, and images of none. A component fires for one prompt, for two of them, or for anything;
what it writes into the embedding speaks for some directions more than for others. Definitions: docs/audit.md.
"""
import base64
import hashlib
import json
from pathlib import Path

import numpy as np
from sklearn.isotonic import IsotonicRegression
from statsmodels.stats.multitest import multipletests

SUBJECTS, OWN, OTHERS, COMPONENTS, WIDTH, JUDGED = 6, 16, 64, 30, 8, 10
MARGIN, LEVEL, FOLDS, DRAWS = 0.02, 0.05, 10, 40_000
LEAST_ACTIVE, LEAST_SHARE, BACKGROUND, SAMPLES, FEWEST = 10, 0.2, 0.9, 20, 5
# Concepts that a prompt was declared to rely on: the second prompt, on what the third one says.
EXPECTED = {1: 2}


def packed(array):
    return base64.b64encode(np.ascontiguousarray(array, array.dtype.newbyteorder('<')).tobytes()).decode()


def unit(rows):
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def library():
    draw = np.random.default_rng(7)
    images = SUBJECTS * OWN + OTHERS
    subject = np.repeat(np.arange(SUBJECTS), OWN).tolist() + draw.integers(SUBJECTS, size=OTHERS).tolist()
    things = draw.normal(size=(SUBJECTS, JUDGED))
    judge = (things[subject] + 0.7 * draw.normal(size=(images, JUDGED)) + 0.8) * 4
    texts = unit(np.concatenate([things + 0.4 * draw.normal(size=things.shape), draw.normal(size=(1, JUDGED))]))
    directions = unit(draw.normal(size=(SUBJECTS, WIDTH)))
    embeddings = (directions[subject] + 0.5 * draw.normal(size=(images, WIDTH))) * 3
    z = np.zeros((images, COMPONENTS))
    writes = draw.normal(size=(COMPONENTS, WIDTH)) * 0.5
    for j in range(COMPONENTS - 2):
        for s in {j % SUBJECTS, (j * j + 1) % SUBJECTS}:
            chosen = (np.array(subject) == s) & (draw.random(images) < 0.9)
            z[chosen, j] = draw.gamma(3, 1, size=chosen.sum())
            writes[j] += directions[s] * draw.uniform(0, 3)
        if j % 4 == 0:                                                           # more than it means
            writes[j] += directions[j % SUBJECTS] * 9
    z[:, -2] = draw.gamma(3, 1, size=images)                                    # everywhere
    z[:3 * OWN, -1] = draw.gamma(3, 1, size=3 * OWN)                            # for the first three alone
    contributions = writes * z[:, :, None] + 0.2 * draw.normal(size=(images, COMPONENTS, WIDTH)) * (z[:, :, None] > 0)
    return [array.astype(np.float32) for array in (judge, texts, directions, embeddings, z, contributions)]


def bootstrap(values, bound, draw):
    """p and the 90 % interval of bootstrap-t."""
    n, mean = len(values), values.mean()
    drawn = values[draw.integers(n, size=(DRAWS, n))]
    deviation = drawn.std(1, ddof=1) / n**0.5
    error = values.std(ddof=1) / n**0.5
    with np.errstate(divide='ignore', invalid='ignore'):
        t = (drawn.mean(1) - mean) / deviation
    high, low = np.quantile(t, [0.95, 0.05])
    return (1 + (t >= (mean - bound) / error).sum()) / (1 + DRAWS), [mean - high * error, mean - low * error]


def fitted(alignments, shares):
    return IsotonicRegression(out_of_bounds='clip').fit(alignments, shares)


def main():
    stored = library()
    judge, texts, directions, embeddings, z, contributions = [array.astype(np.float64) for array in stored]
    *spoken, empty = texts
    length = np.linalg.norm(embeddings, axis=1, keepdims=True)
    scores = embeddings @ directions.T / length
    own = [list(range(s * OWN, (s + 1) * OWN)) for s in range(SUBJECTS)]
    background = [j for j in range(COMPONENTS) if (z[:, j] > 0).sum() >= BACKGROUND * len(z)]
    pairs, told, loudest = [], [], {j: 0 for j in background}
    for s in range(SUBJECTS):
        gradient = (directions[s] - scores[own[s], s, None] * embeddings[own[s]] / length[own[s]]) / length[own[s]]
        speaking = np.maximum(np.einsum('ijd,id->ij', contributions[own[s]], gradient), 0)
        shares = speaking / speaking.sum(1, keepdims=True)
        count = 0
        for j in range(COMPONENTS):
            if j in background:
                loudest[j] = max(loudest[j], shares[:, j].mean())
                continue
            active = int((z[own[s], j] > 0).sum())
            others = sorted((i for i in range(len(z)) if z[i, j] > 0 and i not in own[s]), key=lambda i: -z[i, j])
            if active < max(LEAST_ACTIVE, LEAST_SHARE * OWN) or len(others) < FEWEST:
                continue
            count += 1
            theta = unit(judge[others[:SAMPLES]].mean(0))
            aligned = [float(theta @ (text - empty)) for text in [spoken[s]] + [spoken[t] for t in [EXPECTED.get(s)] if t is not None]]
            pairs.append({'subject': s, 'component': j, 'active': active, 'measured': shares[:, j].mean(), 'shares': shares[:, j],
                          'alignments': aligned, 'meaning': min(SAMPLES, len(others))})
        told.append({'tested': count, 'similarity': scores[own[s], s].mean(), 'accuracy': (scores[own[s]].argmax(1) == s).mean()})

    names = [f'thing {s}' for s in range(SUBJECTS)]
    order = sorted(names, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    fold = np.array([order.index(names[pair['subject']]) % FOLDS for pair in pairs])
    x, y = np.array([max(pair['alignments']) for pair in pairs]), np.array([pair['measured'] for pair in pairs])
    expected = np.empty(len(pairs))
    for one in set(fold):
        expected[fold == one] = fitted(x[fold != one], y[fold != one]).predict(x[fold == one])
    draw = np.random.default_rng(1)
    p, intervals = np.ones(len(pairs)), {}
    for i in np.flatnonzero(y > expected + MARGIN):
        p[i], intervals[i] = bootstrap(pairs[i]['shares'], expected[i] + MARGIN, draw)
    rejected = multipletests(p, LEVEL, 'fdr_by')[0]
    found = sorted(np.flatnonzero(rejected), key=lambda i: expected[i] - y[i])
    whole = fitted(x, y)
    at = np.linspace(x.min() - 0.05, x.max() + 0.05, 41)
    print(len(pairs), 'pairs', len(found), 'findings of', len(intervals), 'background', background)
    print(np.sort(p[list(intervals)]), multipletests(p, LEVEL, 'fdr_by')[1][found])
    written = {
        'images': len(z), 'own': OWN, 'components': COMPONENTS, 'width': WIDTH, 'judged': JUDGED, 'expected': EXPECTED,
        **dict(zip(('judge', 'texts', 'directions', 'embeddings', 'activations', 'contributions'), map(packed, [*stored[:-1], stored[-1][stored[-2] > 0]]))),
        'subjects': told, 'pairs': len(pairs),
        'background': [{'component': j, 'measured': loudest[j]} for j in background],
        'findings': [{
            **{name: pairs[i][name] for name in ('subject', 'component', 'active', 'measured', 'alignments', 'meaning')},
            'usual': expected[i], 'p': p[i], 'interval': intervals[i], 'shares': sorted(pairs[i]['shares'].tolist(), reverse=True),
        } for i in found],
        'fit': {'alignments': at.tolist(), 'shares': whole.predict(at).tolist()},
    }
    Path('test/golden/audit.json').write_text(json.dumps(written, separators=(',', ':')) + '\n')


if __name__ == '__main__':
    main()
