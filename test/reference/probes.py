"""Linear probes as torch, numpy and scikit-learn save them, and what they make of embeddings. Nothing here shares code
with the engine. Run it from the repository's root (PyTorch 2.13, safetensors, numpy 2, scikit-learn 1.9):

    python test/reference/probes.py    # writes test/golden/probes and test/golden/probes.json; a few seconds
"""
import base64
import json
import shutil
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from sklearn.linear_model import LogisticRegression

folder = Path('test/golden/probes')
shutil.rmtree(folder, ignore_errors=True)
(folder / 'named').mkdir(parents=True)
draw = np.random.default_rng(3)
torch.manual_seed(3)
WIDTH = 5
embeddings = draw.normal(size=(6, WIDTH))
names = ['zebra', 'barber pole', 'crosswalk']


def packed(array):
    return base64.b64encode(np.asarray(array, '<f8').tobytes()).decode()


files = {}


def expect(file, scores, classes, input, difference=False):
    """`scores` [embeddings, classes], or [embeddings] of the second class less the first."""
    files[file] = {'scores': packed(scores), 'classes': classes, 'input': input, 'difference': difference}


numbered = [f'class {k}' for k in range(3)]

layer = torch.nn.Linear(WIDTH, 3)
forward = layer(torch.tensor(embeddings, dtype=torch.float32)).detach().double().numpy()
save_file(layer.state_dict(), folder / 'linear.safetensors')
expect('linear.safetensors', forward, numbered, 'normalised')

head = torch.nn.Sequential()
head.add_module('classifier', torch.nn.Linear(WIDTH, 3).double())
save_file(head.state_dict(), folder / 'prefixed.safetensors',
          metadata={'classes': json.dumps(names), 'input': 'raw', 'name': 'three'})
expect('prefixed.safetensors', head(torch.tensor(embeddings)).detach().numpy(), names, 'raw')

for kind in (torch.float16, torch.bfloat16):
    weight = layer.weight.detach().to(kind)
    file = f'{str(kind).split(".")[1]}.safetensors'
    save_file({'fc.weight': weight}, folder / file, metadata={'id2label': json.dumps(dict(enumerate(names)))})
    expect(file, embeddings @ weight.double().numpy().T, names, 'normalised')

save_file(layer.state_dict(), folder / 'named' / 'linear.safetensors')
(folder / 'named' / 'classes.txt').write_text('\n'.join(names) + '\n')
expect('named/linear.safetensors', forward, names, 'normalised')

labels = np.array(names)[draw.integers(0, 3, 60)]
x = draw.normal(size=(60, WIDTH))
fitted = LogisticRegression().fit(x, labels)
np.savez(folder / 'sklearn.npz', coef_=fitted.coef_, intercept_=fitted.intercept_, classes_=fitted.classes_)
expect('sklearn.npz', fitted.decision_function(embeddings), sorted(names), 'normalised')

two = LogisticRegression().fit(x, labels == 'zebra')
np.savez(folder / 'binary.npz', coef_=two.coef_, intercept_=two.intercept_, classes_=np.array(['no', 'yes']))
expect('binary.npz', two.decision_function(embeddings), ['no', 'yes'], 'normalised', difference=True)

w, b = draw.normal(size=(WIDTH, 3)), draw.normal(size=3)
np.savez_compressed(folder / 'columns.npz', W=np.asfortranarray(w), b=b.astype(np.float32), classes=np.array([4, 0, 7]),
                    input=np.array('raw'))
expect('columns.npz', embeddings @ w + b.astype(np.float32), ['class 4', 'class 0', 'class 7'], 'raw')

np.savez(folder / 'halves.npz', W=w.T.astype('>f2'), b=b.astype('>f8'), labels=np.array(names, dtype='>U20'))
expect('halves.npz', embeddings @ w.astype(np.float16).astype(float) + b, names, 'normalised')

(folder / 'arrays.json').write_text(json.dumps({'classes': names, 'weight': w.T.tolist(), 'bias': b.tolist()}))
expect('arrays.json', embeddings @ w + b, names, 'normalised')
(folder / 'own.json').write_text(json.dumps({'name': 'own', 'input': 'raw', 'classes': [
    {'name': name, 'weights': w[:, k].tolist(), 'bias': b[k]} for k, name in enumerate(names)], 'made': 'by hand'}))
expect('own.json', embeddings @ w + b, names, 'raw')

# Written otherwise than they can be read.
np.savez(folder / 'pickled.npz', coef_=fitted.coef_, intercept_=fitted.intercept_,
         classes_=np.array(names, dtype=object))
np.savez(folder / 'scaled.npz', coef_=fitted.coef_, intercept_=fitted.intercept_, mean_=x.mean(0))
np.savez(folder / 'square.npz', W=draw.normal(size=(3, 3)), b=b)
torch.save(layer.state_dict(), folder / 'torch.pt')
save_file(torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Linear(4, 2)).state_dict(), folder / 'mlp.safetensors')


def uniform(seed):
    """Mulberry32 (Tommy Ettinger, public domain)."""
    state, keep = seed, 0xffffffff
    while True:
        state = (state + 0x6d2b79f5) & keep
        t = ((state ^ (state >> 15)) * (state | 1)) & keep
        t ^= (t + (((t ^ (t >> 7)) * (t | 61)) & keep)) & keep
        yield ((t ^ (t >> 14)) & keep) / 2**32


def split(classes, held_out, seed):
    """Of each class the first ones after Fisher and Yates's shuffle are held out."""
    random = uniform(seed)
    held = []
    for k in range(classes.max() + 1):
        own = np.flatnonzero(classes == k)
        for i in range(len(own) - 1, 0, -1):
            j = int(next(random) * (i + 1))
            own[[i, j]] = own[[j, i]]
        held += own[:min(len(own) - 2, max(1, int(held_out * len(own) + 0.5)))].tolist()
    return np.setdiff1d(np.arange(len(classes)), held), np.sort(held)


def fit(counts, apart, held_out, cs, seed):
    classes = draw.permutation(np.repeat(np.arange(len(counts)), counts))
    centres = apart * draw.normal(size=(len(counts), 8))
    raw = ((centres[classes] + draw.normal(size=(len(classes), 8)) + 2) * 7).astype(np.float32)
    unit = raw.astype(float) / np.linalg.norm(raw.astype(float), axis=1, keepdims=True)
    known, held = split(classes, held_out, seed)
    best = None
    for c in cs:
        model = LogisticRegression(C=2 * c if len(counts) == 2 else c, solver='newton-cg', tol=1e-11, max_iter=100000)
        model.fit(unit[known], classes[known])
        accuracy = model.score(unit[held], classes[held])
        if best is None or accuracy > best[0]:
            best = accuracy, c, model, model.score(unit[known], classes[known])
    accuracy, c, model, on_known = best
    weights, biases = model.coef_, model.intercept_
    if len(counts) == 2:
        weights, biases = np.stack([-weights[0], weights[0]]) / 2, np.array([-biases[0], biases[0]]) / 2
    return {'embeddings': base64.b64encode(raw.tobytes()).decode(), 'width': 8, 'classes': classes.tolist(),
            'heldOut': held_out, 'tried': cs, 'seed': seed, 'c': c, 'fitted': len(known), 'held': len(held),
            'accuracy': {'fitted': on_known, 'heldOut': accuracy},
            'weights': packed(weights), 'biases': packed(biases - biases.mean())}


fits = [fit([30, 12, 20, 25], 0.5, 0.3, [0.1, 1.0, 10.0, 100.0], 5), fit([20, 15], 0.3, 0.25, [2.0], 1)]
Path('test/golden/probes.json').write_text(json.dumps(
    {'embeddings': packed(embeddings), 'width': WIDTH, 'files': files, 'fits': fits}, separators=(',', ':')) + '\n')
