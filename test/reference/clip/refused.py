"""What is not a plain vision transformer with a plain text transformer: names of tensors and configurations of real
models, as their libraries have them, with next to nothing in the tensors. A reader must refuse each by its name."""
import json
import re
from pathlib import Path
from unittest import mock

import open_clip
import torch
import transformers
from open_clip.coca_model import CoCa
from safetensors.torch import save_file
from transformers import Siglip2Config, Siglip2Model, SiglipImageProcessor, XLMRobertaConfig

import vocabularies

#: Folder to open_clip's name, and what the refusal must say (a regular expression, case ignored).
OPEN_CLIP = {
    'resnet': ('RN50', 'ResNet|RN50'),
    'convnext': ('convnext_base_w', 'ConvNeXt'),
    'mobileclip-fastvit': ('MobileCLIP-S1', 'MobileCLIP|FastViT'),
    'mobileclip-hybrid': ('MobileCLIP-B', 'MobileCLIP'),
    'eva02': ('EVA02-B-16', 'EVA'),
    'coca': ('coca_ViT-B-32', 'CoCa'),
    'xlm-roberta': ('xlm-roberta-base-ViT-B-32', 'RoBERTa'),
    'vitamin': ('ViTamin-B', 'ViTamin'),
    'pe-core': ('PE-Core-B-16', 'PE-Core|Perception Encoder'),
}

NAFLEX = 'NaFlex|SigLIP ?2'
#: Whose tensors are called as those of a plain vision transformer: without its configuration, that is asked for.
ALONE = {'pe-core': 'open_clip_config'}


def little(model):
    """Few tensors and little of each: the first two of everything that is counted, sides of at most two."""
    kept = {}
    for name, tensor in model.state_dict().items():
        if all(int(number) < 2 for number in re.findall(r'(?<=\.)\d+(?=\.)', name)):
            dtype = tensor.dtype if tensor.dtype == torch.int64 else torch.float16
            kept[name] = torch.zeros([min(side, 2) for side in tensor.shape], dtype=dtype)
    return kept


def of_open_clip(name):
    config = open_clip.get_model_config(name)
    given = dict(config)
    custom = given.pop('custom_text', False) or 'hf_model_name' in given['text_cfg']
    kind = CoCa if 'multimodal_cfg' in given else open_clip.CustomTextCLIP if custom else open_clip.CLIP
    if 'hf_model_name' in given['text_cfg']:
        given['text_cfg'] = {**given['text_cfg'], 'hf_model_pretrained': False}
    small = XLMRobertaConfig(num_hidden_layers=2, hidden_size=768, vocab_size=10)
    with torch.device('meta'), mock.patch.object(transformers.AutoConfig, 'from_pretrained', lambda *_: small):
        return config, kind(**given)


def write_refused(out: Path):
    expected = {}
    for folder, (name, says) in OPEN_CLIP.items():
        config, model = of_open_clip(name)
        path = out / folder
        path.mkdir(parents=True)
        preprocess = {'mean': [0.5] * 3, 'std': [0.5] * 3, 'interpolation': 'bicubic', 'resize_mode': 'shortest'}
        (path / 'open_clip_config.json').write_text(
            json.dumps({'model_cfg': config, 'preprocess_cfg': preprocess}, indent=2) + '\n'
        )
        save_file(little(model), path / 'open_clip_model.safetensors')
        vocabularies.write_clip(path, 77)
        expected[folder] = {'model': name, 'weights': 'open_clip_model.safetensors', 'says': says}
        expected[folder]['alone'] = ALONE.get(folder, says)

    path = out / 'siglip2-naflex'
    path.mkdir()
    config = Siglip2Config()
    with torch.device('meta'):
        model = Siglip2Model(config)
    config.architectures = ['Siglip2Model']
    config.save_pretrained(path)
    save_file(little(model), path / 'model.safetensors')
    # google/siglip2-base-patch16-naflex has patch_size and max_num_patches in place of a size.
    processor = {'image_processor_type': 'Siglip2ImageProcessor', 'patch_size': 16, 'max_num_patches': 256}
    (path / 'preprocessor_config.json').write_text(json.dumps(processor, indent=2) + '\n')
    vocabularies.write_gemma(path, 64)
    expected['siglip2-naflex'] = {'model': 'Siglip2Model', 'weights': 'model.safetensors'}
    expected['siglip2-naflex'] |= {'says': NAFLEX, 'alone': NAFLEX}

    # Apple's own names, of which timm's FastViT and its hybrid read these (checkpoint_filter_fn) and open_clip the
    # text's (convert_mobile_clip_state_dict).
    first = {'s': 'patch_embed.0.rbr_conv.0.conv.weight', 'b': 'patch_emb.0.block.conv.weight'}
    for kind, tensor in first.items():
        names = {
            f'image_encoder.model.{tensor}': (2, 2, 3, 3),
            'image_encoder.model.head.proj': (2, 2),
            'text_encoder.embedding_layer.weight': (2, 2),
            'text_encoder.positional_embedding.pos_embed.pos_embed': (1, 1, 2, 2),
            'text_encoder.transformer.0.pre_norm_mha.0.weight': (2,),
            'text_encoder.transformer.0.pre_norm_mha.0.bias': (2,),
            'text_encoder.transformer.0.pre_norm_mha.1.qkv_proj.weight': (6, 2),
            'text_encoder.transformer.0.pre_norm_mha.1.qkv_proj.bias': (6,),
            'text_encoder.transformer.0.pre_norm_ffn.1.weight': (8, 2),
            'text_encoder.transformer.0.pre_norm_ffn.4.weight': (2, 8),
            'text_encoder.final_layer_norm.weight': (2,),
            'text_encoder.projection_layer': (2, 2),
            'logit_scale': (),
        }
        folder = out / f'mobileclip-apple-{kind}'
        folder.mkdir()
        torch.save({name: torch.zeros(shape) for name, shape in names.items()}, folder / f'mobileclip_{kind}.pt')
        vocabularies.write_clip(folder, 77)
        expected[folder.name] = {'model': f'mobileclip_{kind}', 'weights': f'mobileclip_{kind}.pt'}
        expected[folder.name] |= {'says': 'MobileCLIP', 'alone': 'MobileCLIP'}

    (out / 'expected.json').write_text(json.dumps(expected, indent=1) + '\n')
