"""What the library's own modules compute, and by autograd what their components contribute.

A_j = z_j · ⟨W_dec[j], ∂y/∂x⟩ summed over tokens, y the cosine of image and text:
  neurons  z: what goes into the second MLP weight; W_dec: its columns (times LayerScale); x: the block's output
  heads    z: the heads' outputs, concatenated; W_dec: columns of out_proj (times LayerScale), summed over a head's
           dimensions; x: the stream between attention and MLP
Both are checked against ∂y/∂z by autograd (in a second pass that goes through z itself) and central differences.
"""
from dataclasses import dataclass
from typing import Callable

import torch
from torch import nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Block:
    module: nn.Module
    fc2: nn.Linear
    #: What its input is: the stream between attention and MLP.
    norm2: nn.Module
    attention: nn.Module
    #: Called as a module of its own; None for nn.MultiheadAttention, which reads its weight only.
    out_called: nn.Linear | None
    out_weight: torch.Tensor
    heads: int
    scale1: torch.Tensor | float = 1.0
    scale2: torch.Tensor | float = 1.0


@dataclass(frozen=True)
class View:
    """A model as what is measured needs it."""

    blocks: list[Block]
    #: Pixels [1, 3, S, S] to the raw embedding [E].
    image: Callable
    #: Ids [n, T] to raw embeddings [n, E].
    text: Callable
    has_cls: bool
    scale: float
    bias: float | None
    #: The library's own logits of pixels [n, 3, S, S] and ids [m, T]: [n, m].
    logits: Callable
    #: Tokens before images in what blocks give.
    tokens_first: bool = False


def gamma(module):
    return getattr(module, 'gamma', 1.0)


def of_multihead(block, attention, fc2, norm2, ls1=None, ls2=None):
    return Block(
        block, fc2, norm2, attention, None, attention.out_proj.weight, attention.num_heads, gamma(ls1), gamma(ls2)
    )


def of_linear(block, attention, out, heads, fc2, norm2, ls1=None, ls2=None):
    return Block(block, fc2, norm2, attention, out, out.weight, heads, gamma(ls1), gamma(ls2))


def open_clip_view(model):
    visual = model.visual
    if hasattr(visual, 'trunk'):
        trunk = visual.trunk
        blocks = [
            of_linear(b, b.attn, b.attn.proj, b.attn.num_heads, b.mlp.fc2, b.norm2, b.ls1, b.ls2)
            for b in trunk.blocks
        ]
        has_cls = trunk.cls_token is not None
    else:
        blocks = [
            of_multihead(b, b.attn, b.mlp.c_proj, b.ln_2, b.ls_1, b.ls_2) for b in visual.transformer.resblocks
        ]
        has_cls = True
    return View(
        blocks,
        lambda pixels: model.encode_image(pixels)[0],
        model.encode_text,
        has_cls,
        model.logit_scale.exp().item(),
        None if model.logit_bias is None else model.logit_bias.item(),
        lambda pixels, ids: model.get_logits(pixels, ids)[0],
    )


def openai_view(model):
    blocks = [of_multihead(b, b.attn, b.mlp.c_proj, b.ln_2) for b in model.visual.transformer.resblocks]
    return View(
        blocks,
        lambda pixels: model.encode_image(pixels)[0],
        model.encode_text,
        True,
        model.logit_scale.exp().item(),
        None,
        lambda pixels, ids: model(pixels, ids)[0],
        tokens_first=True,
    )


def transformers_view(model):
    layers = model.vision_model.encoder.layers
    blocks = [
        of_linear(b, b.self_attn, b.self_attn.out_proj, b.self_attn.num_heads, b.mlp.fc2, b.layer_norm2)
        for b in layers
    ]
    bias = getattr(model, 'logit_bias', None)
    return View(
        blocks,
        lambda pixels: model.get_image_features(pixel_values=pixels).pooler_output[0],
        lambda ids: model.get_text_features(input_ids=ids).pooler_output,
        hasattr(model.vision_model.embeddings, 'class_embedding'),
        model.logit_scale.exp().item(),
        None if bias is None else bias.item(),
        lambda pixels, ids: model(pixel_values=pixels, input_ids=ids).logits_per_image,
    )


def unit(vector):
    return vector / vector.norm(dim=-1, keepdim=True)


class Watch:
    """Runs the image tower once and keeps, of one block: z of its MLP, z of its heads, the two streams. `change`
    may replace z of the MLP or what attention gives."""

    def __init__(self, view: View, layer: int, pixels, change=None):
        self.view, self.block, self.change = view, view.blocks[layer], change or {}
        self.kept = {}
        block = self.block
        handles = [
            block.fc2.register_forward_pre_hook(self.before_fc2),
            block.norm2.register_forward_pre_hook(lambda _m, args: self.keep('middle', args[0])),
            block.module.register_forward_hook(lambda _m, _a, out: self.keep('output', out)),
            block.attention.register_forward_hook(self.after_attention, with_kwargs=True),
        ]
        if block.out_called is not None:
            handles.append(
                block.out_called.register_forward_pre_hook(lambda _m, args: self.keep('heads', args[0]))
            )
        try:
            self.embedding = view.image(pixels)
        finally:
            for handle in handles:
                handle.remove()

    def keep(self, name, value):
        value = value[0] if isinstance(value, tuple) else value
        assert name not in self.kept
        self.kept[name] = value

    def tokens(self, name):
        """[T, …] of the only image."""
        value = self.kept[name]
        return value[:, 0] if self.view.tokens_first else value[0]

    def before_fc2(self, _module, args):
        (z,) = args
        if 'neurons' in self.change:
            z = self.change['neurons'](z)
        self.keep('neurons', z)
        return (z,)

    def after_attention(self, module, args, kwargs, out):
        given = out[0] if isinstance(out, tuple) else out
        if self.block.out_called is None:
            query = args[0] if args else kwargs['query']
            joined = heads_of(module, query, self.view.tokens_first)
            again = F.linear(joined, module.out_proj.weight, module.out_proj.bias)
            limit = 1e-10 if given.dtype == torch.float64 else 1e-4
            assert (again - given).abs().max() < limit
            self.keep('heads', joined)
        if 'attention' in self.change:
            given = self.change['attention'](given)
        return (given, *out[1:]) if isinstance(out, tuple) else given


def heads_of(attention: nn.MultiheadAttention, x, tokens_first):
    """The heads' outputs, concatenated, by the module's own weights: [N, T, W] (or [T, N, W])."""
    if tokens_first:
        x = x.transpose(0, 1)
    images, tokens, width = x.shape
    parts = F.linear(x, attention.in_proj_weight, attention.in_proj_bias).chunk(3, dim=-1)
    q, k, v = (p.reshape(images, tokens, attention.num_heads, -1).transpose(1, 2) for p in parts)
    weights = (q @ k.transpose(-1, -2) / (width // attention.num_heads) ** 0.5).softmax(-1)
    joined = (weights @ v).transpose(1, 2).reshape(images, tokens, width)
    return joined.transpose(0, 1) if tokens_first else joined


def attribute(view: View, layer: int, pixels, texts):
    """z and A of the MLP's neurons [T, M], A of the heads [T, H], per text, and the cosines."""
    watch = Watch(view, layer, pixels)
    block = watch.block
    z, joined = watch.tokens('neurons'), watch.tokens('heads')
    cosines = [unit(watch.embedding) @ text for text in texts]
    neurons, heads = [], []
    for y in cosines:
        wanted = [watch.kept[name] for name in ('output', 'middle', 'neurons')]
        at_output, at_middle, at_z = torch.autograd.grad(y, wanted, retain_graph=True)
        take = (lambda v: v[:, 0]) if view.tokens_first else (lambda v: v[0])
        decoder = (block.fc2.weight.T * block.scale2).detach()
        a = z * (take(at_output) @ decoder.T)
        assert (a - z * take(at_z)).abs().max() < tolerance(z, 1e-12, 1e-5)
        neurons.append(a.detach())
        out = (block.out_weight.T * block.scale1).detach()
        each = joined * (take(at_middle) @ out.T)
        heads.append(each.reshape(len(each), block.heads, -1).sum(-1).detach())
    check_differences(view, layer, pixels, texts, neurons, heads, z.detach(), joined.detach())
    return z.detach(), [y.item() for y in cosines], neurons, heads, watch.embedding.detach()


def tolerance(like, double, single):
    return double if like.dtype == torch.float64 else single


def check_differences(view, layer, pixels, texts, neurons, heads, z, joined):
    """Central differences of the whole model, for some tokens and components."""
    block = view.blocks[layer]
    step = tolerance(z, 1e-5, 1e-2)
    limit = tolerance(z, 1e-8, 2e-3)
    generator = torch.Generator().manual_seed(layer)

    def draw(below):
        return torch.randint(below, (1,), generator=generator).item()

    def add(value, token, vector):
        value = value.clone()
        if view.tokens_first:
            value[token, 0] += vector
        else:
            value[0, token] += vector
        return value

    def difference(change):
        ends = [Watch(view, layer, pixels, change(sign * step)).embedding.detach() for sign in (1, -1)]
        return [((unit(ends[0]) - unit(ends[1])) @ text).item() / (2 * step) for text in texts]

    out = block.out_weight.detach()
    size = out.shape[1] // block.heads
    # The pooled token first: after the last block others have no gradient to compare.
    for token in (0, draw(len(z)), draw(len(z))):
        j, h = draw(z.shape[1]), draw(block.heads)
        one = torch.zeros_like(z[token])
        one[j] = z[token, j]
        part = slice(h * size, (h + 1) * size)
        written = out[:, part] @ joined[token, part]
        moved = difference(lambda s: {'neurons': lambda v: add(v, token, s * one)})
        for found, a in zip(moved, neurons):
            assert abs(found - a[token, j].item()) < limit, (layer, token, j, found, a[token, j].item())
        moved = difference(lambda s: {'attention': lambda v: add(v, token, s * written)})
        for found, a in zip(moved, heads):
            assert abs(found - a[token, h].item()) < limit, (layer, token, h, found, a[token, h].item())
