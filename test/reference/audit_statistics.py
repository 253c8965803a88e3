"""The statistics of the audit, by scikit-learn, statsmodels and numpy in float64. Nothing here shares code with the
engine. Run it from the repository's root (numpy 2, scikit-learn 1.9, statsmodels 0.15):

    python test/reference/audit_statistics.py    # writes test/golden/audit-statistics.json; a few seconds

Definitions: docs/audit.md.
"""
import base64
import json
from pathlib import Path

import numpy as np
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from statsmodels.stats.multitest import multipletests

draw = np.random.default_rng(7)


def packed(array, dtype='<f8'):
    return base64.b64encode(np.asarray(array).astype(dtype).tobytes()).decode()


def isotonic(x, y, weights=None):
    x, y = np.asarray(x, float), np.asarray(y, float)
    fit = IsotonicRegression(out_of_bounds='clip').fit(x, y, sample_weight=weights)
    at = np.concatenate([np.linspace(x.min() - 1, x.max() + 1, 41), x])
    return {'x': packed(x), 'y': packed(y), 'weights': None if weights is None else packed(weights),
            'at': packed(at), 'expected': packed(fit.predict(at))}


def isotonic_cases():
    x = draw.uniform(0, 1, 200)
    ties = draw.integers(0, 12, 80) / 4
    weights = draw.integers(0, 4, 80).astype(float)
    return [
        isotonic(x, 0.2 * x**2 + 0.05 * draw.normal(size=200)),
        isotonic(ties, np.sqrt(ties) + draw.normal(size=80)),
        isotonic(ties, np.sqrt(ties) + draw.normal(size=80), weights),
        isotonic([1, 2, 3, 4], [4, 3, 2, 1], np.array([1, 2, 3, 4.0])),
        isotonic([3, 1, 2, 2], [3, 1, 5, 0]),
        isotonic([2, 2, 2], [1, 2, 6]),
    ]


def uniform(seed):
    """Mulberry32 (Tommy Ettinger, public domain)."""
    state, keep = seed, 0xffffffff
    while True:
        state = (state + 0x6d2b79f5) & keep
        t = ((state ^ (state >> 15)) * (state | 1)) & keep
        t ^= (t + (((t ^ (t >> 7)) * (t | 61)) & keep)) & keep
        yield ((t ^ (t >> 14)) & keep) / 2**32


def studentised(values, bound, draws, seed, level):
    values, n = np.asarray(values, float), len(values)
    random = uniform(seed)
    indices = np.array([int(next(random) * n) for _ in range(draws * n)]).reshape(draws, n)
    mean, error = values.mean(), values.std(ddof=1) / np.sqrt(n)
    t = (mean - bound) / error
    drawn = values[indices]
    same = (drawn == drawn[:, :1]).all(1)
    errors = np.where(same, 1, drawn.std(1, ddof=1) / np.sqrt(n))
    stars = np.where(same, np.sign(drawn[:, 0] - mean) * np.inf, (drawn.mean(1) - mean) / errors)
    # Nothing may hang on how numbers are rounded.
    assert (np.abs(stars - t) > 1e-9).all()
    tail = (1 - level) / 2
    low, high = (-np.inf if np.isneginf(stars).mean() > q else np.quantile(stars, q) for q in (tail, 1 - tail))
    interval = [mean - high * error, mean - low * error]
    return {'values': packed(values), 'bound': bound, 'draws': draws, 'seed': seed, 'level': level,
            'indices': packed(indices[:3], '<i4'), 'constant': int(same.sum()), 'mean': mean, 't': t,
            'p': (1 + int((stars >= t).sum())) / (1 + draws),
            'interval': [None if np.isinf(end) else end for end in interval]}


def bootstrap_cases():
    skewed = draw.gamma(0.5, 0.1, 14)
    sparse = np.where(draw.random(30) < 0.3, draw.gamma(1, 0.2, 30), 0)
    few = np.array([0, 0, 0, 0, 0, 0.3])
    return [
        studentised(skewed, 0.02, 500, 1, 0.9),
        studentised(skewed, 0.2, 500, 2, 0.95),
        studentised(sparse, 0.01, 500, 3, 0.9),
        studentised(few, 0.01, 400, 4, 0.9),
        studentised(1e6 + draw.normal(size=10), 1e6 - 0.5, 300, 5, 0.9),
    ]


def discoveries(p, level):
    p = np.asarray(p, float)
    case = {'p': packed(p), 'level': level}
    for name, method in (('benjaminiYekutieli', 'fdr_by'), ('benjaminiHochberg', 'fdr_bh')):
        rejected, adjusted, _, _ = multipletests(p, level, method=method)
        case[name] = {'adjusted': packed(adjusted), 'rejected': rejected.astype(int).tolist()}
    return case


def discovery_cases():
    mixed = np.concatenate([draw.beta(0.1, 8, 20), draw.random(100)])
    ties = np.round(np.concatenate([draw.beta(0.1, 8, 20), draw.random(40)]), 2)
    return [discoveries(mixed, 0.05), discoveries(ties, 0.1), discoveries([0.04], 0.05),
            discoveries([0, 0, 1, 1, 0.5], 0.05), discoveries([0.9, 0.8, 1], 0.05)]


def logistic(features, classes, c):
    count = classes.max() + 1
    # Two classes have one row there: it is the difference of ours, penalised twice as much.
    strength = 2 * c if count == 2 else c
    model = LogisticRegression(C=strength, solver='newton-cg', tol=1e-11, max_iter=100000)
    model.fit(features.astype(float), classes)
    weights, biases = model.coef_, model.intercept_
    if count == 2:
        weights, biases = np.stack([-weights[0], weights[0]]) / 2, np.array([-biases[0], biases[0]]) / 2
    biases = biases - biases.mean()
    scores = features.astype(float) @ weights.T + biases
    probabilities = np.exp(scores - scores.max(1, keepdims=True))
    probabilities /= probabilities.sum(1, keepdims=True)
    gradient = c * (probabilities - np.eye(count)[classes]).T @ features.astype(float) + weights
    assert np.linalg.norm(gradient) < 1e-6 * np.linalg.norm(weights), np.linalg.norm(gradient)
    return {'features': packed(features, '<f4'), 'width': features.shape[1], 'classes': classes.tolist(), 'c': c,
            'weights': packed(weights), 'biases': packed(biases)}


def logistic_cases():
    def examples(n, width, count, apart, offset):
        classes = np.concatenate([np.arange(count), draw.integers(0, count, n - count) ** 2 // count])
        features = apart * draw.normal(size=(count, width))[classes] + draw.normal(size=(n, width)) + offset
        return features.astype(np.float32), classes

    plain, shifted, two = examples(60, 5, 4, 1, 0), examples(50, 6, 3, 0.7, 5), examples(40, 4, 2, 0.8, 1)
    apart = examples(40, 8, 3, 4, 0)
    return [logistic(*plain, 1.0), logistic(*plain, 0.01), logistic(*shifted, 10.0), logistic(*two, 0.5),
            logistic(*apart, 1000.0)]


found = {'isotonic': isotonic_cases(), 'bootstrap': bootstrap_cases(), 'discoveries': discovery_cases(),
         'logistic': logistic_cases()}
Path('test/golden/audit-statistics.json').write_text(json.dumps(found, separators=(',', ':')) + '\n')
