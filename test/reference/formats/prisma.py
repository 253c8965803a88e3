"""ViT-Prisma: a checkpoint folder (config.json and n_images_*.pt), and single files with the pickled configuration."""
import contextlib
import io
import pickle

import torch

import projects
from cases import Case, Codec, Hook, Refusal, facts
from fitting import drawn, rescale, train

EXPANSION = 2


def quietly(function, *arguments):
    with contextlib.redirect_stdout(io.StringIO()):
        return function(*arguments)


def make(models, folder):
    module, Config, Transcoder = projects.prisma()
    root = folder / 'prisma'
    root.mkdir(parents=True, exist_ok=True)
    model = models['tiny-gelu-fp32']

    def configured(hook, subtype='hook_resid_post', activation='relu', k=None, normalize='none', **more):
        return Config(
            model_name='open-clip:laion/CLIP-ViT-tiny',
            hook_point_layer=hook.layer,
            layer_subtype=subtype,
            context_size=10,
            image_size=18,
            cls_token_only=hook.tokens == 'cls',
            use_patches_only=hook.tokens == 'patches',
            expansion_factor=EXPANSION,
            d_in=model.width,
            activation_fn_str=activation,
            activation_fn_kwargs={} if k is None else {'k': k},
            normalize_activations=normalize,
            dataset_path='/data/imagenet',
            dataset_train_path='/data/imagenet/train',
            dataset_val_path='/data/imagenet/val',
            checkpoint_path='/checkpoints',
            _device='cpu',
            **more,
        )

    def made(cfg, hook, seed, good=True):
        gated = cfg.architecture == 'gated'
        sae = (module.GatedSparseAutoencoder if gated else module.StandardSparseAutoencoder)(cfg)
        x = model.activations(hook)
        inner = sae.run_time_activation_norm_fn_in(x)
        w_enc, b_enc, w_dec, b_dec = drawn(inner, cfg.d_sae, seed, subtract=True, good=good)
        if cfg.activation_fn_str == 'tanh-relu':
            w_enc, b_enc, w_dec = w_enc * 0.5, b_enc * 0.5, w_dec * 2
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for name, value in {'W_enc': w_enc, 'W_dec': w_dec, 'b_dec': b_dec}.items():
                getattr(sae, name).copy_(value)
            # In a gated file b_enc is there and means nothing.
            sae.b_enc.copy_(b_enc if not gated else torch.randn(cfg.d_sae, generator=generator))
            if gated:
                sae.b_gate.copy_(b_enc)
                sae.b_mag.copy_(b_enc + 0.3 * torch.randn(cfg.d_sae, generator=generator))
                sae.r_mag.copy_(0.3 * torch.randn(cfg.d_sae, generator=generator))
        if good:
            train(sae.parameters(), lambda batch: sae.decode(sae.encode(batch)[1]), x)
        if cfg.activation_fn_str != 'tanh-relu':
            # Its trainer keeps the decoder's rows at length 1.
            rescale(sae.W_dec, sae.W_enc, *([sae.b_gate, sae.b_mag] if gated else [sae.b_enc]))
        return sae

    def case(id, place, loaded, cfg, hook, k=None, notes=()):
        loaded = loaded.double().eval()
        loaded.dtype = torch.float64
        codec = Codec(lambda x: loaded.encode(x)[1].detach(), loaded.decode, hook)
        architecture = 'topk' if k is not None else 'relu'
        if cfg.architecture == 'gated':
            architecture = 'gated'
        if cfg.activation_fn_str == 'tanh-relu':
            architecture = 'tanh-relu'
        normalize = cfg.normalize_activations
        return Case(
            id=id,
            format='prisma',
            open=str(place.relative_to(folder)),
            hook=hook,
            codec=codec,
            facts=facts(architecture, cfg.d_sae, model.width, hook, k=k, normalize=normalize, subtracts=True),
            shift=loaded.b_dec.detach() if normalize == 'none' else None,
            notes=notes,
        )

    def checkpoint(name, sae, cfg, weights_only):
        """As VisionSAETrainer.checkpoint leaves a folder; published ones also hold the state_dict alone."""
        place = root / name
        place.mkdir(parents=True, exist_ok=True)
        cfg.save_config(str(place / 'config.json'))
        weights = place / 'n_images_2600058.pt'
        if weights_only:
            torch.save(sae.state_dict(), weights)
        else:
            quietly(sae.save_model, str(weights))
        # Beside the weights, and no dictionary.
        torch.save(torch.log10(torch.full((cfg.d_sae,), 0.1) + 1e-10), place / 'n_images_2600058_log_feature_sparsity.pt')
        return place, weights

    hook = Hook('resid_post', 1, 'all')
    cfg = configured(hook, normalize='layer_norm')
    place, weights = checkpoint('vanilla-x2-layer-1-hook_resid_post', made(cfg, hook, 41), cfg, weights_only=True)
    loaded = module.SparseAutoencoder.load_from_pretrained(str(weights))
    yield case('prisma-relu-layer_norm', place, loaded, cfg, hook,
               notes=('layer_norm divides by the standard deviation of N − 1, plus 1e-5.',))

    hook = Hook('resid_post', 2, 'cls')
    cfg = configured(hook, activation='topk', k=9, normalize='layer_norm')
    place, weights = checkpoint('sae-top_k-9-cls_only-layer_2-hook_resid_post', made(cfg, hook, 42), cfg, False)
    loaded = module.SparseAutoencoder.load_from_pretrained(str(weights))
    yield case('prisma-topk-cls', place, loaded, cfg, hook, k=9)

    hook = Hook('mlp_out', 1, 'all')
    cfg = configured(hook, 'hook_mlp_out', 'topk', 12, 'constant_norm_rescale')
    place = root / 'topk-hook_mlp_out-legacy.pt'
    quietly(made(cfg, hook, 43).save_model, str(place))
    loaded = module.SparseAutoencoder.load_from_pretrained(str(place))
    yield case('prisma-topk-mlp_out-legacy', place, loaded, cfg, hook, k=12)

    hook = Hook('resid_post', 0, 'all')
    cfg = configured(hook, architecture='gated')
    place, weights = checkpoint('gated-layer-0', made(cfg, hook, 44), cfg, weights_only=True)
    loaded = module.SparseAutoencoder.load_from_pretrained(str(weights))
    yield case('prisma-gated', place, loaded, cfg, hook, notes=('b_enc is in the file and is not read.',))

    hook = Hook('resid_post', 1, 'patches')
    cfg = configured(hook, normalize='constant_norm_rescale')
    place = root / 'patches-relu.pkl.gz'
    quietly(made(cfg, hook, 45).save_model, str(place))
    loaded = module.SparseAutoencoder.load_from_pretrained(str(place))
    yield case('prisma-relu-patches-pkl.gz', place, loaded, cfg, hook)

    hook = Hook('resid_post', 1, 'all')
    cfg = configured(hook)
    place, weights = checkpoint('random-layer-1', made(cfg, hook, 46, good=False), cfg, weights_only=True)
    loaded = module.SparseAutoencoder.load_from_pretrained(str(weights))
    yield case('prisma-relu-random', place, loaded, cfg, hook, notes=('Random directions: reconstructs nothing.',))

    hook = Hook('resid_post', 0, 'cls')
    cfg = configured(hook, activation='tanh-relu')
    place, weights = checkpoint('tanh-relu-layer-0', made(cfg, hook, 47), cfg, weights_only=True)
    loaded = module.SparseAutoencoder.load_from_pretrained(str(weights))
    yield case('prisma-tanh-relu', place, loaded, cfg, hook)

    # The layout before that, of a fork of SAELens 2; its loader says hook_mlp_out whatever the file does.
    hook = Hook('mlp_out', 1, 'all')
    cfg = configured(hook, 'hook_mlp_out')
    sae = made(cfg, hook, 48)
    place = root / 'saelens-2.pkl'
    old = {'hook_point': 'blocks.1.hook_mlp_out', 'hook_point_layer': [1], 'd_in': model.width, 'expansion_factor': 2,
           'architecture': 'standard', 'normalize_activations': 'none', 'l1_coefficient': 0.0002, 'lp_norm': 1,
           'lr': 0.0004, 'dtype': torch.float32, 'context_size': 10, 'dead_feature_threshold': 1e-8, '_device': 'cpu'}
    place.write_bytes(pickle.dumps({'config': old, 'autoencoder': {'state_dict': dict(sae.state_dict())}}))
    loaded = module.SparseAutoencoder.load_from_pretrained_legacy_saelens_v2(str(place))
    yield case('prisma-relu-mlp_out-saelens2', place, loaded, cfg, hook)

    # Refused: what goes in is not what comes out.
    hook = Hook('resid_post', 1, 'all')
    cfg = configured(hook, 'ln2.hook_normalized', is_transcoder=True, out_hook_point_layer=1, d_out=model.width)
    place, _ = checkpoint('transcoder', Transcoder(cfg), cfg, weights_only=True)
    yield Refusal('prisma-transcoder', str(place.relative_to(folder)), 'a transcoder with a skip connection')
    cfg = configured(hook, 'ln2.hook_normalized')
    place, _ = checkpoint('ln2', module.StandardSparseAutoencoder(cfg), cfg, weights_only=True)
    yield Refusal('prisma-ln2', str(place.relative_to(folder)), 'hooked at ln2.hook_normalized')
