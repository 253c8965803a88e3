"""SAELens: cfg.json and sae_weights.safetensors, of version 6 and of before."""
import json

import torch

import projects
from cases import Case, Codec, Hook, Refusal, facts
from fitting import drawn, rescale, train

SIZE = 48


def make(models, folder):
    lens = projects.sae_lens()
    model = models['tiny-gelu-fp32']
    width = model.width
    root = folder / 'saelens'

    def built(kind, hook, **more):
        metadata = lens.base.SAEMetadata(
            model_name='openai/clip-vit-tiny', hook_name=f'blocks.{hook.layer}.hook_{hook.point}', hook_head_index=None,
            prepend_bos=False, dataset_path='imagenet-1k', context_size=10, sae_lens_version='6.18.0',
            sae_lens_training_version='6.18.0',
        )
        config = getattr(lens, f'{kind}SAEConfig')(d_in=width, d_sae=SIZE, metadata=metadata, **more)
        return getattr(lens, f'{kind}SAE')(config)

    def weigh(sae, hook, seed, good=True, decoder=None):
        x = model.activations(hook)
        inner = sae.run_time_activation_norm_fn_in(x)
        w_enc, b_enc, w_dec, b_dec = drawn(inner, SIZE, seed, sae.cfg.apply_b_dec_to_input, good)
        generator = torch.Generator().manual_seed(seed)
        own = dict(sae.named_parameters())
        values = {'W_enc': w_enc, 'b_enc': b_enc, 'W_dec': w_dec, 'b_dec': b_dec, 'b_gate': b_enc,
                  'b_mag': b_enc + 0.3 * torch.randn(SIZE, generator=generator),
                  'r_mag': 0.3 * torch.randn(SIZE, generator=generator),
                  'threshold': 0.6 * torch.rand(SIZE, generator=generator)}
        with torch.no_grad():
            for name in own.keys() & values.keys():
                own[name].copy_(values[name])
        if good:
            train(sae.parameters(), sae, x)
        if decoder is not None:
            rescale(sae.W_dec, sae.W_enc, sae.b_enc, lengths=decoder)
        return sae

    def case(id, place, hook, architecture, k=None, notes=(), told_layer='hook'):
        loaded = lens.SAE.load_from_disk(place)
        normalize, subtracts = loaded.cfg.normalize_activations, loaded.cfg.apply_b_dec_to_input
        loaded = loaded.to(dtype=torch.float64).eval()
        codec = Codec(lambda x: loaded.encode(x).detach(), loaded.decode, hook)
        return Case(
            id=f'saelens-{id}',
            format='saelens',
            open=str(place.relative_to(folder)),
            request={'tokens': hook.tokens},
            hook=hook,
            codec=codec,
            facts=facts(architecture, SIZE, width, hook, k=k, normalize=normalize, subtracts=subtracts, tokens=None,
                        layer=hook.layer if told_layer == 'hook' else told_layer),
            shift=loaded.b_dec.detach() * (1 if subtracts else -1) if normalize == 'none' else None,
            notes=notes,
        )

    def saved(id, sae):
        sae.save_model(root / id)
        return root / id

    hook = Hook('resid_post', 1, 'all')
    place = saved('standard', weigh(built('Standard', hook), hook, 91))
    yield case('standard', place, hook, 'relu')

    hook = Hook('resid_post', 1, 'patches')
    place = saved('standard-no-b_dec', weigh(built('Standard', hook, apply_b_dec_to_input=False), hook, 92))
    yield case('standard-no-b_dec', place, hook, 'relu')

    hook = Hook('resid_post', 0, 'all')
    place = saved('gated', weigh(built('Gated', hook), hook, 93))
    yield case('gated', place, hook, 'gated')

    hook = Hook('mlp_out', 1, 'all')
    place = saved('jumprelu', weigh(built('JumpReLU', hook, apply_b_dec_to_input=False), hook, 94))
    yield case('jumprelu', place, hook, 'jumprelu')

    hook = Hook('resid_post', 2, 'cls')
    place = saved('topk', weigh(built('TopK', hook, k=9), hook, 95))
    yield case('topk', place, hook, 'topk', 9)

    hook = Hook('resid_post', 1, 'cls')
    lengths = torch.linspace(0.4, 2.0, SIZE)
    sae = weigh(built('TopK', hook, k=10, rescale_acts_by_decoder_norm=True), hook, 96, decoder=lengths)
    place = saved('topk-rescaled', sae)
    yield case('topk-rescaled', place, hook, 'topk', 10,
               notes=('rescale_acts_by_decoder_norm: activations are times the length of their decoder row.',))

    hook = Hook('resid_post', 1, 'all')
    place = saved('layer_norm', weigh(built('Standard', hook, normalize_activations='layer_norm'), hook, 97))
    yield case('layer_norm', place, hook, 'relu')

    hook = Hook('resid_post', 2, 'all')
    sae = built('TopK', hook, k=14, normalize_activations='constant_norm_rescale', apply_b_dec_to_input=False)
    place = saved('constant_norm_rescale', weigh(sae, hook, 98))
    yield case('constant_norm_rescale', place, hook, 'topk', 14)

    hook = Hook('resid_post', 0, 'patches')
    place = saved('random', weigh(built('Standard', hook), hook, 99, good=False))
    yield case('random', place, hook, 'relu', notes=('Random directions.',))

    # Before 6: flat keys. Versions 2 to 5 had no class of their own for top-k: a standard one, with the activation
    # named. The keys are of its own record of version 5, tests/_comparison/sae_lens_old; today's loader reads them.
    hook = Hook('resid_post', 1, 'all')
    place = saved('before-6-topk', weigh(built('TopK', hook, k=11), hook, 100))
    flat = {
        'architecture': 'standard', 'd_in': width, 'd_sae': SIZE, 'dtype': 'float32', 'device': 'cpu',
        'model_name': 'openai/clip-vit-tiny', 'hook_name': 'blocks.1.hook_resid_post', 'hook_layer': 1,
        'hook_head_index': None, 'activation_fn_str': 'topk', 'activation_fn_kwargs': {'k': 11},
        'apply_b_dec_to_input': True, 'finetuning_scaling_factor': False, 'sae_lens_training_version': '4.1.0',
        'prepend_bos': False, 'dataset_path': 'imagenet-1k', 'dataset_trust_remote_code': True, 'context_size': 10,
        'normalize_activations': 'none', 'neuronpedia_id': None, 'model_from_pretrained_kwargs': {},
        'seqpos_slice': [None],
    }
    (place / 'cfg.json').write_text(json.dumps(flat))
    yield case('before-6-topk', place, hook, 'topk', 11)

    # Version 2: hook_point, normalize_activations as a boolean, and a scaling factor of ones that means nothing.
    from safetensors.torch import load_file, save_file

    hook = Hook('resid_post', 0, 'cls')
    place = saved('version-2', weigh(built('Standard', hook), hook, 101))
    flat = {
        'd_in': width, 'd_sae': SIZE, 'dtype': 'torch.float32', 'device': 'cpu', 'model_name': 'openai/clip-vit-tiny',
        'hook_point': 'blocks.0.hook_resid_post', 'hook_point_layer': 0, 'hook_point_head_index': None,
        'activation_fn_str': 'relu', 'apply_b_dec_to_input': True, 'finetuning_scaling_factor': False,
        'normalize_activations': False, 'prepend_bos': False, 'dataset_path': 'imagenet-1k', 'context_size': 10,
    }
    (place / 'cfg.json').write_text(json.dumps(flat))
    weights = load_file(place / 'sae_weights.safetensors')
    save_file(weights | {'scaling_factor': torch.ones(SIZE)}, place / 'sae_weights.safetensors')
    yield case('version-2', place, hook, 'relu')

    config = lens.transcoder.SkipTranscoderConfig(d_in=width, d_sae=SIZE, d_out=width,
                                                  apply_b_dec_to_input=False)
    lens.transcoder.SkipTranscoder(config).save_model(root / 'skip-transcoder')
    yield Refusal('saelens-skip-transcoder', 'saelens/skip-transcoder', 'a transcoder with a skip connection')
