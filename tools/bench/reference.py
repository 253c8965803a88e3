"""The attribution of Clipsight's bench as PyTorch computes it, asked through standard input, a JSON object a line.

Needs torch; Pillow and numpy for pictures. tools/bench/reference.ts starts it and names what may be asked.

The towers are as fast as PyTorch has them: one product for queries, keys and values, the fused attention, memory laid
out once. What is after them follows, in all modes but `lean`, the scripts that came with Dreyer et al. (2025): the
dictionary's weights are normalised in each pass, and its latents are a dense vector.
"""
import base64
import json
import mmap
import pathlib
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import torch
from torch import nn
from torch.nn import functional as F


def tensors_of(path):
    """Name -> float32 tensor of a safetensors file, its own copy."""
    with open(path, 'rb') as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    length = int.from_bytes(mapped[:8], 'little')
    found = {}
    for name, entry in json.loads(mapped[8 : 8 + length]).items():
        if name == '__metadata__':
            continue
        if entry['dtype'] != 'F32':
            raise ValueError(f"{name} is {entry['dtype']}, not F32")
        begin, end = (8 + length + offset for offset in entry['data_offsets'])
        found[name] = torch.frombuffer(bytearray(mapped[begin:end]), dtype=torch.float32).reshape(entry['shape'])
    return found


def layer(weight, bias=None):
    """A linear layer with these weights, [out, in]."""
    made = nn.Linear(weight.shape[1], weight.shape[0], bias=bias is not None, device='meta')
    made.weight = nn.Parameter(weight.contiguous())
    if bias is not None:
        made.bias = nn.Parameter(bias)
    return made


class Weights:
    """The tensors of a checkpoint in transformers' layout, as layers."""

    def __init__(self, tensors):
        self.tensors = tensors

    def linear(self, *names):
        """Several layers of the same input as one."""
        weights, biases = ([self.tensors[f'{name}.{part}'] for name in names] for part in ('weight', 'bias'))
        return layer(torch.cat(weights), torch.cat(biases))

    def norm(self, name, epsilon):
        weight = self.tensors[f'{name}.weight']
        made = nn.LayerNorm(weight.shape[0], epsilon)
        made.weight, made.bias = nn.Parameter(weight), nn.Parameter(self.tensors[f'{name}.bias'])
        return made


class Block(nn.Module):
    def __init__(self, weights, name, config):
        super().__init__()
        self.heads = config['num_attention_heads']
        epsilon = config['layer_norm_eps']
        self.norm1 = weights.norm(f'{name}.layer_norm1', epsilon)
        self.norm2 = weights.norm(f'{name}.layer_norm2', epsilon)
        self.qkv = weights.linear(*(f'{name}.self_attn.{part}_proj' for part in 'qkv'))
        self.out = weights.linear(f'{name}.self_attn.out_proj')
        self.fc1 = weights.linear(f'{name}.mlp.fc1')
        self.fc2 = weights.linear(f'{name}.mlp.fc2')

    def forward(self, x, causal=False):
        rows, tokens, width = x.shape
        split = self.qkv(self.norm1(x)).view(rows, tokens, 3, self.heads, width // self.heads)
        q, k, v = split.permute(2, 0, 3, 1, 4)
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=causal)
        x = x + self.out(mixed.transpose(1, 2).reshape(rows, tokens, width))
        hidden = self.fc1(self.norm2(x))
        return x + self.fc2(hidden * torch.sigmoid(1.702 * hidden))


class Tower(nn.Module):
    def __init__(self, weights, prefix, config):
        super().__init__()
        self.blocks = nn.ModuleList(
            Block(weights, f'{prefix}.encoder.layers.{i}', config) for i in range(config['num_hidden_layers'])
        )


class ImageTower(Tower):
    def __init__(self, weights, config):
        super().__init__(weights, 'vision_model', config)
        at = 'vision_model.embeddings'
        kernel = weights.tensors[f'{at}.patch_embedding.weight']
        self.patch = nn.Conv2d(3, kernel.shape[0], kernel.shape[2], stride=kernel.shape[2], bias=False)
        self.patch.weight = nn.Parameter(kernel)
        self.cls = nn.Parameter(weights.tensors[f'{at}.class_embedding'])
        self.positions = nn.Parameter(weights.tensors[f'{at}.position_embedding.weight'])
        self.before = weights.norm('vision_model.pre_layrnorm', config['layer_norm_eps'])
        self.after = weights.norm('vision_model.post_layernorm', config['layer_norm_eps'])
        self.projection = layer(weights.tensors['visual_projection.weight'])

    def embed(self, pixels):
        patches = self.patch(pixels).flatten(2).transpose(1, 2)
        cls = self.cls.expand(len(pixels), 1, -1)
        return self.before(torch.cat([cls, patches], 1) + self.positions)

    def finish(self, x):
        return self.projection(self.after(x[:, 0]))

    def forward(self, pixels):
        x = self.embed(pixels)
        for block in self.blocks:
            x = block(x)
        return self.finish(x)


class TextTower(Tower):
    def __init__(self, weights, config):
        super().__init__(weights, 'text_model', config)
        at = 'text_model.embeddings'
        self.words = nn.Parameter(weights.tensors[f'{at}.token_embedding.weight'])
        self.positions = nn.Parameter(weights.tensors[f'{at}.position_embedding.weight'])
        self.after = weights.norm('text_model.final_layer_norm', config['layer_norm_eps'])
        self.projection = layer(weights.tensors['text_projection.weight'])

    def forward(self, ids):
        """Every position of the context, as the libraries fill it, pooled at the last."""
        x = self.words[ids] + self.positions[: ids.shape[1]]
        for block in self.blocks:
            x = block(x, causal=True)
        return self.projection(self.after(x)[:, -1])


class SparseAutoencoder(nn.Module):
    """A top-k autoencoder in Clipsight's own layout. `normalised`: its weights are made of lengths and directions in
    each pass, as weight normalisation does it while training."""

    def __init__(self, tensors, config, normalised):
        super().__init__()
        if config['architecture'] != 'topk' or not config['relu'] or not config['subtract_b_dec']:
            raise ValueError('only top-k dictionaries with a ReLU that subtract their b_dec are read here')
        self.k = config['k']
        self.encoder = layer(tensors['W_enc'].T, tensors['b_enc'])
        self.decoder = layer(tensors['W_dec'].T)
        self.bias = nn.Parameter(tensors['b_dec'])
        if normalised:
            nn.utils.parametrizations.weight_norm(self.encoder)
            nn.utils.parametrizations.weight_norm(self.decoder, dim=1)

    def encode(self, x):
        """[rows, width] -> z, [rows, latents], dense."""
        h = self.encoder(x - self.bias)
        _, latents = h.topk(self.k, -1)
        return F.relu(h * torch.zeros_like(h).scatter(-1, latents, 1.0))

    def codes(self, x):
        """The same as values and latents, [rows, k] each."""
        values, latents = self.encoder(x - self.bias).topk(self.k, -1)
        return F.relu(values), latents

    def decode(self, z):
        return self.decoder(z) + self.bias

    def decode_codes(self, values, latents):
        # [rows, k, width]: no more of the decoder than is active.
        return (values.unsqueeze(-2) @ F.embedding(latents, self.rows)).squeeze(-2) + self.bias

    def lay_out(self):
        self.rows = self.decoder.weight.detach().T.contiguous()


class Reference:
    def __init__(self, model, dictionary, device):
        self.device = torch.device(device)
        folder = pathlib.Path(model)
        config = json.loads((folder / 'config.json').read_text())
        weights = Weights(tensors_of(folder / 'model.safetensors'))
        self.image_size = config['vision_config']['image_size']
        self.context = config['text_config']['max_position_embeddings']
        self.preprocessing = json.loads((folder / 'preprocessor_config.json').read_text())
        self.image = ImageTower(weights, config['vision_config']).to(self.device).eval()
        self.text = TextTower(weights, config['text_config']).to(self.device).eval()
        at = pathlib.Path(dictionary)
        sae_config = json.loads((at / 'config.json').read_text())
        tensors = tensors_of(at / 'sae.safetensors')
        self.sae = SparseAutoencoder(tensors, sae_config, normalised=False).to(self.device).eval()
        self.normalised = SparseAutoencoder(tensors, sae_config, normalised=True).to(self.device).eval()
        self.sae.lay_out()
        number = sae_config['layer']
        self.layer = number if number >= 0 else len(self.image.blocks) + number
        self.span = {'cls': slice(0, 1), 'patches': slice(1, None), 'all': slice(None)}[sae_config['tokens']]
        self.modules = [self.image, self.text, self.sae, self.normalised]

    def ask_gradients(self, wanted):
        for module in self.modules:
            module.requires_grad_(wanted)
            module.zero_grad(set_to_none=True)

    def to_hook(self, pixels):
        x = self.image.embed(pixels)
        for block in self.image.blocks[: self.layer + 1]:
            x = block(x)
        return x

    def from_hook(self, x):
        for block in self.image.blocks[self.layer + 1 :]:
            x = block(x)
        return self.image.finish(x)

    def replaced(self, x, part):
        """The stream with what the dictionary wrote in the place of the selected tokens."""
        before, after = x[:, : self.span.start or 0], x[:, self.span.stop or x.shape[1] :]
        return torch.cat([before, part, after], 1)

    def dense(self, pixels, direction, backward):
        """y and z · ∂y/∂z through a dense vector of latents. Where parameters ask for gradients the graph reaches back to
        the pixels; else it begins at the latents."""
        x = self.to_hook(pixels)
        part = x[:, self.span]
        rows = part.reshape(-1, part.shape[-1])
        z = self.normalised.encode(rows)
        if not z.requires_grad:
            z.requires_grad_()
        decoded = self.normalised.decode(z)
        written = decoded + (rows - decoded).detach()
        e = self.from_hook(self.replaced(x, written.reshape(part.shape)))
        y = (F.normalize(e, dim=-1) @ direction).squeeze()
        if backward:
            z.retain_grad()
            y.backward()
            gradient = z.grad
        else:
            (gradient,) = torch.autograd.grad(y, z)
        return y, z.detach() * gradient

    def lean(self, pixels, direction):
        """y, z · ∂y/∂z and the latents: no graph before the latents, and none but the active ones."""
        with torch.no_grad():
            x = self.to_hook(pixels)
            part = x[:, self.span]
            rows = part.reshape(-1, part.shape[-1])
            values, latents = self.sae.codes(rows)
            error = rows - self.sae.decode_codes(values, latents)
        values.requires_grad_()
        written = self.sae.decode_codes(values, latents) + error
        e = self.from_hook(self.replaced(x, written.reshape(part.shape)))
        y = (F.normalize(e, dim=-1) @ direction).squeeze()
        (gradient,) = torch.autograd.grad(y, values)
        return y, values.detach() * gradient, latents

    def prepare(self, path):
        """A picture as the model is shown it, [3, size, size]."""
        import numpy as np
        from PIL import Image

        size = self.image_size
        picture = Image.open(path).convert('RGB')
        short = min(picture.size)
        width, height = (int(size * side / short) for side in picture.size)
        picture = picture.resize((width, height), Image.Resampling.BICUBIC)
        left, top = (width - size) // 2, (height - size) // 2
        bytes_ = np.asarray(picture.crop((left, top, left + size, top + size)))
        levels = torch.from_numpy(bytes_.copy()).permute(2, 0, 1).float().div_(255)
        default = ([0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711])
        mean, deviation = (
            torch.tensor(self.preprocessing.get(name, usual)).view(3, 1, 1)
            for name, usual in zip(('image_mean', 'image_std'), default)
        )
        return levels.sub_(mean).div_(deviation)

    def index(self, files, batch, ahead):
        """What indexing needs of pictures: decoded ahead by so many threads, then the embedding and the codes."""
        seen = 0
        with torch.inference_mode(), ThreadPoolExecutor(ahead) as pool:
            # No more of them at a time than the next few batches, so that memory stays as it is.
            waiting, todo = [], iter(files)

            def refill():
                while len(waiting) < max(8, 2 * batch):
                    path = next(todo, None)
                    if path is None:
                        return
                    waiting.append(pool.submit(self.prepare, path))

            refill()
            while waiting:
                taken, waiting[:batch] = waiting[:batch], []
                pixels = torch.stack([one.result() for one in taken])
                refill()
                x = self.to_hook(pixels.to(self.device))
                part = x[:, self.span]
                values, latents = self.sae.codes(part.reshape(-1, part.shape[-1]))
                embeddings = self.from_hook(x)
                # Taken from the device, as they would be to be kept.
                values.cpu(), latents.cpu()
                seen += len(embeddings.cpu())
        return seen


def floats(text):
    return torch.frombuffer(bytearray(base64.b64decode(text)), dtype=torch.float32)


def shown(tensor):
    return base64.b64encode(tensor.detach().cpu().float().contiguous().numpy().tobytes()).decode()


class Server:
    def __init__(self):
        self.reference = None
        self.pixels = self.direction = None

    def describe(self, _):
        cuda = torch.cuda.is_available()
        return {
            'torch': torch.__version__,
            'python': sys.version.split()[0],
            'gpu': torch.cuda.get_device_name(0) if cuda else None,
        }

    def load(self, request):
        torch.set_num_threads(request['threads'])
        self.reference = Reference(request['model'], request['dictionary'], request['device'])
        return {}

    def show(self, request):
        """The picture and the direction that the next requests are about."""
        size, device = self.reference.image_size, self.reference.device
        self.pixels = floats(request['pixels']).view(1, 3, size, size).to(device)
        self.direction = floats(request['direction']).to(device)
        return {}

    def attribute(self, request):
        """Milliseconds; with `show` also the score and the attributions of the active latents, summed over tokens."""
        reference, mode = self.reference, request['mode']
        # As it is when the model has just been read; no part of what is timed.
        reference.ask_gradients(mode in ('own', 'backward'))
        started = self.clock()
        if mode == 'lean':
            y, values, latents = reference.lean(self.pixels, self.direction)
        else:
            y, products = reference.dense(self.pixels, self.direction, mode == 'backward')
        score = y.item()
        took = self.clock() - started
        if not request.get('show'):
            return {'ms': took}
        if mode == 'lean':
            size = reference.sae.encoder.weight.shape[0]
            products = values.new_zeros(size).index_add(0, latents.reshape(-1), values.reshape(-1))
        else:
            products = products.sum(0)
        active = products.nonzero().squeeze(-1)
        return {'ms': took, 'score': score, 'latents': active.tolist(), 'attributions': shown(products[active])}

    def forward(self, _):
        with torch.inference_mode():
            started = self.clock()
            e = self.reference.image(self.pixels)
            y = (F.normalize(e, dim=-1) @ self.direction).item()
            return {'ms': self.clock() - started, 'score': y}

    def text(self, _):
        ids = torch.zeros(1, self.reference.context, dtype=torch.long, device=self.reference.device)
        with torch.inference_mode():
            started = self.clock()
            self.reference.text(ids).cpu()
            return {'ms': self.clock() - started}

    def index(self, request):
        started = self.clock()
        self.reference.ask_gradients(False)
        seen = self.reference.index(request['files'], request['batch'], request['ahead'])
        if seen != len(request['files']):
            raise ValueError(f"{seen} of {len(request['files'])} pictures were read")
        return {'ms': self.clock() - started}

    def clock(self):
        if self.reference.device.type == 'cuda':
            torch.cuda.synchronize()
        return 1000 * time.perf_counter()


def main():
    server = Server()
    # What a library prints must not come between the answers.
    answers, sys.stdout = sys.stdout, sys.stderr
    requests = {'describe', 'load', 'show', 'attribute', 'forward', 'text', 'index'}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request['ask'] not in requests:
                raise ValueError(f"nothing is known of {request['ask']}")
            answer = {'answer': getattr(server, request['ask'])(request)}
        except Exception as error:
            answer = {'error': f'{type(error).__name__}: {error}'}
        print(json.dumps(answer), file=answers, flush=True)


if __name__ == '__main__':
    main()
