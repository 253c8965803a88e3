"""What components mean in the demo's library, from the pictures and weights up, in float64. Run it from the
repository's root (PyTorch, numpy 2, scipy 1, Pillow):

    python test/reference/library.py       # writes test/golden/library.json

The models are those of tools/golden (plain PyTorch), the formulas those of semantics.py beside this file. What hangs on
a difference that float32 does not resolve is marked as unsure, and no component is listed for which it matters.
"""
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tools/golden'))
import pixels  # noqa: E402
from clip import Clip  # noqa: E402
from dictionary import ROWS, SparseAutoencoder  # noqa: E402
from semantics import BINS, FEWEST, NEAREST, SAMPLES, clarity, cosine, packed, polysemanticity  # noqa: E402
from tokenizer import Tokenizer  # noqa: E402

MODEL, JUDGE, IMAGES = 'emoji-clip', 'emoji-judge', 'examples/demo/images'
STUDIES = (('sae-cls', JUDGE, 20), ('sae-patches', JUDGE, 20), ('sae-cls', None, 6))
PROMPTS = ('a photo of a wolf', 'a photo of snow', 'a photo of a fire engine')
THINGS = ('snow', 'grass', 'water', 'sky', 'a red thing', 'a green thing', 'food', 'an animal', 'a tool', 'a text')
LABELS, LARGEST, CLASSES = 5, 10, 3
# What float32 does not resolve: of numbers in order as a share of the first, of activations (up to 25) as they are.
CLEAR, CLOSE = 1e-5, 5e-5


class Autoencoder(SparseAutoencoder):
    """Without the assertions, noting the latents whose activity rounding may decide."""

    def __init__(self, folder):
        super().__init__(folder)
        self.unsure = set()

    def encode(self, x):
        w, k = self.weights, self.config['k']
        h = (x - w['b_dec']) @ w['W_enc'] + w['b_enc']
        values, latents = h.topk(k + 1, -1)
        for row in (values[:, k - 1] - values[:, k] < CLOSE).nonzero()[:, 0]:
            self.unsure |= set((h[row] - values[row, k]).abs().lt(CLOSE).nonzero()[:, 0].tolist())
        h = torch.zeros_like(h).scatter(-1, latents[:, :k], values[:, :k])
        self.unsure |= set(((h != 0) & (h.abs() < CLOSE)).any(0).nonzero()[:, 0].tolist())
        return h.relu()


def observe(clip, picture, dictionary, directions):
    """z [t, K], raw embedding e, and per direction A [K] = sum over tokens of z·dy/dz with the error held constant."""
    leaf = None

    def hook(point, layer, value):
        nonlocal leaf
        if (point, layer) != ('resid_post', dictionary.layer):
            return value
        part = value[ROWS[dictionary.tokens]]
        z = dictionary.encode(part).detach()
        error = (part - dictionary.decode(z)).detach()
        leaf = z.clone().requires_grad_()
        out = value.clone()
        out[ROWS[dictionary.tokens]] = dictionary.decode(leaf) + error
        return out

    e = clip.image(picture, hook)
    v = e / e.norm()
    attributions = []
    for u in directions:
        gradient, = torch.autograd.grad(u @ v, leaf, retain_graph=True)
        attributions.append((leaf * gradient).sum(0).detach().numpy())
    return leaf.detach().numpy(), e.detach().numpy(), attributions


def texts_of(name, texts):
    clip, tokenizer = Clip(ROOT / 'models' / name), Tokenizer(ROOT / 'models' / name)
    with torch.no_grad():
        return [vector / vector.norm() for vector in (clip.text(tokenizer(text)) for text in texts)]


def region(token, size, width, height):
    """Of a patch (8 pixels of 64, eight in a row, CLS before them), in pixels of the original."""
    row, column = divmod(token - 1, 8)
    short = min(width, height)
    wide, high = int(size * width / short), int(size * height / short)
    left, top = (wide - size) // 2 + 8 * column, (high - size) // 2 + 8 * row
    return [left * width / wide, top * height / high, 8 * width / wide, 8 * height / high]


def apart(values):
    """Whether the first numbers of a falling list are in a sure order."""
    values = np.asarray(values)
    return len(values) < 2 or bool((-np.diff(values) > CLEAR * abs(values[0])).all())


def ranked(values, candidates):
    return sorted(candidates, key=lambda i: -values[i])


class Study:
    def __init__(self, name, judge, paths, words):
        self.dictionary = Autoencoder(ROOT / 'models' / name)
        clip = Clip(ROOT / 'models' / MODEL)
        judging = None if judge is None else Clip(ROOT / 'models' / judge)
        prompts = texts_of(MODEL, PROMPTS)
        size = clip.config['vision_config']['image_size']
        first = 1 if self.dictionary.tokens == 'patches' else 0
        peak, mean, token, judged, attributions, sizes, tied = [], [], [], [], [], [], []
        for path in paths:
            picture = pixels.normalise(pixels.load_rgb(path, size), ROOT / 'models' / MODEL)
            z, e, a = observe(clip, picture, self.dictionary, prompts)
            peak.append(z.max(0))
            mean.append(z.mean(0))
            token.append(z.argmax(0) + first)
            best = np.sort(z, 0)[-2:]
            tied.append((len(z) > 1) & (best[-1] > 0) & (best[-1] - best[0] < CLOSE))
            attributions.append(a)
            sizes.append(Image.open(path).size)
            if judging is not None:
                with torch.no_grad():
                    e = judging.image(picture).numpy()
            judged.append(e)
        self.z, self.mean, self.token = np.stack(peak), np.stack(mean), np.stack(token)
        self.tied = np.stack(tied).any(0)
        self.judged, self.sizes, self.size = np.stack(judged), sizes, size
        self.attributions = np.stack(attributions)  # [images, prompts, components]
        *self.words, self.empty = (vector.numpy() for vector in texts_of(judge or MODEL, [*words, '']))
        self.prompts = [vector.numpy() for vector in texts_of(judge or MODEL, PROMPTS)]
        self.vocabulary = words
        self.classes = sorted({path.parent.name for path in paths})
        self.own = {name: [i for i, path in enumerate(paths) if path.parent.name == name] for name in self.classes}
        self.fired = (self.z > 0).sum(0)
        self.named = [j for j in range(self.z.shape[1]) if self.fired[j] >= FEWEST]
        self.samples = {j: ranked(self.z[:, j], np.flatnonzero(self.z[:, j] > 0)) for j in range(self.z.shape[1])}
        self.theta = {j: self.judged[self.samples[j][:SAMPLES]].mean(0) for j in self.named}
        self.alike = np.stack([self.theta[j] / np.linalg.norm(self.theta[j]) for j in self.named])
        self.together = np.maximum(self.z, 0)
        self.together = self.together / np.maximum(np.linalg.norm(self.together, axis=0), 1e-300)

    def sure(self, j):
        """Nothing that is listed of the component hangs on rounding."""
        if j in self.dictionary.unsure or self.tied[j]:
            return False
        active = self.z[self.z[:, j] > 0, j]
        edges = np.linspace(0, active.max(), BINS + 1)[:-1]
        on_edge = (np.abs(active[:, None] - edges) < CLOSE).any()
        values = [self.z[self.samples[j][: SAMPLES + 1], j]]
        values.append(np.sort(self.mean[self.samples[j], j])[::-1][: SAMPLES + 1])
        values.append([label for _, label in self.labels(j)])
        values.append([near['cosine'] for near in self.near_meaning(j, NEAREST + 1)])
        values.append([near['cosine'] for near in self.near_activation(j, NEAREST + 1)])
        return not on_edge and all(map(apart, values)) and self.sure_neighbours(j)

    def sure_neighbours(self, j):
        near = [*self.near_meaning(j, NEAREST), *self.near_activation(j, NEAREST)]
        return not any(one['component'] in self.dictionary.unsure for one in near)

    def alignment(self, j, text):
        return cosine(self.theta[j], text) - cosine(self.theta[j], self.empty)

    def labels(self, j):
        if j not in self.theta:
            return []
        found = [(text, self.alignment(j, word)) for text, word in zip(self.vocabulary, self.words)]
        return sorted(found, key=lambda one: -one[1])[:LABELS]

    def near_meaning(self, j, count):
        if j not in self.theta:
            return []
        row = self.named.index(j)
        cosines = self.alike @ self.alike[row]
        best = [i for i in np.argsort(-cosines) if i != row][:count]
        return [{'component': self.named[i], 'cosine': float(cosines[i])} for i in best]

    def near_activation(self, j, count):
        cosines = self.together.T @ self.together[:, j]
        best = [i for i in np.argsort(-cosines, kind='stable') if i != j and cosines[i] > 0][:count]
        return [{'component': int(i), 'cosine': float(cosines[i])} for i in best]

    def component(self, j):
        z, samples = self.z[:, j], self.samples[j]
        counts, edges = np.histogram(z[z > 0], BINS, (0, z.max()))
        unit = self.judged[samples[:SAMPLES]]
        unit = unit / np.linalg.norm(unit, axis=1, keepdims=True)
        where = None
        if self.dictionary.tokens == 'patches':
            where = np.bincount(self.token[samples, j] - 1, minlength=64).tolist()
        relevance = self.attributions[:, 0, j]
        found = {
            'component': int(j), 'n': min(SAMPLES, len(samples)), 'fired': len(samples),
            'firingRate': len(samples) / len(z), 'maxActivation': float(z.max()),
            'histogram': {'edges': edges.tolist(), 'counts': counts.tolist()}, 'where': where,
            'samples': [{'image': int(i), 'activation': float(z[i]), 'mean': float(self.mean[i, j]),
                         'token': int(self.token[i, j]),
                         'region': region(self.token[i, j], self.size, *self.sizes[i]) if where else None}
                        for i in samples[:SAMPLES]],
            'byMean': [int(i) for i in ranked(self.mean[:, j], samples)[:SAMPLES]],
            'byRelevance': [{'image': int(i), 'relevance': float(relevance[i])}
                            for i in ranked(relevance, samples)[:SAMPLES]],
            'labels': [{'text': text, 'alignment': alignment} for text, alignment in self.labels(j)],
            'clarity': clarity(unit) if len(samples) > 1 else None,
            'polysemanticity': None,
            'inMeaning': self.near_meaning(j, NEAREST), 'inActivation': self.near_activation(j, NEAREST),
            'reliance': [self.reliance(j, p) for p in range(len(PROMPTS))],
        }
        if len(samples) >= FEWEST:
            split = polysemanticity(unit)
            groups = [[i for i, c in enumerate(split['clusters']) if c == side] for side in (0, 1)]
            found['polysemanticity'] = {'score': split['score'], 'separation': split['separation'], 'groups': groups}
        return found

    def reliance(self, j, p):
        a = self.attributions[:, p, j]
        means = {name: float(a[own].mean()) for name, own in self.own.items()}
        classes = [{'name': name, 'mean': mean} for name, mean in means.items() if mean != 0]
        classes.sort(key=lambda one: -abs(one['mean']))
        return {'alignment': self.alignment(j, self.prompts[p]) if j in self.theta else None,
                'mean': float(a.mean()), 'classes': classes[:CLASSES]}

    def mean_attribution(self, name):
        means = self.attributions[self.own[name]].mean(0)
        best = [np.argsort(-np.abs(row))[:LARGEST] for row in means]
        return {'name': name, 'images': len(self.own[name]),
                'directions': [{'components': rows.tolist(), 'means': row[rows].tolist()}
                               for row, rows in zip(means, best)]}

    def written(self, name, judge, most):
        few = [j for j in range(len(self.fired)) if 0 < self.fired[j] < FEWEST and self.sure(j)][:2]
        sure = [j for j in self.named if self.sure(j)]
        chosen = few + [sure[i] for i in sorted({int(i) for i in np.linspace(0, len(sure) - 1, most)})]
        unsure = np.zeros(len(self.fired), np.uint8)
        unsure[sorted(self.dictionary.unsure)] = 1
        first = self.vocabulary.index('snow')
        return {
            'dictionary': name, 'judge': judge,
            'fired': packed(self.fired.astype(np.int32)), 'unsure': packed(unsure),
            'named': self.named,
            'alignments': packed(np.array([self.alignment(j, self.words[first]) for j in self.named], np.float32)),
            'components': [self.component(j) for j in chosen],
            'classes': [self.mean_attribution(name) for name in self.classes[::10]],
        }


def main():
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    paths = sorted(Path(IMAGES).glob('*/*.jpg'))
    words = sorted({path.parent.name.replace('_', ' ') for path in paths}) + list(THINGS)
    studies = []
    for name, judge, most in STUDIES:
        study = Study(name, judge, paths, words)
        studies.append(study.written(name, judge, most))
        print(name, judge, 'named', len(study.named), 'unsure', len(study.dictionary.unsure),
              'sure', sum(study.sure(j) for j in study.named), [c['component'] for c in studies[-1]['components']])
    written = {
        'images': [str(path) for path in paths],
        'sha256': [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths],
        'words': words, 'prompts': PROMPTS, 'studies': studies,
    }
    Path('test/golden/library.json').write_text(json.dumps(written, separators=(',', ':')) + '\n')


if __name__ == '__main__':
    main()
