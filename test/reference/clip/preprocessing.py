"""Pictures that are not of a model's size, and what open_clip's own transforms make of them."""
import base64
import json
from pathlib import Path

import numpy as np
from open_clip.transform import PreprocessCfg, image_transform_v2, merge_preprocess_dict
from PIL import Image

#: preprocess_cfg as it stands in open_clip_config.json.
CASES = {
    'default': {},
    'shortest bilinear': {'interpolation': 'bilinear', 'resize_mode': 'shortest'},
    'squash': {'resize_mode': 'squash'},
    'squash bilinear': {'interpolation': 'bilinear', 'resize_mode': 'squash', 'mean': [0, 0, 0], 'std': [1, 1, 1]},
    'longest': {'resize_mode': 'longest'},
    'longest bilinear, filled': {'resize_mode': 'longest', 'interpolation': 'bilinear', 'fill_color': 127},
    'random': {'interpolation': 'random'},
}


def write_pictures(out: Path):
    """Two PNGs, one wide and one tall, with edges that a filter shows at."""
    random = np.random.RandomState(7)
    files = []
    for name, width, height in (('wide', 37, 23), ('tall', 19, 41)):
        rows, columns = np.mgrid[0:height, 0:width]
        checks = ((rows // 4 + columns // 3) % 2)[..., None] * np.array([160, 90, 40])
        levels = (checks + random.randint(0, 90, (height, width, 3))).astype(np.uint8)
        files.append(out / f'{name}.png')
        Image.fromarray(levels).save(files[-1], optimize=True)
    return files


def write_preprocessing(out: Path, files):
    """For a model of 20 pixels."""
    cases = []
    for name, given in CASES.items():
        config = merge_preprocess_dict(PreprocessCfg(), {'size': 20, **given})
        transform = image_transform_v2(PreprocessCfg(**config), is_train=False)
        for file in files:
            pixels = transform(Image.open(file)).numpy().astype('<f4')
            cases.append({
                'name': name,
                'preprocess_cfg': given,
                'file': file.name,
                'pixels': base64.b64encode(pixels.tobytes()).decode(),
            })
    (out / 'preprocessing.json').write_text(json.dumps({'size': 20, 'cases': cases}, indent=1) + '\n')
