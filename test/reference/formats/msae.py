"""MSAE: a .pth whose name says what it is, on the raw image embedding. Its train.py saves at the end of a script that
trains; the same torch.save, of its own classes, is here."""
import torch

import projects
from cases import Case, Codec, Hook, facts
from fitting import drawn, train

SIZE = 48


def make(models, folder):
    sae = projects.msae()
    model = models['tiny-gelu-fp32']
    hook = Hook('embedding', None, 'all')
    root = folder / 'msae'
    root.mkdir(parents=True, exist_ok=True)
    # Few images of noise: what an embedding dictionary sees differs less from one to the next than real ones would.
    embeddings = model.activations(hook)

    def made(id, activation, named, seed, tied=False, normalize=False, cap=0.0, centre=True, scale=None, good=True,
             matryoshka='', k=None, architecture='topk', notes=()):
        width = model.embedding
        mean = embeddings.mean(0) if centre else torch.zeros(width)
        # As SAEDataset has it: √n over the mean *squared* length.
        factor = float(width**0.5 / (embeddings - mean).pow(2).sum(1).mean()) if scale is None else scale
        x = (embeddings - mean) * factor
        more = {'tied': tied, 'normalize': normalize, 'latent_soft_cap': cap}
        if matryoshka:
            trained = sae.MatryoshkaAutoencoder(SIZE, width, activation, nesting_list=[k, 2 * k, SIZE], **more)
        else:
            trained = sae.Autoencoder(SIZE, width, activation, **more)
        inner, _ = trained.preprocess(x)
        w_enc, b_enc, w_dec, b_dec = drawn(inner, SIZE, seed, True, good)
        with torch.no_grad():
            trained.pre_bias.copy_(b_dec)
            trained.latent_bias.copy_(b_enc)
            trained.encoder.copy_(w_enc)
            if not tied:
                trained.decoder.copy_(w_dec)
        if good:
            last = (lambda outcome: outcome[0][0]) if matryoshka else (lambda outcome: outcome[0])
            train(trained.parameters(), lambda batch: last(trained(batch)), x)
        trained.latents_activation_frequency.fill_(7)
        place = root / f'{SIZE}_{width}_{named}{matryoshka}_{tied}_{normalize}_{cap}_cc3m_ViT-T~18_train_image.pth'
        torch.save({'model': trained.state_dict(), 'mean_center': mean, 'scaling_factor': factor,
                    'target_norm': width**0.5}, place)

        loaded = sae.SAE(str(place)).double().eval()
        autoencoder, known = loaded.model, {}

        def encode(vectors):
            # With `normalize` its SAE loses what to undo, and its Autoencoder hands it out.
            latents, _, known['info'] = autoencoder.encode(loaded.preprocess(vectors))
            return latents.detach()

        def decode(z):
            return loaded.postprocess(autoencoder.decode(z, known['info']))

        told = 'layer_norm' if normalize else 'none'
        return Case(
            id=f'msae-{id}',
            format='msae',
            open=str(place.relative_to(folder)),
            hook=hook,
            codec=Codec(encode, decode, hook),
            facts=facts(architecture, SIZE, width, hook, k=k, normalize=told, subtracts=True, layer=None, tokens=None),
            notes=notes,
        )

    yield made('relu', 'ReLU', 'ReLU_03', 81, architecture='relu')
    yield made('topk-relu', 'TopKReLU_10', 'TopKReLU_10', 82, k=10)
    yield made('topk-tied', 'TopK_30', 'TopK_30', 83, tied=True, k=30, scale=1.0, centre=False, good=False,
               notes=('TopK without ReLU keeps negative values. The decoder is the encoder, transposed.',))
    yield made('relu-tied-capped', 'ReLU', 'ReLU_003', 84, tied=True, cap=2.0, architecture='relu',
               notes=('Activations go through 2·tanh(·/2).',))
    yield made('matryoshka', 'TopKReLU', 'TopKReLU_6', 85, k=6, matryoshka='_RW',
               notes=('Its loader takes the smallest of the nested k.',))
    yield made('topk-abs', 'TopKabs_8', 'TopKabs_8', 86, k=8, good=False,
               notes=('The k largest absolute values, which become the activations.',))
    yield made('topk-normalised', 'TopKReLU_12', 'TopKReLU_12', 87, k=12, normalize=True,
               notes=('normalize: each vector less its mean, by its standard deviation of N − 1, plus 1e-5.',))
