"""Gemma Scope's params.npz. Google published no code for these: the files are written as NumPy does, with the names
and the meaning that SAELens's loader of them has, and computed by its JumpReLU class."""
import numpy as np
import torch

import projects
from cases import Case, Codec, Hook, facts
from fitting import drawn, train

SIZE = 48


def make(models, folder):
    lens = projects.sae_lens()
    model = models['tiny-gelu-fp32']
    width = model.width

    def made(id, hook, seed, save, good=True):
        def empty():
            return lens.JumpReLUSAE(lens.JumpReLUSAEConfig(d_in=width, d_sae=SIZE, apply_b_dec_to_input=False))

        sae = empty()
        x = model.activations(hook)
        w_enc, b_enc, w_dec, b_dec = drawn(x, SIZE, seed, False, good)
        threshold = 0.1 + 0.6 * torch.rand(SIZE, generator=torch.Generator().manual_seed(seed))
        with torch.no_grad():
            values = {'W_enc': w_enc, 'b_enc': b_enc, 'W_dec': w_dec, 'b_dec': b_dec, 'threshold': threshold}
            for name, value in values.items():
                getattr(sae, name).copy_(value)
        if good:
            train(sae.parameters(), sae, x)
        place = folder / 'gemmascope' / f'layer_{hook.layer}' / f'width_{SIZE}' / id
        place.mkdir(parents=True, exist_ok=True)
        save(place / 'params.npz', **{name: value.detach().numpy() for name, value in sae.state_dict().items()})

        loaded = empty()
        with np.load(place / 'params.npz') as data:
            loaded.load_state_dict({key: torch.tensor(data[key]) for key in data})
        loaded = loaded.to(dtype=torch.float64).eval()
        return Case(
            id=f'gemmascope-{id}',
            format='gemmascope',
            open=str((place / 'params.npz').relative_to(folder)),
            request={'layer': hook.layer, 'tokens': hook.tokens},
            hook=hook,
            codec=Codec(lambda x: loaded.encode(x).detach(), loaded.decode, hook),
            facts=facts('jumprelu', SIZE, width, hook, subtracts=False, layer=None, tokens=None),
            shift=-loaded.b_dec.detach(),
        )

    yield made('average_l0_10', Hook('resid_post', 1, 'all'), 121, np.savez)
    yield made('average_l0_8', Hook('resid_post', 0, 'patches'), 122, np.savez_compressed)
