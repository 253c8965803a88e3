"""Weights for dictionaries: drawn from real activations, then trained by the project's own forward pass."""
import torch
from torch.nn import functional as F


def drawn(x, size, seed, subtract, good=True, active=0.3):
    """W_enc [D, K], b_enc [K], W_dec [K, D], b_dec [D] for vectors like the rows of x, as the dictionary sees them
    (normalised, if it does that). About a share `active` of the latents is positive. A bad one's directions have
    nothing to do with x, nor its encoder's with its decoder's."""
    generator = torch.Generator().manual_seed(seed)
    mean, width = x.mean(0), x.shape[1]
    rows = x[torch.randint(len(x), (size,), generator=generator)] - mean
    if not good:
        rows = torch.randn(size, width, generator=generator) * rows.norm(dim=1).mean() / width**0.5
    w_dec = F.normalize(rows + 0.05 * rows.std() * torch.randn(size, width, generator=generator), dim=1)
    into = w_dec if good else F.normalize(torch.randn(size, width, generator=generator), dim=1)
    w_enc = (into + 0.1 * torch.randn(size, width, generator=generator) / width**0.5).T.contiguous()
    h = (x - mean) @ w_enc
    cut = torch.quantile(h.flatten()[:100000], 1 - active)
    b_enc = -cut * (1 + 0.2 * torch.randn(size, generator=generator))
    b_dec = mean + 0.1 * x.std() * torch.randn(width, generator=generator)
    if not subtract:
        b_enc = b_enc - b_dec @ w_enc
    return w_enc, b_enc, w_dec, b_dec


def train(parameters, reconstruct, x, steps=800, rate=0.02, seed=0, target=lambda batch: batch):
    """Adam on the mean squared error over rows of x, relative to their variance."""
    generator = torch.Generator().manual_seed(seed)
    parameters = [p for p in parameters if p.requires_grad]
    optimiser = torch.optim.Adam(parameters, rate)
    wanted = target(x)
    scale = (wanted - wanted.mean(0)).pow(2).mean()
    for step in range(steps):
        batch = x[torch.randint(len(x), (min(256, len(x)),), generator=generator)]
        loss = (reconstruct(batch) - target(batch)).pow(2).mean() / scale
        optimiser.zero_grad()
        loss.backward()
        for group in optimiser.param_groups:
            group['lr'] = rate * (1 - step / steps)
        optimiser.step()
    return loss.item()


@torch.no_grad()
def rescale(rows, columns, *biases, lengths=None):
    """Gives the decoder's rows [K, D] other lengths (1 where left out) and the encoder [D, K] and biases [K] what keeps
    a ReLU's x̂ as it was."""
    factor = rows.norm(dim=1) / (1.0 if lengths is None else lengths)
    rows /= factor[:, None]
    for tensor in (columns, *biases):
        tensor *= factor
