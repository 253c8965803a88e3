"""PatchSAE and Hugo Fry's: one file with the configuration as a pickled object of a class of theirs."""
import contextlib
import gzip
import io
import pickle
import sys
import types

import torch

import projects
from cases import Case, Codec, Hook, facts
from fitting import drawn, train


def as_before(cfg):
    """A configuration of the project that PatchSAE comes from, HugoFry/mats_sae_training_for_ViTs, which was not at
    hand: the same, less what PatchSAE added. There class_token is the class token of every image."""
    package, config = types.ModuleType('sae_training'), types.ModuleType('sae_training.config')
    sys.modules.update({'sae_training': package, 'sae_training.config': config})
    config.ViTSAERunnerConfig = type('ViTSAERunnerConfig', (), {'__module__': 'sae_training.config'})
    before = config.ViTSAERunnerConfig()
    added = {'mse_cls_coefficient', 'custom_clip_ckpt_path'}
    vars(before).update({key: value for key, value in vars(cfg).items() if key not in added})
    return before


def make(models, folder):
    Sae, RunnerConfig, Config = projects.patchsae()
    model = models['tiny-quick-fp16']
    root = folder / 'patchsae'
    root.mkdir(parents=True, exist_ok=True)

    def made(hook, seed, good):
        # Left out on its command line, class_token is None, and all tokens are used.
        layer, class_token = hook.layer, True if hook.tokens == 'cls' else None
        with contextlib.redirect_stdout(io.StringIO()):
            cfg = RunnerConfig(class_token=class_token, image_width=24, image_height=24, model_name='openai/clip-vit-tiny',
                               block_layer=layer, d_in=model.width, expansion_factor=2, use_ghost_grads=False)
            cfg.l1_coefficient = 1e-3
            sae = Sae(cfg, 'cpu')
        x = model.activations(hook)
        with torch.no_grad():
            for name, value in zip(('W_enc', 'b_enc', 'W_dec', 'b_dec'), drawn(x, cfg.d_sae, seed, True, good)):
                getattr(sae, name).copy_(value)
        if good:
            train(sae.parameters(), lambda batch: sae(batch)[0], x)
        return cfg, sae

    def case(id, place, checkpoint, cfg, hook, notes=()):
        # As its tasks/utils.py load_sae, which asks torch.load for what it no longer does by default.
        sae = Sae(Config(checkpoint['cfg'] if 'cfg' in checkpoint else checkpoint['config']), 'cpu')
        sae.load_state_dict(checkpoint['state_dict'])
        sae = sae.double().eval()
        sae.dtype = torch.float64

        def decode(z):
            # Its forward encodes and decodes at once: here the codes are put in between.
            handle = sae.hook_hidden_post.register_forward_hook(lambda *_: z)
            try:
                return sae(codec.x)[0]
            finally:
                handle.remove()

        codec = Codec(lambda x: sae(x)[1].detach(), decode, hook)
        return Case(
            id=id,
            format='patchsae',
            model=model.name,
            open=str(place.relative_to(folder)),
            hook=hook,
            codec=codec,
            facts=facts('relu', cfg.d_sae, model.width, hook, subtracts=True),
            shift=sae.b_dec.detach(),
            notes=notes,
        )

    hook = Hook('resid_post', 2, 'all')
    cfg, sae = made(hook, 51, True)
    place = root / 'out.pt'
    with contextlib.redirect_stdout(io.StringIO()):
        sae.save_model(str(place))
    yield case('patchsae', place, projects.torch_load(place), cfg, hook)

    hook = Hook('resid_post', 1, 'cls')
    cfg, sae = made(hook, 52, True)
    sae.cfg = cfg = as_before(cfg)
    place = root / 'clip-vit-tiny_1_resid_64.pkl.gz'
    with contextlib.redirect_stdout(io.StringIO()):
        sae.save_model(str(place))
    with gzip.open(place) as file:
        checkpoint = pickle.load(file)
    yield case('hugofry-pkl.gz', place, checkpoint, cfg, hook,
               notes=('Pickled without torch.save: each tensor is a file of PyTorch of its own, as bytes.',))

    hook = Hook('resid_post', 3, 'all')
    cfg, sae = made(hook, 53, False)
    place = root / 'config-key.pt'
    torch.save({'config': cfg, 'state_dict': sae.state_dict()}, place)
    yield case('patchsae-config-random', place, projects.torch_load(place), cfg, hook,
               notes=('Under "config" instead of "cfg". Random directions.',))
