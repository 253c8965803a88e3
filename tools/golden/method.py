"""Attribution patching: A_j = z_j * dy/dz_j, with the dictionary's error held constant (Dreyer et al., 2025)."""
from dataclasses import dataclass

import torch

from dictionary import ROWS


@dataclass(frozen=True)
class Direction:
    """y = vector . e/|e|; for a linear probe (`raw`) y = vector . e."""

    vector: torch.Tensor
    raw: bool = False

    def score(self, e):
        return self.vector @ (e if self.raw else e / e.norm())


def unit(vector):
    return vector / vector.norm()


def spliced(clip, pixels, dictionary, z=None):
    """The embedding e with the dictionary in the model's way, and the codes z [t, K] of the tokens it covers,
    as a leaf for autograd. Other codes can be put in; the error stays that of the model's own."""
    leaf = None

    def hook(point, layer, value):
        nonlocal leaf
        if (point, layer) != (dictionary.point, dictionary.layer):
            return value
        part = value[ROWS[dictionary.tokens]]
        own = dictionary.encode(part).detach()
        error = (part - dictionary.decode(own)).detach()
        leaf = (own if z is None else z).clone().requires_grad_()
        out = value.clone()
        out[ROWS[dictionary.tokens]] = dictionary.decode(leaf) + error
        return out

    e = clip.image(pixels, hook)
    assert leaf is not None
    return e, leaf


def attribute(clip, pixels, dictionary, directions):
    """Codes z [t, K], the scores y and per direction the attributions [t, K]."""
    e, z = spliced(clip, pixels, dictionary)
    scores = [direction.score(e) for direction in directions]
    gradients = [torch.autograd.grad(y, z, retain_graph=True)[0] for y in scores]
    return z.detach(), [y.item() for y in scores], [(z * g).detach() for g in gradients]


def contributions(clip, pixels, dictionary):
    """d_j = sum over tokens of z_j * de/dz_j [K, E], of the raw embedding."""
    e, z = spliced(clip, pixels, dictionary)
    rows = [(z * torch.autograd.grad(component, z, retain_graph=True)[0]).sum(0) for component in e]
    return torch.stack(rows, 1).detach()


def check(clip, pixels, dictionary, directions, generator, entries=4, step=1e-5):
    """Autograd against two roads without it (float64): central differences of the whole model, and the embedding's
    contributions put together. Returns the largest difference."""
    z, scores, attributions = attribute(clip, pixels, dictionary, directions)
    e = clip.image(pixels).detach()
    d = contributions(clip, pixels, dictionary)
    active = z.nonzero().tolist()
    worst = 0.0
    for direction, y, a in zip(directions, scores, attributions):
        u, size = direction.vector, e.norm()
        assembled = d @ u if direction.raw else (d @ u - y * (d @ unit(e))) / size
        worst = max(worst, (assembled - a.sum(0)).abs().max().item(), abs(direction.score(e).item() - y))
    for index in generator.choice(len(active), min(entries, len(active)), replace=False):
        token, latent = active[index]
        ends = []
        for sign in (1, -1):
            moved = z.clone()
            moved[token, latent] *= 1 + sign * step
            ends.append(spliced(clip, pixels, dictionary, moved)[0].detach())
        for direction, a in zip(directions, attributions):
            difference = (direction.score(ends[0]) - direction.score(ends[1])).item() / (2 * step)
            worst = max(worst, abs(difference - a[token, latent].item()))
    return worst
