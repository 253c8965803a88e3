"""EleutherAI's sparsify: a folder per hook point with cfg.json and sae.safetensors."""
import contextlib
import io

import torch

import projects
from cases import Case, Codec, Hook, Refusal, facts
from fitting import drawn, train

SIZE = 48


def make(models, folder):
    with contextlib.redirect_stdout(io.StringIO()):
        SparseCoder, Config = projects.sparsify()
    model = models['tiny-gelu-fp32']
    width = model.width
    root = folder / 'sparsify'

    def made(id, place, hook, seed, architecture, good=True, notes=(), **more):
        sae = SparseCoder(width, Config(num_latents=SIZE, k=12, **more))
        x = model.activations(hook)
        w_enc, b_enc, w_dec, b_dec = drawn(x, SIZE, seed, True, good)
        with torch.no_grad():
            sae.encoder.weight.copy_(w_enc.T)
            sae.encoder.bias.copy_(b_enc)
            sae.W_dec.copy_(w_dec)
            sae.b_dec.copy_(b_dec)
        if good:
            train(sae.parameters(), lambda batch: sae.decode(*sae.encode(batch)[:2]), x)
        sae.save_to_disk(root / place)
        loaded = SparseCoder.load_from_disk(root / place).double()

        def encode(x):
            top = loaded.encode(x)
            return torch.zeros(len(x), SIZE, dtype=x.dtype).scatter(1, top.top_indices, top.top_acts).detach()

        everything = torch.arange(SIZE)
        codec = Codec(encode, lambda z: loaded.decode(z, everything.expand(len(z), -1)), hook)
        return Case(
            id=f'sparsify-{id}',
            format='sparsify',
            open=f'sparsify/{place}',
            request={'layer': hook.layer, 'tokens': hook.tokens},
            hook=hook,
            codec=codec,
            facts=facts(architecture, SIZE, width, hook, k=12, subtracts=True, tokens=None,
                        layer=hook.layer if 'layers' in place else None),
            shift=loaded.b_dec.detach(),
            notes=notes,
        )

    yield made('topk', 'vision_model.encoder.layers.1', Hook('resid_post', 1, 'all'), 111, 'topk')
    yield made('groupmax', 'groupmax', Hook('resid_post', 0, 'patches'), 112, 'groupmax', activation='groupmax',
               notes=('The largest of each of k groups of neighbouring latents.',))
    yield made('random', 'random', Hook('resid_post', 2, 'cls'), 113, 'topk', good=False, notes=('Random directions.',))

    transcoder = SparseCoder(width, Config(num_latents=SIZE, k=12, transcode=True, skip_connection=True))
    transcoder.save_to_disk(root / 'transcoder')
    yield Refusal('sparsify-transcoder', 'sparsify/transcoder', 'a transcoder with a skip connection',
                  {'layer': 1, 'tokens': 'all'})
