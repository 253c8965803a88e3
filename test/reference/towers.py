"""Models as faithfulness.py asks them: the image tower with one value replaced on its way, its last step alone, and
the text tower from the embeddings of its tokens. All in float64.

A change is a function of the value at a point: [tokens, width], CLS first where the model has one.
  resid_post  after a block                     mlp_out  what a block's MLP adds
  neurons     what its second weight is given   heads    what its out projection is given
  embedding   e [1, E]                          patches  what the convolution gives, before positions [patches, width]
"""
import json
import sys
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / 'tools/golden'), str(ROOT / 'test/reference/clip')]

import pixels as preparation  # noqa: E402
from clip import ACTIVATIONS, Clip, unhooked  # noqa: E402
from tokenizer import Tokenizer  # noqa: E402


def unit(vector):
    return vector / vector.norm(dim=-1, keepdim=True)


def tokens_of(text, ids, before, after):
    whole = ids(text)
    words = [ids(word)[before : len(ids(word)) - after] for word in text.split(' ')]
    assert whole[before : len(whole) - after] == [id for word in words for id in word]
    return len(whole), [len(word) for word in words]


class Plain(Clip):
    """The plain CLIP of tools/golden, with more points."""

    has_cls, frame = True, (1, 1)

    def __init__(self, folder):
        super().__init__(ROOT / folder)
        self.vision = self.config['vision_config']
        self.size = self.vision['image_size']
        self.tokenizer = Tokenizer(ROOT / folder)

    def prepared(self, rgb):
        return preparation.normalise(rgb, self.folder)

    def block(self, tower, config, layer, x, mask, hook=unhooked):
        name, tokens = f'{tower}.encoder.layers.{layer}', len(x)
        heads = config['num_attention_heads']
        normed = self.norm(f'{name}.layer_norm1', config, x)
        q, k, v = (
            self.linear(f'{name}.self_attn.{part}_proj', normed).unflatten(-1, (heads, -1)).movedim(-2, -3)
            for part in 'qkv'
        )
        weights = (q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5 + mask).softmax(-1)
        joined = hook('heads', layer, (weights @ v).movedim(-3, -2).reshape(tokens, -1))
        x = x + self.linear(f'{name}.self_attn.out_proj', joined)
        hidden = self.linear(f'{name}.mlp.fc1', self.norm(f'{name}.layer_norm2', config, x))
        neurons = hook('neurons', layer, ACTIVATIONS[config['hidden_act']](hidden))
        out = hook('mlp_out', layer, self.linear(f'{name}.mlp.fc2', neurons))
        return hook('resid_post', layer, x + out)

    def last(self, token):
        return self.linear('visual_projection', self.norm('vision_model.post_layernorm', self.vision, token))

    def image(self, pixels, hook=unhooked):
        kernel = self.weights['vision_model.embeddings.patch_embedding.weight']
        patches = F.conv2d(pixels[None], kernel, stride=self.vision['patch_size'])[0].flatten(1).T
        patches = hook('patches', None, patches)
        cls = self.weights['vision_model.embeddings.class_embedding'].reshape(1, -1)
        x = torch.cat([cls, patches]) + self.weights['vision_model.embeddings.position_embedding.weight']
        x = self.norm('vision_model.pre_layrnorm', self.vision, x)
        for layer in range(self.blocks):
            x = self.block('vision_model', self.vision, layer, x, 0.0, hook)
        return hook('embedding', None, self.last(x[0])[None])[0]

    def embedding(self, pixels, changes):
        """e with changes made, {(point, layer): change}."""
        return self.image(pixels, lambda point, layer, value: changes.get((point, layer), lambda same: same)(value))

    def embeddings(self, pixels, place, change, codes):
        """One embedding per codes [n, …], what `change(value, codes)` is given."""
        one = torch.vmap(lambda z: self.embedding(pixels, {place: lambda value: change(value, z)}))
        with torch.no_grad():
            return torch.cat([one(some) for some in codes.split(64)])

    def neurons(self, layer):
        return self.weights[f'vision_model.encoder.layers.{layer}.mlp.fc2.weight'].T

    def heads(self, layer):
        return self.weights[f'vision_model.encoder.layers.{layer}.self_attn.out_proj.weight'].T

    head_count = property(lambda self: self.vision['num_attention_heads'])

    def ids(self, text):
        found = self.tokenizer(text)
        assert len(found) <= self.config['text_config']['max_position_embeddings']
        return found

    def tokens(self, text):
        """How many of the tokens are no padding, and how many each word is."""
        return tokens_of(text, self.ids, *self.frame)

    def text(self, text, change=lambda tokens: tokens):
        """Raw embedding; `change` is given the embeddings of the tokens, before positions."""
        config, ids = self.config['text_config'], torch.tensor(self.ids(text))
        x = change(self.weights['text_model.embeddings.token_embedding.weight'][ids])
        x = x + self.weights['text_model.embeddings.position_embedding.weight'][: len(ids)]
        mask = torch.full((len(ids), len(ids)), -torch.inf).triu(1)
        for layer in range(config['num_hidden_layers']):
            x = self.block('text_model', config, layer, x, mask)
        eos = config['eos_token_id']
        at = ids.argmax() if eos == 2 else (ids == eos).int().argmax()
        return self.linear('text_projection', self.norm('text_model.final_layer_norm', config, x)[at])


class Library:
    """A checkpoint of test/golden/checkpoints in its own library's modules, changed by hooks on them."""

    def __init__(self, name):
        golden = json.loads((ROOT / f'test/golden/checkpoints/{name}.json').read_text())
        self.folder = ROOT / 'test/golden/checkpoints' / golden['path']
        self.size, self.ids_of = golden['imageSize'], {each['text']: each['ids'] for each in golden['texts']}
        {'huggingface-siglip': self.read_siglip, 'open_clip': self.read_open_clip}[golden['format']]()
        self.check(golden)

    def read_siglip(self):
        from measure import transformers_view
        from transformers import AutoImageProcessor, AutoTokenizer, SiglipModel

        # Attention in steps, for second derivatives.
        model = SiglipModel.from_pretrained(self.folder, dtype=torch.float64, attn_implementation='eager').eval()
        images, tokenizer = AutoImageProcessor.from_pretrained(self.folder), AutoTokenizer.from_pretrained(self.folder)
        self.view, vision = transformers_view(model), model.vision_model
        self.prepare = lambda picture: images(picture, return_tensors='pt').pixel_values[0]
        self.convolution = vision.embeddings.patch_embedding
        self.table = model.text_model.embeddings.token_embedding
        context = model.config.text_config.max_position_embeddings
        self.tokenize = lambda text: tokenizer(
            text, padding='max_length', truncation=True, max_length=context, return_tensors='pt'
        ).input_ids
        self.own_ids = lambda text: tokenizer(text, truncation=True, max_length=context).input_ids
        self.frame = (0, 1)
        self.last = lambda token: vision.head(vision.post_layernorm(token[None, None]))[0]
        for parameter in model.parameters():
            parameter.requires_grad_(False)

    def read_open_clip(self):
        import open_clip
        from checkpoints import clip_ids
        from measure import open_clip_view

        model, _, prepare = open_clip.create_model_and_transforms(
            f'local-dir:{self.folder}', require_pretrained=True, weights_only=True
        )
        model = model.eval().double()
        self.view, visual = open_clip_view(model), model.visual
        self.prepare, self.convolution, self.table = prepare, visual.conv1, model.text.token_embedding
        config = json.loads((self.folder / 'open_clip_config.json').read_text())['model_cfg']['text_cfg']
        self.tokenize = lambda text: clip_ids(self.folder, config['context_length'])([text])
        # Filled up with zeros, as which the separator that ends a text is read, too, where it is stripped.
        stripped = [0] if 'hf_tokenizer_name' in config else []
        self.own_ids = lambda text: [id for id in self.tokenize(text)[0].tolist() if id != 0] + stripped
        self.frame = (1, 1)
        if 'hf_tokenizer_name' in config:
            read = open_clip.get_tokenizer(f'local-dir:{self.folder}')
            self.tokenize = lambda text: read([text])

        def last(token):
            # A class token that is not looked at stands before the only patch.
            pooled, _ = visual._pool(torch.stack([torch.zeros_like(token), token])[None])
            return (pooled @ visual.proj)[0]

        self.last = last
        for parameter in model.parameters():
            parameter.requires_grad_(False)

    def check(self, golden):
        """What is read is what the golden file was made with."""
        for each in golden['texts']:
            assert self.tokenize(each['text'])[0].tolist() == each['ids']

    @property
    def has_cls(self):
        return self.view.has_cls

    @property
    def head_count(self):
        return self.view.blocks[0].heads

    def prepared(self, rgb):
        from PIL import Image

        return self.prepare(Image.fromarray(rgb)).double()

    def neurons(self, layer):
        block = self.view.blocks[layer]
        return (block.fc2.weight.T * block.scale2).detach()

    def heads(self, layer):
        block = self.view.blocks[layer]
        return (block.out_weight.T * block.scale1).detach()

    def embedding(self, pixels, changes):
        handles = [self.hooked(*place, change) for place, change in changes.items()]
        try:
            return self.view.image(pixels[None])
        finally:
            for handle in handles:
                handle.remove()

    def hooked(self, point, layer, change):
        """`change` put in at a point of the modules."""
        if point == 'patches':
            def convolved(_module, _args, out):
                patches = change(out[0].flatten(1).T)
                return patches.T.reshape(out.shape)

            return self.convolution.register_forward_hook(convolved)
        block = self.view.blocks[layer]

        def before(_module, args):
            return (change(args[0][0])[None], *args[1:])

        def after(_module, _args, out):
            return (change(out[0][0])[None], *out[1:]) if isinstance(out, tuple) else change(out[0])[None]

        match point:
            case 'neurons':
                return block.fc2.register_forward_pre_hook(before)
            case 'heads' if block.out_called is not None:
                return block.out_called.register_forward_pre_hook(before)
            case 'heads':
                return block.attention.register_forward_hook(self.joined(change), with_kwargs=True)
            case 'resid_post':
                return block.module.register_forward_hook(after)
        raise ValueError(point)

    def joined(self, change):
        from measure import heads_of

        def after(module, args, kwargs, out):
            heads = heads_of(module, args[0] if args else kwargs['query'], False)
            changed = F.linear(change(heads[0])[None], module.out_proj.weight, module.out_proj.bias)
            return (changed, *out[1:])

        return after

    def embeddings(self, pixels, place, change, codes):
        with torch.no_grad():
            return torch.stack([
                self.embedding(pixels, {place: lambda value, z=z: change(value, z)}) for z in codes
            ])

    def tokens(self, text):
        return tokens_of(text, lambda some: [int(id) for id in self.own_ids(some)], *self.frame)

    def text(self, text, change=lambda tokens: tokens):
        handle = self.table.register_forward_hook(lambda _module, _args, out: change(out[0])[None])
        try:
            return self.view.text(self.tokenize(text))[0]
        finally:
            handle.remove()


def noise(size, seed):
    return np.random.RandomState(seed).randint(0, 256, (size, size, 3), dtype=np.uint8)
