"""attributing-clip: `last.ckpt` as Lightning saves it, and the YAML of the training run."""
import contextlib
import io
import logging

import pytorch_lightning as lightning
import torch
import yaml
from torch import nn

import projects
from cases import Case, Codec, Hook, facts
from fitting import drawn, train

SIZE = 48


class Wrapper(nn.Module):
    """The model that is trained: the CLIP around it holds no weights of the dictionary's."""

    def __init__(self, sae):
        super().__init__()
        self.sae = sae


def make(models, folder):
    model = models['tiny-gelu-fp32']
    TopKSAE, Vanilla = projects.attributing_clip()
    # k; layer as the YAML says it (from the end); tokens in their word and in ours.
    yield _case(model, folder, TopKSAE, Vanilla, 'cls', 12, -2, Hook('resid_post', 1, 'cls'), 31)
    yield _case(model, folder, TopKSAE, Vanilla, 'spatial', 20, -2, Hook('resid_post', 1, 'patches'), 32)
    # After the last block a model that pools CLS does not read the patches: every attribution is exactly zero.
    yield _case(model, folder, TopKSAE, Vanilla, 'spatial', 6, -1, Hook('resid_post', 2, 'patches'), 33, good=False)


def _case(model, folder, TopKSAE, Vanilla, token, k, layer, hook, seed, good=True):
    name = f'clip_vit_tiny_imagenet_topk-{token}-{k}-{SIZE}_layer-{layer}_lr_0.0002'
    config = {
        'batch_size': 32,
        'ckpt_path': '',
        'data_path': '/datasets/ImageNet',
        'dataset_name': 'imagenet',
        'lr': 0.0002,
        'lr_scheduler': 'MultiStepLR',
        'milestones': [24, 28],
        'model_name': 'clip_vit_tiny',
        'num_epochs': 30,
        'sae_ckpt_path': f'checkpoints/{name}/last.ckpt',
        'sae_hidden_dim': SIZE,
        'sae_k': k,
        'sae_layer_idx': layer,
        'sae_token': token,
        'wandb_api_key': 'your_wandb_api_key_here',
        'wandb_project_name': 'attributing-clip-train-sae-0',
    }
    arguments = {key.removeprefix('sae_'): config[key] for key in config if key.startswith('sae_')}
    with contextlib.redirect_stdout(io.StringIO()):
        sae = TopKSAE(input_dim=model.width, **arguments)
    x = model.activations(hook)
    w_enc, b_enc, w_dec, _ = drawn(x, SIZE, seed, subtract=True, good=good)
    encoder, decoder = sae.encoder[0], sae.decoder
    with torch.no_grad():
        encoder.weight_v.copy_(w_enc.T)
        encoder.weight_g.copy_(1 + 0.3 * torch.rand(SIZE, 1, generator=torch.Generator().manual_seed(seed)))
        encoder.bias.copy_(b_enc)
        # Rows that are not of unit length: weight_g says they are.
        decoder.weight_v.copy_(w_dec.T * torch.linspace(0.5, 2, SIZE))
    sae.add_residual = False
    if good:
        # Their loss: both sides scaled to unit length. The length of what the decoder gives is never learned.
        def unit(vectors):
            return nn.functional.normalize(vectors, dim=-1)

        train(sae.parameters(), lambda batch: unit(sae(batch)[0]), x, rate=0.003, target=unit)
    place = folder / 'attributing-clip' / name
    place.mkdir(parents=True, exist_ok=True)
    (place / f'{name}.yaml').write_text(yaml.dump(config))
    module = Vanilla(Wrapper(sae), sae, config)
    logging.getLogger('pytorch_lightning').setLevel(logging.ERROR)
    trainer = lightning.Trainer(logger=False, enable_checkpointing=False, accelerator='cpu', barebones=False,
                                enable_progress_bar=False, enable_model_summary=False)
    trainer.strategy.connect(module)
    trainer.save_checkpoint(place / 'last.ckpt', weights_only=True)

    with contextlib.redirect_stdout(io.StringIO()):
        loaded = TopKSAE(input_dim=model.width, **arguments)
    loaded.load_state_dict(torch.load(place / 'last.ckpt')['state_dict'])
    loaded = loaded.double().eval()
    codec = Codec(lambda x: loaded(x)[2].detach(), loaded.decoder, hook)
    return Case(
        id=f'attributing-clip-{token}{layer}',
        format='attributing-clip',
        open=str((place / 'last.ckpt').relative_to(folder)),
        hook=hook,
        codec=codec,
        facts=facts('topk', SIZE, model.width, hook, k=k, subtracts=False, layer=layer),
        judged_by='cosine',
        notes=('Top-k of the raw pre-activations: kept values can be negative.',
               'No decoder bias. Trained on directions only: the length of x̂ means nothing.'),
    )
