"""Random weights of sizes at which every part of a model matters."""
import torch
from torch import nn


def randomise(model: nn.Module, seed: int):
    """Fills all trainable parameters, by what they are. Fixed ones (sine and cosine positions) are left."""
    generator = torch.Generator().manual_seed(seed)

    def normal(like, scale, mean=0.0):
        return torch.randn(like.shape, generator=generator, dtype=torch.float64) * scale + mean

    with torch.no_grad():
        for path, parameter in sorted(model.named_parameters()):
            if not parameter.requires_grad:
                continue
            owner_path, _, name = path.rpartition('.')
            owner = model.get_submodule(owner_path)
            if name == 'logit_scale':
                value = torch.full_like(parameter, 2.3)
            elif name == 'logit_bias':
                value = torch.full_like(parameter, -1.5)
            elif name == 'gamma':
                # Both signs, none near zero.
                drawn = normal(parameter, 0.3)
                value = drawn + 0.5 * torch.where(drawn < 0, -1.0, 1.0)
            elif isinstance(owner, nn.LayerNorm):
                value = normal(parameter, 0.3, 1.0 if name == 'weight' else 0.0)
            elif isinstance(owner, nn.Embedding):
                value = normal(parameter, 0.8 if 'token' in path else 0.5)
            elif name.endswith('bias'):
                value = normal(parameter, 0.2)
            elif name in ('proj', 'text_projection'):
                value = normal(parameter, parameter.shape[0] ** -0.5)
            elif name.endswith('weight'):
                value = normal(parameter, 1.2 * parameter[0].numel() ** -0.5)
            else:
                assert name in ('class_embedding', 'positional_embedding', 'pos_embed', 'cls_token', 'probe', 'latent'), path
                value = normal(parameter, 0.5 if name.startswith('pos') else 1.0)
            parameter.copy_(value)
    return model
