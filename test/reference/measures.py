"""The formulas of faithfulness.py: how much each component of an image matters for a score, by every method; curves of
deletion and insertion; where in the picture; which words. Sums over tokens and over the latents of a component are
taken last."""
from math import floor

import numpy as np
import torch
from scipy.stats import spearmanr

from towers import unit

METHODS = ('activation-gradient', 'integrated-gradients', 'logit-lens', 'activation-logit-lens', 'energy', 'ablation')
POINTS = 64
# The engine's own rule for maps.
PATH_POINTS = 8
# And for texts.
TEXT_PATH_POINTS = (12, 24, 48, 96)
# What float32 does not resolve of the values of a method, as a share of the largest.
CLEAR = 1e-5


class Observed:
    """One image with its codes z [t, L] in the model's way: other codes can be put in their place."""

    def __init__(self, tower, dictionary, pixels):
        self.tower, self.dictionary, self.pixels = tower, dictionary, pixels
        seen = []
        self.place = dictionary.point, dictionary.layer
        e = tower.embedding(pixels, {self.place: lambda x: seen.append(x) or x})
        first = dictionary.tokens == 'patches' and tower.has_cls
        # Of the value's tokens, the selected ones.
        self.rows = slice(0, 1) if dictionary.tokens == 'cls' else slice(int(first), len(seen[0]))
        x = seen[0][self.rows].detach()
        self.z, self.scale = dictionary.encode(x)
        assert (self.embedding(self.z) - e).abs().max() < 1e-12
        size = dictionary.size
        self.components = self.z.unflatten(1, (-1, size)).ne(0).any(2).any(0).nonzero()[:, 0]

    def put(self, value, codes):
        rows = self.rows
        changed = self.dictionary.change(value[rows], self.z, self.scale, codes)
        return torch.cat([value[: rows.start], changed, value[rows.stop :]])

    def embedding(self, codes):
        """e with these codes in place of its own; the error and whatever scales what is written stay."""
        return self.tower.embedding(self.pixels, {self.place: lambda value: self.put(value, codes)})

    def embeddings(self, codes):
        return self.tower.embeddings(self.pixels, self.place, self.put, codes)

    def by_component(self, values):
        """[t, L] -> [t, K], sums over the latents of each."""
        return values.unflatten(1, (-1, self.dictionary.size)).sum(2)

    def mask(self, components):
        """[L]: 1 for the latents of these components."""
        keep = torch.zeros(self.z.shape[1] // self.dictionary.size)
        keep[components] = 1
        return keep.repeat_interleave(self.dictionary.size)


def score(u, e):
    return unit(e) @ u


def gradient(observed, u, codes):
    leaf = codes.clone().requires_grad_()
    y = score(u, observed.embedding(leaf))
    return y.item(), torch.autograd.grad(y, leaf)[0]


def activation_gradient(observed, u, z):
    """y, and z·dy/dz [t, K]."""
    y, slope = gradient(observed, u, z)
    return y, observed.by_component(z * slope)


def integrated_gradients(observed, u, z, pieces):
    """z·the integral of dy/dz over a·z, a from 0 to 1 [K], by Gauss-Legendre on each of the pieces of that path."""
    at, weights = np.polynomial.legendre.leggauss(POINTS)
    total = torch.zeros_like(z)
    for start, end in zip(pieces, pieces[1:]):
        for x, w in zip(at, weights):
            a = (start + end) / 2 + (end - start) / 2 * x
            total += (end - start) / 2 * w * gradient(observed, u, a * z)[1]
    return observed.by_component(z * total).sum(0)


def lens_vectors(observed, z):
    """What each component is at the last step, as the only token [K, D]: its direction, of several the sum of what
    they write."""
    dictionary = observed.dictionary
    if dictionary.size == 1:
        return dictionary.w
    return (z[:, :, None] * dictionary.w).unflatten(1, (-1, dictionary.size)).sum(2).sum(0)


def activation(observed, z):
    """[t, K]: what is written, of several latents the length."""
    if observed.dictionary.size == 1:
        return z * observed.scale[:, None]
    return z.unflatten(1, (-1, observed.dictionary.size)).norm(dim=2)


def energy(observed, z):
    w, size = observed.dictionary.w, observed.dictionary.size
    written = (z * observed.scale[:, None])[:, :, None] * w
    return written.unflatten(1, (-1, size)).sum(2).norm(dim=2).sum(0)


class Measured:
    """All methods on one image whose codes are z, against directions [n, E]; values [n, K]."""

    def __init__(self, observed, directions, z=None):
        z = observed.z if z is None else z
        self.observed, self.z, self.directions = observed, z, directions
        self.components = observed.components
        parts = [activation_gradient(observed, u, z) for u in directions]
        self.similarities = torch.tensor([y for y, _ in parts])
        self.without = unit(observed.embedding(0 * z)) @ directions.T
        vectors, e_of = lens_vectors(observed, z)[self.components], observed.tower.last
        if observed.dictionary.point == 'embedding':
            e_of = lambda vector: vector  # noqa: E731
        lens = torch.zeros(len(directions), observed.z.shape[1] // observed.dictionary.size)
        lens[:, self.components] = (torch.stack([unit(e_of(vector)) for vector in vectors]) @ directions.T).T
        # What is switched off has no value by any method.
        lens *= z.unflatten(1, (-1, observed.dictionary.size)).ne(0).any(2).any(0)
        strength = energy(observed, z)
        self.values = {
            'activation-gradient': torch.stack([a.sum(0) for _, a in parts]),
            'integrated-gradients': torch.stack([self.integrated(i) for i in range(len(directions))]),
            'logit-lens': lens,
            'activation-logit-lens': lens * activation(observed, z).sum(0),
            'energy': strength.expand(len(directions), -1),
            'ablation': self.ablated(),
        }

    def integrated(self, i):
        difference = self.similarities[i] - self.without[i]
        for pieces in ([0, 1], [0, 0.1, 0.3, 1], [0, 0.003, 0.01, 0.03, 0.1, 0.3, 1]):
            found = integrated_gradients(self.observed, self.directions[i], self.z, pieces)
            if (found.sum() - difference).abs() < 1e-8:
                return found
        raise AssertionError(f'incomplete by {found.sum() - difference}')

    def ablated(self):
        changed = torch.zeros(len(self.directions), self.observed.z.shape[1] // self.observed.dictionary.size)
        codes = torch.stack([self.z * (1 - self.observed.mask([j])) for j in self.components.tolist()])
        y = unit(self.observed.embeddings(codes)) @ self.directions.T
        changed[:, self.components] = (self.similarities - y).T
        return changed

    def listed(self, method):
        return self.values[method][:, self.components]


def counts(most, steps):
    return [floor(i / steps * most + 0.5) for i in range(steps + 1)]


def area(curve):
    return float(np.trapezoid(curve, dx=1 / (len(curve) - 1)))


def curves(measured, direction, order, values, steps):
    """Deletion and insertion [steps + 1], components in this order, the first ones deleted or inserted first; and how
    far off each may be because of values that float32 does not tell apart."""
    observed, u = measured.observed, measured.directions[direction]
    found = []
    for sign in ('deletion', 'insertion'):

        def y_of(chosen):
            masks = [observed.mask(some) for some in chosen]
            codes = torch.stack([observed.z * (1 - mask if sign == 'deletion' else mask) for mask in masks])
            return (unit(observed.embeddings(codes)) @ u).numpy()

        ends = counts(len(order), steps)
        curve, slack = y_of([order[:k] for k in ends]), np.zeros(steps + 1)
        for i, k in enumerate(ends):
            others = swapped(order, values, k)
            if others:
                slack[i] = np.abs(y_of(others) - curve[i]).sum()
        found.append((curve, slack))
    return found


def swapped(order, values, k):
    """The first k components, with one of them for one of the others whose value is as good as the same."""
    if k in (0, len(order)):
        return []
    same = CLEAR * values.abs().max()
    inside = [j for j in order[:k] if values[j] - values[order[k]] <= same]
    outside = [j for j in order[k:] if values[order[k - 1]] - values[j] <= same]
    return [[j for j in order[:k] if j != left] + [taken] for left in inside for taken in outside][:64]


def falling(values, components):
    """The components by falling value; of equals the lower number first."""
    return sorted(components.tolist(), key=lambda j: (-values[j].item(), j))


def faithfulness(images, pairs, steps, global_order):
    """Per method AUCs, mean curves and the rank correlation with ablation, over pairs of an image and a direction."""
    found = {}
    for method in METHODS:
        both, correlations = ([], []), []
        for i, d in pairs:
            measured = images[i]
            own = values = measured.values[method][d]
            if global_order:
                # Inactive ones are 0.
                values = torch.stack([images[other].values[method][d] for other, to in pairs if to == d]).mean(0)
            active = measured.components
            order = falling(values, active)
            for kept, curve in zip(both, curves(measured, d, order, values, steps)):
                kept.append(curve)
            ablation = measured.values['ablation'][d]
            correlations.append(spearmanr(own[active].numpy(), ablation[active].numpy()).statistic)
        means = {
            sign: {'auc': np.mean([area(curve) for curve, _ in kept]), 'curve': np.mean([curve for curve, _ in kept], 0),
                   'slack': np.mean([slack for _, slack in kept], 0)}
            for sign, kept in zip(('deletion', 'insertion'), both)
        }
        found[method] = {**means, 'rankCorrelation': np.mean(correlations)}
    return found


def component_directions(observed):
    """c_j [K, E]: c_j·u is the attribution of j to any u, by autograd through e/|e|."""
    leaf = observed.z.clone().requires_grad_()
    v = unit(observed.embedding(leaf))
    rows = [torch.autograd.grad(one, leaf, retain_graph=True)[0] for one in v]
    return torch.stack([observed.by_component(leaf.detach() * row).sum(0) for row in rows], 1)


def along_patches(observed, f):
    """What each patch gives to a number: integrated gradients along the straight path from the picture's mean patch,
    everywhere, to its patches, as the convolution gives them; by the rule of as many points as the engine takes. And the
    number at both ends. `f(changes)` runs the tower with changes and gives the number."""
    seen = []
    f({('patches', None): lambda value: seen.append(value.detach()) or value})
    mean = seen[0].mean(0, keepdim=True).expand_as(seen[0])
    beside = seen[0] - mean
    total = torch.zeros(len(beside))
    for x, weight in zip(*np.polynomial.legendre.leggauss(PATH_POINTS)):
        leaf = (mean + (1 + x) / 2 * beside).requires_grad_()
        slope, = torch.autograd.grad(f({('patches', None): lambda _: leaf}), leaf)
        total += weight / 2 * (slope * beside).sum(1)
    return total, f({('patches', None): lambda _: mean}).item(), f({}).item()


def evidence(observed, j):
    """Of the activation of j, summed over the tokens on which it is active. What lets a latent through stays open on the
    way; of several latents it is what they are along the direction that they have in the picture."""
    size = observed.dictionary.size
    part = slice(j * size, (j + 1) * size)
    active = observed.z[:, part]
    weights = active.ne(0).double() if size == 1 else torch.nan_to_num(active / active.norm(dim=1, keepdim=True))

    def f(changes):
        kept = []
        observed.tower.embedding(observed.pixels, {**changes, observed.place: lambda x: kept.append(x) or x})
        return (observed.dictionary.before(kept[0][observed.rows])[0][:, part] * weights).sum()

    return along_patches(observed, f)


def score_evidence(observed, u):
    return along_patches(observed, lambda changes: score(u, observed.tower.embedding(observed.pixels, changes)))


def token_contributions(tower, text, vectors):
    """w·u for vectors w [n, E], u the normalised text embedding [n]; the same of the text whose words' tokens are all the
    token that ends it; and what each token gives to the difference [n, tokens]: integrated gradients along the straight
    path between the embeddings of their tokens, positions staying, by the first rule of the engine's that is good to 1 %
    for all."""
    count, _ = tower.tokens(text)
    before, after = tower.frame
    seen = []
    tower.text(text, lambda tokens: seen.append(tokens.detach()) or tokens)
    base = seen[0].clone()
    base[before : count - after] = base[count - 1]
    change = seen[0] - base

    def y(tokens):
        return vectors @ unit(tower.text(text, lambda _: tokens))

    whole, without = y(seen[0]).detach(), y(base).detach()
    for points in TEXT_PATH_POINTS:
        total = torch.zeros(len(vectors), count)
        for x, weight in zip(*np.polynomial.legendre.leggauss(points)):
            leaf = (base + (1 + x) / 2 * change).requires_grad_()
            slopes = [torch.autograd.grad(one, leaf, retain_graph=True)[0] for one in y(leaf)]
            total += torch.stack([weight / 2 * (slope * change).sum(1)[:count] for slope in slopes])
        gap = (total.sum(1) - (whole - without)).abs() / total.abs().sum(1)
        if (gap <= 0.01).all():
            break
    return whole, without, total
