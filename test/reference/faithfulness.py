"""How much components matter, by every method, in PyTorch with autograd and float64, written from the definitions: see
README.md. Writes test/golden/faithfulness.

  python test/reference/faithfulness.py [case …]
"""
import base64
import json
import sys
import time
import warnings

import numpy as np
import torch

from decompositions import Block, Msae, Own, SaeLens
from measures import (
    METHODS, Measured, Observed, activation, activation_gradient, component_directions, evidence, faithfulness,
    score_evidence, token_contributions,
)
from towers import ROOT, Library, Plain, noise, unit
import pixels as preparation

OUT = ROOT / 'test/golden/faithfulness'
KNOWN = {case['id']: case for case in json.loads((ROOT / 'test/golden/dictionary-formats.json').read_text())['cases']}
STEPS = 8
FACTORS = (0, 0.5, 2)
DEMO = [f'examples/demo/images/{name}' for name in ('wolf/wolf_00.jpg', 'hot_dog/hot_dog_01.jpg', 'mixed/mixed_03.jpg')]


def packed(values, kind='float32'):
    """Base64 of the numbers as little-endian float32 (or int32, uint8), row by row."""
    values = values.detach() if isinstance(values, torch.Tensor) else values
    return base64.b64encode(np.ascontiguousarray(np.asarray(values), np.dtype(kind).newbyteorder('<'))).decode()


def short(value):
    """Eight digits."""
    return float(f'{float(value):.8g}')


def prompt(text):
    return {'kind': 'prompt', 'text': text}


def vector(tower, direction):
    if direction['kind'] == 'prompt':
        return unit(tower.text(direction['text'])).detach()
    return vector(tower, direction['of']) - torch.stack([vector(tower, one) for one in direction['against']]).mean(0)


class Model:
    """A model, its pictures and the directions they are scored against."""

    def __init__(self, path, tower, pictures, directions, words):
        self.path, self.tower, self.directions, self.texts = path, tower, directions, words
        if isinstance(pictures, list):
            self.rgb = [preparation.load_rgb(ROOT / picture, tower.size) for picture in pictures]
            self.sources = [{'file': picture} for picture in pictures]
        else:
            self.rgb = [noise(tower.size, pictures + i) for i in range(3)]
            self.sources = [{'rgb': packed(rgb, 'uint8')} for rgb in self.rgb]
        self.pixels = [tower.prepared(rgb) for rgb in self.rgb]
        self.vectors = torch.stack([vector(tower, direction) for direction in directions])


def demo():
    return Model('models/emoji-clip', Plain('models/emoji-clip'), DEMO,
                 [prompt('a photo of a wolf'), prompt('a hot dog on a red background')], ['a photo of a red wolf', 'snow'])


def tiny(name, seed):
    texts = ['a dog', 'a photo of a wolf in the snow']
    versus = {'kind': 'versus', 'of': prompt(texts[1]), 'against': [prompt(texts[0])]}
    path = f'test/golden/models/{name}'
    return lambda: Model(path, Plain(path), seed, [prompt(texts[0]), versus], texts)


def library(name, seed):
    texts = ['a red circle', 'snow']
    return lambda: Model(f'test/golden/checkpoints/{name}', Library(name), seed, [prompt(text) for text in texts], texts)


def block(point, layer, tokens='all'):
    return lambda model: Block(model.tower, point, layer, tokens)


GELU, TANH, QUICK = (tiny(name, seed) for name, seed in
                     (('tiny-gelu-fp32', 211), ('tiny-tanh-bf16', 212), ('tiny-quick-fp16', 213)))
SIGLIP, AVERAGE, CLIPA = (library(name, seed) for name, seed in
                          (('transformers-siglip', 221), ('open_clip-average-scaled', 222), ('open_clip-clipa', 223)))
MSAE = '48_20_TopKReLU_{}_0.0_cc3m_ViT-T~18_train_image.pth'

CASES = {
    'demo-sae-cls': (demo, lambda _: Own('models/sae-cls')),
    'demo-sae-patches': (demo, lambda _: Own('models/sae-patches')),
    'demo-neurons-1': (demo, block('neurons', 1)),
    'demo-neurons-3': (demo, block('neurons', 3)),
    'demo-neurons-4': (demo, block('neurons', 4)),
    'demo-heads-2': (demo, block('heads', 2)),
    'demo-heads-4': (demo, block('heads', 4)),
    'gelu-all': (GELU, lambda _: Own('test/golden/dictionaries/gelu-first-all-topk')),
    'gelu-normalised': (GELU, lambda _: SaeLens('saelens/layer_norm', ('resid_post', 1, 'all'))),
    'gelu-rescaled': (GELU, lambda _: SaeLens('saelens/constant_norm_rescale', ('resid_post', 2, 'all'))),
    'gelu-mlp_out': (GELU, lambda _: SaeLens('saelens/jumprelu', ('mlp_out', 1, 'all'))),
    'gelu-embedding': (GELU, lambda _: Msae(MSAE.format('10_False_False'), 'msae-topk-relu', 10, False)),
    'gelu-embedding-normalised': (
        GELU, lambda _: Msae(MSAE.format('12_False_True'), 'msae-topk-normalised', 12, True)),
    'tanh-signed': (TANH, lambda _: Own('test/golden/dictionaries/tanh-middle-all-signed')),
    'tanh-heads': (TANH, block('heads', 1, 'patches')),
    'quick-signed': (QUICK, lambda _: Own('test/golden/dictionaries/quick-late-cls-signed')),
    'siglip-neurons': (SIGLIP, block('neurons', 1)),
    'siglip-last-neurons': (SIGLIP, block('neurons', 2)),
    'siglip-heads': (SIGLIP, block('heads', 1)),
    'average-neurons': (AVERAGE, block('neurons', 1)),
    'average-heads': (AVERAGE, block('heads', 2, 'patches')),
    'clipa-neurons': (CLIPA, block('neurons', 1, 'patches')),
}

# Ablating as many components as early as there takes the engine seconds a picture.
PICTURES = {'demo-neurons-1': 1}


def check_known(tower, dictionary):
    """The codes, and the attributions, that the format's own project gives for its pictures."""
    if dictionary.known is None:
        return
    known = KNOWN[dictionary.known]
    golden = json.loads((ROOT / 'test/golden/dictionary-formats.json').read_text())['models'][known['model']]
    first = vector(tower, golden['directions'][0])
    for image in known['images']:
        rgb = np.frombuffer(base64.b64decode(golden['images'][image['image']]), 'uint8')
        observed = Observed(tower, dictionary, tower.prepared(rgb.reshape(tower.size, tower.size, 3)))
        latents, attributions = (
            np.frombuffer(base64.b64decode(text), kind)
            for text, kind in ((image['latents'], '<i4'), (image['results'][0]['attributions'], '<f4'))
        )
        assert observed.components.tolist() == latents.tolist()
        y, found = activation_gradient(observed, first, observed.z)
        assert abs(y - image['results'][0]['similarity']) < 1e-9
        found = found.sum(0)[observed.components].numpy()
        assert np.abs(found - attributions).max() < 1e-6 * np.abs(attributions).max()


def values_of(measured):
    shared = ('energy',)
    return {
        'components': packed(measured.components, 'int32'),
        'shared': {method: packed(measured.listed(method)[0]) for method in shared},
        'directions': [
            {
                'similarity': short(measured.similarities[d]),
                'without': short(measured.without[d]),
                'values': {method: packed(measured.listed(method)[d]) for method in METHODS if method not in shared},
            }
            for d in range(len(measured.directions))
        ],
    }


def intervention_on(measured):
    """The components that matter most, in three ways: the most for, the most against, and the largest energy left."""
    a, strength = measured.values['activation-gradient'][0], measured.values['energy'][0]
    rest = measured.components.tolist()
    chosen = [max(rest, key=lambda j: a[j]), min(rest, key=lambda j: a[j])]
    chosen.append(max((j for j in rest if j not in chosen), key=lambda j: strength[j]))
    return [{'component': j, 'factor': factor} for j, factor in zip(chosen, FACTORS)]


def intervened(measured):
    observed, intervention = measured.observed, intervention_on(measured)
    z = observed.z.clone()
    for one in intervention:
        z = z * (1 + (one['factor'] - 1) * observed.mask([one['component']]))
    return {'intervention': intervention, 'measured': values_of(Measured(observed, measured.directions, z))}


def first_patch(observed):
    return int(observed.tower.has_cls and observed.dictionary.tokens == 'all')


def patch_maps(measured):
    """z and z·dy/dz on each patch, of the components with the largest attributions, and what lies on CLS."""
    observed = measured.observed
    first = first_patch(observed)
    per_token = activation_gradient(observed, measured.directions[0], measured.z)[1]
    shown = activation(observed, measured.z) / observed.scale[:, None]
    strongest = per_token.sum(0).abs().argsort(descending=True)[:3].tolist()
    return [
        {'component': j, 'activation': packed(shown[first:, j]), 'attribution': packed(per_token[first:, j]),
         'elsewhere': short(per_token[:first, j].sum())}
        for j in strongest
    ]


def picture_maps(measured):
    """What each patch gives to y, and to the components with the largest attributions."""
    observed = measured.observed

    def written(values, flat, whole):
        return {'values': packed(values), 'flat': short(flat), 'whole': short(whole)}

    strongest = measured.values['activation-gradient'][0].abs().argsort(descending=True)[:3].tolist()
    return {
        'score': written(*score_evidence(observed, measured.directions[0])),
        'components': [{'component': j, **written(*evidence(observed, j))} for j in strongest],
    }


def words(model, measured):
    """Each text with the image: what each token makes of y, and of the attribution of some components; and what is left
    of these of the text without its words."""
    observed, tower = measured.observed, model.tower
    v, c = unit(observed.embedding(observed.z)).detach(), component_directions(observed)
    strongest = c.norm(dim=1).argsort(descending=True)[:3].tolist()
    found = []
    for text in model.texts:
        whole, without, contributions = token_contributions(tower, text, torch.stack([v, *c[strongest]]))
        u = unit(tower.text(text)).detach()
        split, (_, counts) = text.split(' '), tower.tokens(text)
        left = [' '.join(split[:i] + split[i + 1 :]) for i in range(len(split))]
        changes = u - torch.stack([unit(tower.text(one)).detach() for one in left])
        starts = np.cumsum([tower.frame[0], *counts])
        components = []
        for i, j in enumerate(strongest, 1):
            components.append({'component': j, 'attribution': short(whole[i]), 'baseline': short(without[i]),
                               'contributions': packed(contributions[i]),
                               'leaveOneOut': [short(one) for one in changes @ c[j]]})
        found.append({
            'text': text,
            'similarity': short(whole[0]),
            'baseline': short(without[0]),
            'contributions': packed(contributions[0]),
            'words': [
                {'text': word, 'contribution': short(contributions[0, start : start + count].sum()),
                 'leaveOneOut': short(change @ v)}
                for word, start, count, change in zip(split, starts, counts, changes)
            ],
            'components': components,
        })
    return found


def rounded(value):
    """Eight digits of everything."""
    if isinstance(value, dict):
        return {key: rounded(one) for key, one in value.items()}
    return short(value) if np.ndim(value) == 0 else [short(one) for one in value]


def case(model, dictionary, pictures):
    check_known(model.tower, dictionary)
    observed = [Observed(model.tower, dictionary, pixels) for pixels in model.pixels[:pictures]]
    measured = [Measured(one, model.vectors) for one in observed]
    pairs = [(i, d) for i in range(len(measured)) for d in range(len(model.directions))]
    faithful = {
        order: rounded(faithfulness(measured, pairs, STEPS, order == 'global')) for order in ('local', 'global')
    }
    slack = max(
        max(found[sign]['slack']) for one in faithful.values() for found in one.values() for sign in ('deletion', 'insertion')
    )
    # Of the largest: what float32 may take for 0.
    smallest = min((one.z.abs().amax(0)[one.z.ne(0).any(0)].min() / one.z.abs().max()).item() for one in observed)
    print(f'  {[len(one.components) for one in observed]} active, smallest {smallest:.0e}, slack {slack:.0e}')
    return {
        'study': {'model': model.path, **dictionary.study},
        'images': model.sources[:pictures],
        'directions': model.directions,
        'measured': [values_of(one) for one in measured],
        'intervened': intervened(measured[0]),
        'faithfulness': {'steps': STEPS, 'pairs': [{'image': i, 'direction': d} for i, d in pairs], **faithful},
        'patches': None if dictionary.tokens == 'cls' or dictionary.point == 'embedding' else patch_maps(measured[0]),
        'picture': picture_maps(measured[0]),
        'words': words(model, measured[0]),
    }


def main():
    warnings.filterwarnings('ignore')
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    OUT.mkdir(exist_ok=True)
    made = {}
    for name in sys.argv[1:] or CASES:
        make, open_dictionary = CASES[name]
        start = time.time()
        if make not in made:
            made[make] = make()
        print(name, flush=True)
        found = case(made[make], open_dictionary(made[make]), PICTURES.get(name))
        text = json.dumps(found, indent=1) + '\n'
        (OUT / f'{name}.json').write_text(text)
        print(f'  {len(text) / 1000:.0f} kB, {time.time() - start:.0f} s', flush=True)


if __name__ == '__main__':
    main()
