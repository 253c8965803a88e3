"""dictionary_learning and the copy of it that sae-for-vlm trains with: ae.pt and config.json."""
import json

import torch

import projects
from cases import Case, Codec, Hook, facts
from fitting import drawn, rescale, train

SIZE = 48


def make(models, folder):
    model = models['tiny-gelu-fp32']
    root = folder / 'dictionary_learning'
    width = model.width
    common = {'steps': 10000, 'activation_dim': width, 'dict_size': SIZE, 'device': 'cpu', 'submodule_name': None}
    buffer = {'d_submodule': width, 'io': 'out', 'n_ctxs': 30000, 'ctx_len': 128, 'refresh_batch_size': 512,
              'out_batch_size': 8192, 'device': 'cpu'}

    def weigh(ae, hook, seed, subtract=True, good=True):
        x = model.activations(hook)
        w_enc, b_enc, w_dec, b_dec = drawn(x, SIZE, seed, subtract, good)
        own = dict(ae.named_parameters())
        values = {'W_enc': w_enc, 'b_enc': b_enc, 'W_dec': w_dec, 'b_dec': b_dec, 'bias': b_dec, 'decoder_bias': b_dec,
                  'encoder.weight': w_enc.T, 'encoder.bias': b_enc, 'decoder.weight': w_dec.T, 'gate_bias': b_enc,
                  'mag_bias': b_enc + 0.2}
        with torch.no_grad():
            for name in own.keys() & values.keys():
                own[name].copy_(values[name])
        if good:
            train(ae.parameters(), ae, x)
        return ae

    def saved(name, trainer, with_buffer=True):
        """As its training.py saves: the trainer's configuration, and at the end the weights."""
        place = root / name
        place.mkdir(parents=True, exist_ok=True)
        config = {'trainer': trainer.config}
        if with_buffer:
            config['buffer'] = buffer
        (place / 'config.json').write_text(json.dumps(config, indent=4))
        torch.save({k: v.cpu() for k, v in trainer.ae.state_dict().items()}, place / 'ae.pt')
        return place

    def case(id, place, loaded, hook, architecture, k=None, subtracts=True, encode=None, request=None, layer='hook',
             tokens=None, notes=(), shift=None):
        loaded = loaded.double().eval()
        codec = Codec(lambda x: (encode or loaded.encode)(x).detach(), loaded.decode, hook)
        return Case(
            id=id,
            format='dictionary_learning',
            open=str(place.relative_to(folder)),
            request={'tokens': hook.tokens} if request is None else request,
            hook=hook,
            codec=codec,
            facts=facts(architecture, SIZE, loaded.activation_dim, hook, k=k, subtracts=subtracts, layer=layer,
                        tokens=tokens),
            notes=notes,
            shift=shift,
        )

    own = projects.dictionary_learning()
    named = {'lm_name': 'openai/clip-vit-tiny'}

    hook = Hook('resid_post', 1, 'all')
    trainer = own.StandardTrainer(**common, **named, layer=1)
    weigh(trainer.ae, hook, 71)
    # The lengths that its ConstrainedAdam keeps.
    rescale(trainer.ae.decoder.weight.T, trainer.ae.encoder.weight.T, trainer.ae.encoder.bias)
    place = saved('standard', trainer)
    loaded = own.AutoEncoder.from_pretrained(place / 'ae.pt')
    yield case('dictionary_learning-standard', place, loaded, hook, 'relu', shift=loaded.bias.detach().double())

    hook = Hook('resid_post', 0, 'cls')
    trainer = own.StandardTrainerAprilUpdate(**common, **named, layer=0)
    weigh(trainer.ae, hook, 72)
    lengths = torch.linspace(0.5, 2, SIZE)
    rescale(trainer.ae.decoder.weight.T, trainer.ae.encoder.weight.T, trainer.ae.encoder.bias, lengths=lengths)
    place = saved('standard-april', trainer)
    loaded = own.AutoEncoder.from_pretrained(place / 'ae.pt', normalize_decoder=False)
    yield case('dictionary_learning-april', place, loaded, hook, 'relu',
               notes=('Decoder rows of any length. Its loader can scale them to 1, and the activations by as much; '
                      'attributions are the same. Here they are as stored.',))

    hook = Hook('resid_post', 1, 'patches')
    trainer = own.TopKTrainer(**common, **named, layer=1, k=10)
    weigh(trainer.ae, hook, 73)
    trainer.ae.threshold.fill_(0.7)
    place = saved('top-k', trainer)
    loaded = own.AutoEncoderTopK.from_pretrained(place / 'ae.pt', k=10)
    yield case('dictionary_learning-top-k', place, loaded, hook, 'topk', 10,
               notes=('It holds a threshold, which its encode does not use unless asked to.',))

    hook = Hook('resid_post', 1, 'all')
    trainer = own.BatchTopKTrainer(**common, **named, layer=1, k=8)
    weigh(trainer.ae, hook, 74)
    trainer.ae.threshold.fill_(0.5)
    place = saved('batch-top-k', trainer)
    loaded = own.BatchTopKSAE.from_pretrained(place / 'ae.pt', k=8)
    yield case('dictionary_learning-batch-top-k', place, loaded, hook, 'jumprelu')

    hook = Hook('resid_post', 2, 'cls')
    trainer = own.BatchTopKTrainer(**common, **named, layer=2, k=9)
    weigh(trainer.ae, hook, 75)
    place = saved('batch-top-k-unset', trainer, with_buffer=False)
    unset = own.BatchTopKSAE.from_pretrained(place / 'ae.pt', k=9)

    def one_by_one(x):
        return torch.cat([unset.encode(row[None], use_threshold=False) for row in x])

    yield case('dictionary_learning-batch-top-k-unset', place, unset, hook, 'topk', 9, encode=one_by_one,
               notes=('A threshold of −1 was never set. Its encode would then keep whatever is positive; here, as in '
                      'training, the k largest, of one vector at a time.',))

    hook = Hook('resid_post', 1, 'patches')
    fractions = {'group_fractions': [0.25, 0.25, 0.5]}
    trainer = own.MatryoshkaBatchTopKTrainer(**common, **named, layer=1, k=10, **fractions)
    weigh(trainer.ae, hook, 76)
    trainer.ae.threshold.fill_(0.6)
    place = saved('matryoshka', trainer)
    loaded = own.MatryoshkaBatchTopKSAE.from_pretrained(place / 'ae.pt', k=10)
    yield case('dictionary_learning-matryoshka', place, loaded, hook, 'jumprelu')

    hook = Hook('resid_post', 0, 'all')
    trainer = own.JumpReluTrainer(**common, **named, layer=0)
    weigh(trainer.ae, hook, 77, subtract=False)
    with torch.no_grad():
        trainer.ae.threshold.copy_(torch.linspace(0.001, 0.8, SIZE))
    place = saved('jumprelu', trainer)
    loaded = own.JumpReluAutoEncoder.from_pretrained(place / 'ae.pt', device='cpu')
    yield case('dictionary_learning-jumprelu', place, loaded, hook, 'jumprelu', subtracts=False,
               shift=-loaded.b_dec.detach().double())

    hook = Hook('resid_post', 1, 'cls')
    trainer = own.GatedSAETrainer(**common, **named, layer=1)
    with torch.no_grad():
        trainer.ae.r_mag.copy_(torch.linspace(-0.4, 0.4, SIZE))
    weigh(trainer.ae, hook, 78)
    place = saved('gated', trainer)
    loaded = own.GatedAutoEncoder.from_pretrained(place / 'ae.pt')
    yield case('dictionary_learning-gated', place, loaded, hook, 'gated')

    # As sae-for-vlm's sae_train.py calls it: layer and model are said in the folder's name alone, which is that of the
    # activations, which were saved of the class token.
    theirs = projects.sae_for_vlm()
    silent = {**common, 'submodule_name': '', 'lm_name': '', 'layer': ''}
    hook = Hook('resid_post', 1, 'cls')
    trainer = theirs.MatroyshkaBatchTopKTrainer(**silent, k=12, **fractions)
    weigh(trainer.ae, hook, 79)
    trainer.ae.threshold.fill_(0.4)
    name = 'imagenet_train_activations_clip-vit-tiny_1_post_mlp_residual_matroyshka_batch_top_k_12_x2/trainer_0'
    place = saved(name, trainer, with_buffer=False)
    loaded = theirs.MatroyshkaBatchTopKSAE.from_pretrained(place / 'ae.pt', k=12)
    yield case('sae-for-vlm-matroyshka', place, loaded, hook, 'jumprelu', tokens='cls', request={})

    # A checkpoint of a run that goes on, opened by its file, with the run's configuration one folder up. In a folder
    # of another name, nothing tells where it was hooked.
    hook = Hook('resid_post', 2, 'all')
    trainer = theirs.BatchTopKTrainer(**silent, k=12)
    weigh(trainer.ae, hook, 80, good=False)
    trainer.ae.threshold.fill_(1.0)
    run = saved('renamed_batch_top_k_12_x2', trainer, with_buffer=False)
    (run / 'ae.pt').unlink()
    (run / 'checkpoints').mkdir(exist_ok=True)
    torch.save({k: v.cpu() for k, v in trainer.ae.state_dict().items()}, run / 'checkpoints/ae_2000.pt')
    loaded = theirs.BatchTopKSAE.from_pretrained(run / 'checkpoints/ae_2000.pt', k=12)
    yield case('sae-for-vlm-checkpoint-random', run / 'checkpoints/ae_2000.pt', loaded, hook, 'jumprelu', layer=None,
               request={'layer': 2, 'tokens': 'all'}, notes=('Random directions.',))

    # After the projection.
    hook = Hook('embedding', None, 'all')
    trainer = theirs.BatchTopKTrainer(**{**silent, 'activation_dim': model.embedding}, k=8)
    weigh(trainer.ae, hook, 60)
    trainer.ae.threshold.fill_(0.3)
    name = 'imagenet_train_activations_clip-vit-tiny_-1_post_projection_batch_top_k_8_x2/trainer_0'
    place = saved(name, trainer, with_buffer=False)
    loaded = theirs.BatchTopKSAE.from_pretrained(place / 'ae.pt', k=8)
    yield case('sae-for-vlm-post_projection', place, loaded, hook, 'jumprelu', request={})
