"""saev: `sae.pt`, a line of JSON and then a file of PyTorch; as of today, and as its older commits wrote it."""
import tempfile

import torch

import projects
from cases import Case, Codec, Hook, facts
from fitting import drawn, rescale, train

# Of its history: before schemas (b_dec taken off the input); schema 1, which still did; schema 4, which does not.
UNNAMED, SCHEMA_1, SCHEMA_4 = '97b00d9', '33f4c14', '513cd52'
EXPANSION = 2


def make(models, folder):
    root = folder / 'saev'
    model = models['tiny-quick-fp16']
    width, size = model.width, EXPANSION * model.width

    def weigh(sae, x, seed, subtract, good=True, scale=1.0):
        w_enc, b_enc, w_dec, b_dec = drawn(x, size, seed, subtract, good)
        with torch.no_grad():
            for name, value in {'W_enc': w_enc, 'b_enc': b_enc, 'W_dec': w_dec, 'b_dec': b_dec}.items():
                getattr(sae, name).copy_(value)
        return sae

    def recorded(id, place, codec, hook, architecture, k, subtracts, told, notes, shift=None):
        return Case(
            id=id,
            format='saev',
            model=model.name,
            open=str(place.relative_to(folder)),
            request={'layer': hook.layer, 'tokens': hook.tokens},
            hook=hook,
            codec=codec,
            facts=facts(architecture, size, width, hook, k=k, subtracts=subtracts if told else None,
                        layer=None, tokens=None),
            shift=shift if subtracts else -shift,
            notes=notes,
        )

    # Today's.
    module, _ = projects.saev()

    def today(id, activation, hook, seed, architecture, k=None, good=True, threshold=None, notes=()):
        cfg = module.SparseAutoencoderConfig(d_model=width, d_sae=size, activation=activation)
        sae = module.SparseAutoencoder(cfg)
        x = model.activations(hook)
        weigh(sae, x, seed, subtract=False, good=good)
        if good:
            train(sae.parameters(), lambda batch: sae(batch).x_hats[:, -1], x)
            rescale(sae.W_dec, sae.W_enc, sae.b_enc)
        if threshold is not None:
            sae.activation.threshold.fill_(threshold)
        place = root / id / 'sae.pt'
        module.dump(place, sae)
        loaded = module.load(place).double().eval()
        codec = Codec(lambda x: loaded.encode(x).f_x.detach(), lambda z: loaded.decode(z)[:, -1], hook)
        return recorded(f'saev-{id}', place, codec, hook, architecture, k, False, True, notes,
                        shift=loaded.b_dec.detach())

    yield today('relu', module.Relu(), Hook('resid_post', 2, 'all'), 61, 'relu')
    yield today('top-k', module.TopK(top_k=14), Hook('resid_post', 1, 'patches'), 62, 'topk', 14,
                notes=('Top-k without ReLU.',))
    # So many that negative values are kept.
    yield today('top-k-signed', module.TopK(top_k=40), Hook('resid_post', 3, 'cls'), 63, 'topk', 40, good=False,
                notes=('Top-k without ReLU: some of what is kept is negative. Random directions.',))
    yield today('batch-top-k', module.BatchTopK(top_k=12), Hook('resid_post', 2, 'cls'), 64, 'jumprelu',
                threshold=0.4, notes=('In use, one threshold for all latents instead of the batch top-k.',))
    yield today('batch-top-k-zero', module.BatchTopK(top_k=12), Hook('resid_post', 0, 'all'), 65, 'relu',
                threshold=0.0, notes=('A threshold of 0 leaves a ReLU.',))

    with tempfile.TemporaryDirectory() as unpacked:
        # Before schemas.
        module, config = projects.saev(UNNAMED, unpacked)
        hook = Hook('resid_post', 2, 'patches')
        sae = module.SparseAutoencoder(config.SparseAutoencoder(d_vit=width, exp_factor=EXPANSION))
        x = model.activations(hook)
        weigh(sae, x, 66, subtract=True)
        train(sae.parameters(), lambda batch: sae(batch)[0], x)
        place = root / 'unnamed' / 'sae.pt'
        module.dump(str(place), sae)
        before = module.load(str(place)).double()
        codec = Codec(lambda x: before(x)[1].detach(), before.decode, hook)
        yield recorded('saev-unnamed', place, codec, hook, 'relu', None, True, True,
                       ('Today\'s loader reads it without taking b_dec off the input: wrong numbers.',),
                       shift=before.b_dec.detach())

        # Schema 1 under two meanings: this commit takes b_dec off; the ones a fortnight later do not.
        module, config = projects.saev(SCHEMA_1, unpacked)
        hook = Hook('resid_post', 1, 'all')
        sae_1 = module.SparseAutoencoder(config.TopK(d_vit=width, exp_factor=EXPANSION, top_k=16))
        x = model.activations(hook)
        weigh(sae_1, x, 67, subtract=True)
        train(sae_1.parameters(), lambda batch: sae_1(batch)[0], x)
        place = root / 'schema-1' / 'sae.pt'
        module.dump(str(place), sae_1)
        first = module.load(str(place)).double()
        codec = Codec(lambda x: first(x)[1].detach(), first.decode, hook)
        yield recorded('saev-schema-1', place, codec, hook, 'topk', 16, True, False,
                       ('Its class tells the activation; whether b_dec is taken off is not to be told of the file.',),
                       shift=first.b_dec.detach())

        module, _ = projects.saev(SCHEMA_4, unpacked)
        hook = Hook('resid_post', 1, 'cls')
        cfg = module.SparseAutoencoderConfig(d_model=width, d_sae=size, activation=module.Relu())
        sae_4 = module.SparseAutoencoder(cfg)
        x = model.activations(hook)
        weigh(sae_4, x, 68, subtract=False)
        train(sae_4.parameters(), lambda batch: sae_4.decode(_latents(sae_4.encode(batch)))[:, -1], x)
        place = root / 'schema-4' / 'sae.pt'
        module.dump(place, sae_4)
        fourth = module.load(place).double()
        codec = Codec(lambda x: _latents(fourth.encode(x)).detach(), lambda z: fourth.decode(z)[:, -1], hook)
        yield recorded('saev-schema-4', place, codec, hook, 'relu', None, False, True, (),
                       shift=fourth.b_dec.detach())


def _latents(encoded):
    """Its encode gave latents alone before it gave pre-activations beside them."""
    return encoded if isinstance(encoded, torch.Tensor) else encoded.f_x
