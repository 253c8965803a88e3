"""What the audit finds in a small library, computed with numpy, scipy, scikit-learn and statsmodels in float64. Nothing here
shares code with the engine. Run it from the repository's root (numpy 2, scipy, scikit-learn 1, statsmodels):

    python test/reference/audit.py       # writes test/golden/audit.json

Six prompts of 26 images each, and images of other things. A component fires for one prompt, for two of them, for anything
(an artefact), or for one of the two senses of a prompt; what it writes into the embedding speaks for some directions more
than for others. Definitions: docs/audit.md.
"""
import base64
import hashlib
import json
from pathlib import Path

import numpy as np
from scipy.stats import mannwhitneyu
from sklearn.isotonic import IsotonicRegression
from statsmodels.stats.multitest import multipletests

SUBJECTS, OWN, KINDS, EACH, COMPONENTS, WIDTH, JUDGED, TEXTS = 6, 26, 8, 15, 30, 8, 24, 14
MARGIN, LEVEL, FOLDS, DRAWS = 0.02, 0.05, 5, 40_000
LEAST_ACTIVE, LEAST_SHARE, BACKGROUND, SAMPLES, FEWEST = 10, 0.2, 0.9, 20, 5
GROUP, CARRIED, STRONG, BETWEEN, DIVISIONS = 10, 0.8, 10, 0.05, 20_000
# Concepts that a prompt was declared to rely on: the second prompt, on what the third one says.
EXPECTED = {1: 2}
# Of the fourth prompt, half the images show one thing and half another: texts 0 and 1 of the vocabulary.
HOMONYM, SENSES = 3, (0, 1)
ARTEFACTS, SENSE, LIKE, ANYTHING, FIRST = (24, 25), (26, 27), 23, 28, 29


def packed(array):
    return base64.b64encode(np.ascontiguousarray(array, array.dtype.newbyteorder('<')).tobytes()).decode()


def unit(rows):
    return rows / np.linalg.norm(rows, axis=-1, keepdims=True)


def library():
    draw = np.random.default_rng(7)
    subject = np.repeat(np.arange(SUBJECTS + KINDS), [OWN] * SUBJECTS + [EACH] * KINDS)
    images = len(subject)
    things = 1.5 * unit(draw.normal(size=(SUBJECTS + KINDS, JUDGED)))
    vocabulary = 1.5 * unit(draw.normal(size=(TEXTS, JUDGED)))
    shown = things[subject]
    halves = np.zeros(images, int) - 1
    halves[HOMONYM * OWN:(HOMONYM + 1) * OWN] = np.repeat(SENSES, OWN // 2)
    halves[subject == SUBJECTS], halves[subject == SUBJECTS + 1] = SENSES
    shown = np.where(halves[:, None] >= 0, shown + 1.3 * vocabulary[halves], shown)
    judge = (shown + 0.15 * draw.normal(size=(images, JUDGED)) + 0.2) * 4
    texts = unit(np.concatenate([things[:SUBJECTS] + 0.1 * draw.normal(size=(SUBJECTS, JUDGED)), draw.normal(size=(1, JUDGED)), vocabulary]))
    directions = unit(draw.normal(size=(SUBJECTS, WIDTH)))
    embeddings = (np.concatenate([directions, draw.normal(size=(KINDS, WIDTH))])[subject] + 0.5 * draw.normal(size=(images, WIDTH))) * 3
    z = np.zeros((images, COMPONENTS))
    writes = draw.normal(size=(COMPONENTS, WIDTH)) * 0.1
    fire = lambda chosen, j: z.__setitem__((chosen, j), draw.gamma(3, 1, size=chosen.sum()))
    for j in range(LIKE):
        for s in {j % SUBJECTS, (j * j + 1) % SUBJECTS, SUBJECTS + 2 + j % (KINDS - 2)}:
            fire((subject == s) & (draw.random(images) < 0.9), j)
            writes[j] += directions[s] * draw.uniform(0, 0.3) if s < SUBJECTS else 0
    fire(np.isin(subject, [4, SUBJECTS + 5, SUBJECTS + 6]), LIKE)                 # what look-alikes share
    writes[LIKE] += directions[4] * 0.6
    for j, s in zip(ARTEFACTS, (0, 5)):
        fire(draw.random(images) < np.where(subject == s, 0.8, 0.3), j)
        writes[j] += directions[s] * 0.6
    for j, half in zip(SENSE, SENSES):
        fire(halves == half, j)
        writes[j] += directions[HOMONYM] * 0.5
    fire(np.ones(images, bool), ANYTHING)
    fire(subject < 3, FIRST)
    changes = -(writes * z[:, :, None] + 0.05 * draw.normal(size=(images, COMPONENTS, WIDTH)) * (z[:, :, None] > 0))
    return subject, [array.astype(np.float32) for array in (judge, texts, directions, embeddings, z, changes)]


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
    return IsotonicRegression(out_of_bounds='clip').fit(alignments, np.sqrt(shares))


def intraclass(clear, classes):
    groups = [clear[classes == one] for one in np.unique(classes)]
    sizes = np.array([len(one) for one in groups])
    between = sum(len(one) * (one.mean() - clear.mean()) ** 2 for one in groups) / (len(groups) - 1)
    within = sum(((one - one.mean()) ** 2).sum() for one in groups) / (len(clear) - len(groups))
    size = (len(clear) - (sizes**2).sum() / len(clear)) / (len(groups) - 1)
    return (between - within) / (between + (size - 1) * within)


def is_spread(z, own, classes, draw):
    """Whether it fires elsewhere whatever the images are of."""
    mine, others = z[own], np.setdiff1d(np.arange(len(z)), own)
    usual = np.median(mine[mine > 0])
    if (z[others] >= 0.75 * usual).sum() < STRONG:
        return False
    clear = (z[others] >= usual / 2).astype(float)
    names = np.unique(classes[others])
    bounds = []
    for _ in range(400):
        drawn = [np.flatnonzero(classes[others] == one) for one in draw.choice(names, len(names))]
        bounds.append(intraclass(clear[np.concatenate(drawn)], np.repeat(np.arange(len(drawn)), [len(one) for one in drawn])))
    weaker = mannwhitneyu(mine[mine > 0], z[others][z[others] > 0], alternative='less', method='asymptotic', use_continuity=False).pvalue
    return np.quantile(bounds, 0.95) < BETWEEN and weaker > LEVEL


def contrasts(beside, groups, tolerance):
    """Largest contrasts of either group, and the texts: [divisions, texts]."""
    inside = groups @ beside / groups.sum(1, keepdims=True)
    outside = (1 - groups) @ beside / (1 - groups).sum(1, keepdims=True)
    one = np.where((inside >= -tolerance) & (inside > outside), inside - outside, 0)
    other = np.where((outside >= -tolerance) & (outside > inside), outside - inside, 0)
    return one, other


def senses(active, cosines, said, usual, draw):
    """p, whether the texts say two things, and the text of the silent images; None of groups that are too small."""
    if min(active.sum(), (~active).sum()) < GROUP:
        return None
    beside, tolerance = cosines - said[:, None], said.std(ddof=1)
    one, other = [found[0] for found in contrasts(beside, active[None].astype(float), tolerance)]
    observed = one.max() + other.max()
    if observed == 0:
        return {'p': 1, 'two': False, 'silent': None}
    groups = draw.permuted(np.tile(active.astype(float), (DIVISIONS, 1)), axis=1)
    drawn = [found.max(1) for found in contrasts(beside, groups, tolerance)]
    fits = lambda text, group: (cosines[group, text] - usual[text]).mean()
    carried = []
    for found, group in ((one, active), (other, ~active)):
        if found.max() > 0:
            text = found.argmax()
            carried.append(fits(text, ~group) / fits(text, group) if fits(text, group) > 0 else 1)
    return {
        'p': (1 + (drawn[0] + drawn[1] >= observed - 1e-9).sum()) / (1 + DIVISIONS), 'two': len(carried) == 2 and min(carried) <= CARRIED,
        'silent': int(other.argmax()) if other.max() > 0 else None,
    }


def main():
    subject, stored = library()
    judge, texts, directions, embeddings, z, changes = [array.astype(np.float64) for array in stored]
    spoken, empty, vocabulary = texts[:SUBJECTS], texts[SUBJECTS], texts[SUBJECTS + 1:]
    seen = unit(judge)
    usual = vocabulary @ seen.mean(0)
    cosine = lambda e: unit(e) @ directions.T
    scores = cosine(embeddings)
    own = [np.flatnonzero(subject == s) for s in range(SUBJECTS)]
    background = [j for j in range(COMPONENTS) if (z[:, j] > 0).sum() >= BACKGROUND * len(z)]
    draw = np.random.default_rng(1)
    pairs, told, loudest = [], [], {j: 0 for j in background}
    for s in range(SUBJECTS):
        lost = scores[own[s], None, s] - cosine(embeddings[own[s], None] + changes[own[s]])[..., s]
        speaking = np.maximum(np.where(z[own[s]] > 0, lost, 0), 0)
        shares = speaking / speaking.sum(1, keepdims=True)
        count = 0
        for j in range(COMPONENTS):
            if j in background:
                loudest[j] = max(loudest[j], shares[:, j].mean())
                continue
            active = int((z[own[s], j] > 0).sum())
            others = sorted((i for i in range(len(z)) if z[i, j] > 0 and subject[i] != s), key=lambda i: -z[i, j])
            if active < max(LEAST_ACTIVE, LEAST_SHARE * OWN) or len(others) < FEWEST:
                continue
            count += 1
            theta = unit(judge[others[:SAMPLES]].mean(0))
            declared = [spoken[t] for t in [EXPECTED.get(s)] if t is not None]
            aligned = [float(theta @ (text - empty)) for text in [spoken[s], *declared]]
            pairs.append({
                'subject': s, 'component': j, 'active': active, 'measured': shares[:, j].mean(), 'shares': shares[:, j],
                'alignments': aligned, 'meaning': min(SAMPLES, len(others)), 'theta': theta,
                'senses': senses(z[own[s], j] > 0, seen[own[s]] @ vocabulary.T, seen[own[s]] @ spoken[s], usual, draw),
                'artefact': is_spread(z[:, j], own[s], subject, draw),
            })
        told.append({'tested': count, 'similarity': scores[own[s], s].mean(), 'accuracy': (scores[own[s]].argmax(1) == s).mean()})

    divided = [pair for pair in pairs if pair['senses'] is not None]
    homonyms = multipletests([pair['senses']['p'] for pair in divided], LEVEL, 'fdr_by')[0]
    for pair in pairs:
        pair['kind'], pair['excuse'] = 'artefact' if pair['artefact'] else None, max(pair['alignments'])
    for pair, holds in zip(divided, homonyms):
        if holds and pair['senses']['two']:
            pair['kind'] = 'homonym'
            pair['excuse'] = max([*pair['alignments'][1:], pair['theta'] @ (vocabulary[pair['senses']['silent']] - empty)])

    names = [f'物{s}' for s in range(SUBJECTS)]
    order = sorted(names, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    fold = np.array([order.index(names[pair['subject']]) % FOLDS for pair in pairs])
    x, y = np.array([max(pair['alignments']) for pair in pairs]), np.array([pair['measured'] for pair in pairs])
    excuse = np.array([pair['excuse'] for pair in pairs])
    expected = np.empty(len(pairs))
    for one in set(fold):
        expected[fold == one] = fitted(x[fold != one], y[fold != one]).predict(excuse[fold == one]) ** 2
    kinds = np.flatnonzero([pair['kind'] is not None for pair in pairs])
    p, intervals = np.ones(len(pairs)), {}
    for i in kinds[y[kinds] > expected[kinds] + MARGIN]:
        p[i], intervals[i] = bootstrap(pairs[i]['shares'], expected[i] + MARGIN, draw)
    rejected = multipletests(p[kinds], LEVEL, 'fdr_by')[0]
    found = sorted(kinds[rejected], key=lambda i: expected[i] - y[i])
    of_no_kind = sorted((i for i in range(len(pairs)) if i not in kinds and y[i] - expected[i] > MARGIN), key=lambda i: expected[i] - y[i])
    whole = fitted(x, y)
    at = np.linspace(x.min() - 0.05, x.max() + 0.05, 41)
    print(len(pairs), 'pairs', len(kinds), 'of a kind', len(found), 'findings', len(of_no_kind), 'unexplained', 'background', background)
    for pair in pairs:
        if pair['kind'] or pair['senses']:
            print(pair['subject'], pair['component'], pair['kind'], round(pair['measured'], 3), pair['senses'])
    print([(pairs[i]['component'], p[i]) for i in kinds])
    written = {
        'subject': subject.tolist(), 'own': OWN, 'components': COMPONENTS, 'width': WIDTH, 'judged': JUDGED, 'expected': EXPECTED,
        **dict(zip(('judge', 'texts', 'directions', 'embeddings', 'activations', 'changes'), map(packed, [*stored[:-1], stored[-1][stored[-2] > 0]]))),
        'subjects': told, 'pairs': len(pairs),
        'background': [{'component': j, 'measured': loudest[j]} for j in background],
        'findings': [{
            **{name: pairs[i][name] for name in ('subject', 'component', 'active', 'measured', 'alignments', 'meaning', 'kind', 'excuse')},
            'usual': expected[i], 'p': p[i], 'interval': intervals[i], 'shares': sorted(pairs[i]['shares'].tolist(), reverse=True),
        } for i in found],
        'unexplained': [{'subject': pairs[i]['subject'], 'component': pairs[i]['component'], 'measured': y[i], 'usual': expected[i]} for i in of_no_kind],
        'fit': {'alignments': at.tolist(), 'shares': (whole.predict(at) ** 2).tolist()},
    }
    Path('test/golden/audit.json').write_text(json.dumps(written, separators=(',', ':')) + '\n')


if __name__ == '__main__':
    main()
