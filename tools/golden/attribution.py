"""The golden numbers under test/golden, by PyTorch autograd in float64. See README.md beside this file.

  attribution.py write     random models, dictionaries and all golden files
  attribution.py compare   the same in float32 from the files on disk; prints how far each kind of number is off
"""
import base64
import json
import sys
from pathlib import Path

import numpy as np
import torch

import method
import pixels
import tiny
from clip import Clip
from dictionary import ROWS, Neurons, SparseAutoencoder
from method import Direction, unit
from tokenizer import Tokenizer

ROOT = Path(__file__).resolve().parents[2]
GOLDEN = ROOT / 'test/golden'
DEMO_MODEL, DEMO = 'models/emoji-clip', 'examples/demo'


def packed(values, kind='float32'):
    """Base64 of the numbers as little-endian float32 (or int32, uint8), row by row."""
    return base64.b64encode(np.ascontiguousarray(np.asarray(values), np.dtype(kind).newbyteorder('<'))).decode()


def open_dictionary(name, tokens='all'):
    if name.startswith('neurons:'):
        return Neurons(int(name.removeprefix('neurons:')), tokens)
    return SparseAutoencoder(ROOT / name)


def encode_text(clip, tokenizer, text):
    context = clip.config['text_config']['max_position_embeddings']
    ids = tokenizer(text)
    ids = ids if len(ids) <= context else [*ids[: context - 1], tokenizer.end]
    embedding = unit(clip.text(ids))
    padded = ids + [tokenizer.end] * (context - len(ids))
    assert (unit(clip.text(padded)) - embedding).abs().max() < 1e-6
    return ids, embedding


class World:
    """One model, its images and texts, and the vectors of directions described as src/shared/direction.ts does."""

    def __init__(self, model, images, directions=()):
        self.clip = Clip(ROOT / model)
        self.tokenizer = Tokenizer(ROOT / model)
        self.rgb, self.directions = images, directions
        self.pixels = [pixels.normalise(rgb, ROOT / model) for rgb in images]
        self.embeddings = [self.clip.image(picture) for picture in self.pixels]
        self.texts = {}
        self.worst = 0.0

    def text(self, text):
        if text not in self.texts:
            self.texts[text] = encode_text(self.clip, self.tokenizer, text)
        return self.texts[text][1]

    def vector(self, direction):
        match direction:
            case {'kind': 'prompt', 'text': text}:
                return self.text(text)
            case {'kind': 'ensemble', 'texts': texts}:
                return unit(torch.stack([self.text(text) for text in texts]).mean(0))
            case {'kind': 'versus', 'of': of, 'against': against}:
                return self.vector(of) - torch.stack([self.vector(other) for other in against]).mean(0)
            case {'kind': 'image', 'image': index}:
                return unit(self.embeddings[index])
            case {'kind': 'probe', 'seed': seed}:
                size = self.clip.config['projection_dim']
                return torch.tensor(np.random.RandomState(seed).standard_normal(size).astype(np.float32)) * 1.0
        raise ValueError(direction)

    def direction(self, direction):
        raw = direction['kind'] == 'probe'
        vector = self.vector(direction).to(torch.get_default_dtype())
        return Direction(vector, raw)

    def study(self, name, directions, images, tokens='all', contributions=(), entries=False, generator=None):
        """One dictionary on some images against some directions; both given by index."""
        dictionary = open_dictionary(name, tokens)
        chosen = [self.direction(self.directions[i]) for i in directions]
        results = []
        for image in images:
            z, scores, attributions = method.attribute(self.clip, self.pixels[image], dictionary, chosen)
            if generator is not None:
                worst = method.check(self.clip, self.pixels[image], dictionary, chosen, generator)
                assert worst < 1e-8, (name, image, worst)
                self.worst = max(self.worst, worst)
            if dictionary.point == 'resid_post' and dictionary.layer == self.clip.blocks - 1:
                unread = [a[1:] if dictionary.tokens == 'all' else a for a in attributions]
                assert dictionary.tokens == 'cls' or all((a == 0).all() for a in unread)
            # Neurons are listed whole: which of them are exactly zero depends on rounding.
            listed = (z != 0).any(0) if dictionary.point == 'resid_post' else torch.ones(z.shape[1], dtype=bool)
            latents = listed.nonzero()[:, 0]
            result = {
                'image': image,
                'latents': packed(latents, 'int32'),
                'activations': packed(z.amax(0)[latents]),
            }
            if image in contributions:
                d = method.contributions(self.clip, self.pixels[image], dictionary)
                result['contributions'] = packed(d[latents])
            at = z.nonzero(as_tuple=True)
            if entries:
                first = ROWS[dictionary.tokens].start or 0
                result['entries'] = {
                    'tokens': packed(at[0] + first, 'int32'),
                    'latents': packed(at[1], 'int32'),
                    'activations': packed(z[at]),
                }
            result['results'] = [
                {
                    'direction': direction,
                    'similarity': y,
                    'total': a.sum().item(),
                    'attributions': packed(a.sum(0)[latents]),
                    **({'entryAttributions': packed(a[at])} if entries else {}),
                }
                for direction, y, a in zip(directions, scores, attributions)
            ]
            results.append(result)
        return {
            'dictionary': name,
            'layer': dictionary.layer,
            'tokens': dictionary.tokens,
            'size': z.shape[1],
            'images': results,
        }

    def residual(self, image):
        """The residual stream after every block."""
        stream = {}

        def keep(point, layer, value):
            if point == 'resid_post':
                stream[layer] = value
            return value

        self.clip.image(self.pixels[image], keep)
        return stream

    def facts(self, names, layers):
        """What does not depend on a dictionary. `layers[i]`: the blocks whose output is kept for image i."""
        vectors = [self.vector(direction) for direction in self.directions]
        return {
            'images': [
                {
                    'name': name,
                    'rgb': packed(rgb, 'uint8'),
                    'embedding': packed(embedding),
                    'residual': {str(layer): packed(self.residual(i)[layer]) for layer in layers[i]},
                }
                for i, (name, rgb, embedding) in enumerate(zip(names, self.rgb, self.embeddings))
            ],
            'texts': [
                {'text': text, 'ids': ids, 'embedding': packed(embedding)}
                for text, (ids, embedding) in self.texts.items()
            ],
            'directions': [
                {'direction': direction, 'vector': packed(vector)}
                for direction, vector in zip(self.directions, vectors)
            ],
        }


def prompt(text):
    return {'kind': 'prompt', 'text': text}


def prove():
    """This reference against the one made by transformers in float32, for the demo model: 1e-5, and for activations,
    which reach 34, 1e-5 of their size where that is above 1."""
    reference = json.loads((GOLDEN / 'demo-reference.json').read_text())
    names = list(reference['images'])
    world = World(DEMO_MODEL, [pixels.load_rgb(ROOT / DEMO / name, 64) for name in names])
    worst = dict.fromkeys(('pixels', 'texts', 'similarity', 'total', 'attribution', 'activation'), 0.0)

    def note(kind, ours, theirs):
        ours, theirs = np.asarray(ours), np.asarray(theirs)
        scale = np.maximum(1, np.abs(theirs)) if kind == 'activation' else 1
        worst[kind] = max(worst[kind], (np.abs(ours - theirs) / scale).max())

    for picture, facts in zip(world.pixels, reference['images'].values()):
        note('pixels', [picture.mean(), picture.std()], [facts['pixel_mean'], facts['pixel_std']])
        note('pixels', picture[0, 0, :8], facts['pixels_0_0_to_8'])
    for text, facts in reference['texts'].items():
        note('texts', world.text(text)[:8].detach(), facts['embedding'])
        assert world.texts[text][0] == facts['ids']
    for case in reference['cases']:
        name = case['dictionary']
        dictionary = open_dictionary(name if name.startswith('neurons:') else f'models/{name}')
        picture = world.pixels[names.index(case['image'])]
        direction = Direction(world.text(case['prompt']).detach())
        z, (y,), (a,) = method.attribute(world.clip, picture, dictionary, [direction])
        latents = [component['latent'] for component in case['components']]
        note('similarity', y, case['similarity'])
        note('total', a.sum(), case['total'])
        note('attribution', a.sum(0)[latents], [component['attribution'] for component in case['components']])
        note('activation', z.amax(0)[latents], [component['activation'] for component in case['components']])
    for kind, value in worst.items():
        print(f'against transformers, {kind}: {value:.1e}')
        assert value < 1e-5, (kind, value)


def report(world, golden):
    if world.worst:
        print(f'{golden["model"]}: autograd against central differences and contributions: {world.worst:.1e}')
    return golden


def demo_full(generator):
    names = ['images/wolf/wolf_00.jpg', 'images/hot_dog/hot_dog_01.jpg', 'images/mixed/mixed_03.jpg']
    texts = ['a photo of a wolf', 'a camera', 'a dog', 'a hot dog on a red background', 'a drake']
    ensemble = {'kind': 'ensemble', 'name': 'wolf', 'texts': ['a photo of a wolf.', 'a drawing of a wolf']}
    directions = [
        *map(prompt, texts),
        ensemble,
        {'kind': 'versus', 'of': prompt(texts[0]), 'against': [prompt(texts[2])]},
        {'kind': 'versus', 'of': prompt(texts[0]), 'against': [prompt(text) for text in texts[1:]]},
        {'kind': 'versus', 'of': ensemble, 'against': [prompt(texts[2])]},
        {'kind': 'image', 'image': 0},
    ]
    everything, images = range(len(directions)), range(len(names))
    world = World(DEMO_MODEL, [pixels.load_rgb(ROOT / DEMO / name, 64) for name in names], directions)
    facts = world.facts([f'{DEMO}/{name}' for name in names], [[3], [], []])
    studies = [
        world.study('models/sae-cls', everything, images, contributions=[0], entries=True, generator=generator),
        world.study('models/sae-patches', everything, images),
        world.study('neurons:3', everything, images),
    ]
    studies += [
        world.study(f'neurons:{layer}', [0, 1, 6], [0], tokens)
        for layer in (0, 3, 4)
        for tokens in ('cls', 'patches', 'all')
        if (layer, tokens) != (3, 'all')
    ]
    return report(world, {'model': DEMO_MODEL, **facts, 'studies': studies})


def tiny_golden(name, generator):
    model = f'test/golden/models/{name}'
    size = tiny.MODELS[name]['vision']['image_size']
    noise = np.random.RandomState(tiny.MODELS[name]['seed'] + 100)
    images = [noise.randint(0, 256, (size, size, 3), dtype=np.uint8) for _ in range(2)]
    # The third holds the token id 2; the fourth is cut to the context.
    texts = ['a dog', 'a photo of a wolf in the snow', 'wolf ## dog', 'x' * 30]
    directions = [
        *map(prompt, texts),
        {'kind': 'versus', 'of': prompt(texts[0]), 'against': [prompt(texts[1]), prompt(texts[2])]},
        {'kind': 'image', 'image': 1},
        {'kind': 'probe', 'seed': 5},
    ]
    world = World(model, images, directions)
    everything, blocks = range(len(directions)), range(world.clip.blocks)
    facts = world.facts(['noise-0', 'noise-1'], [blocks, blocks])
    assert 2 in world.texts[texts[2]][0] and len(world.texts[texts[3]][0]) == tiny.CONTEXT
    studies = [
        world.study(f'test/golden/dictionaries/{own}', everything, [0, 1], 'all', [0, 1], True, generator)
        for own, spec in tiny.DICTIONARIES.items()
        if spec['config']['model'] == name
    ]
    studies += [
        world.study(f'neurons:{layer}', everything, [0], tokens, generator=generator)
        for layer in blocks
        for tokens in ('cls', 'patches', 'all')
    ]
    return report(world, {'model': model, **facts, 'studies': studies})


def goldens(generator):
    yield 'demo-full', demo_full(generator)
    for name in tiny.MODELS:
        yield name, tiny_golden(name, generator)


def write():
    torch.set_default_dtype(torch.float64)
    for name in tiny.MODELS:
        tiny.write_model(GOLDEN / 'models' / name, name, ROOT / DEMO_MODEL)
    for name in tiny.DICTIONARIES:
        tiny.write_dictionary(GOLDEN / 'dictionaries' / name, name)
    prove()
    for name, golden in goldens(np.random.RandomState(1)):
        text = json.dumps(golden, indent=1) + '\n'
        (GOLDEN / f'{name}.json').write_text(text)
        print(f'{name}.json: {len(text) / 1000:.0f} kB')


EXACT = {'model', 'name', 'text', 'dictionary', 'kind', 'rgb', 'latents', 'tokens', 'texts'}


def differences(old, new, key=''):
    """Yields (kind of number, |difference|, |value|) over two goldens of one shape."""
    if isinstance(old, dict):
        assert old.keys() == new.keys()
        for part in old:
            yield from differences(old[part], new[part], key if key == 'residual' else part)
    elif isinstance(old, list):
        assert len(old) == len(new)
        for a, b in zip(old, new):
            yield from differences(a, b, key)
    elif isinstance(old, float):
        yield key, abs(old - new), abs(old)
    elif isinstance(old, str) and key not in EXACT:
        a, b = (np.frombuffer(base64.b64decode(text), '<f4').astype(float) for text in (old, new))
        yield key, np.abs(a - b).max(), np.abs(a).max()
    else:
        assert old == new, (key, old, new)


def compare():
    torch.set_default_dtype(torch.float32)
    for name, golden in goldens(None):
        kinds = {}
        old = json.loads((GOLDEN / f'{name}.json').read_text())
        for kind, difference, size in differences(old, json.loads(json.dumps(golden))):
            worst, largest = kinds.get(kind, (0.0, 0.0))
            kinds[kind] = (max(worst, difference), max(largest, size))
        for kind, (worst, largest) in kinds.items():
            print(f'{name} {kind}: off by {worst:.1e} where the largest is {largest:.1e}')


if __name__ == '__main__':
    torch.set_num_threads(1)
    {'write': write, 'compare': compare}[sys.argv[1]]()
