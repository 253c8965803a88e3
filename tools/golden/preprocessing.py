"""Makes test/golden/pixels: small pictures in odd formats and the bytes that the reference makes of them.

Run with Pillow 9.4 or newer and numpy:  python3 tools/golden/preprocessing.py

`open_clip` cases are made by Pillow itself, with torchvision's arithmetic for sizes and crops around it. Where
Pillow 9.4 differs from the current 12.x, which Clipsight follows, the newer rule is written out here:
  * 16-bit grey PNGs open as I;16 (since 10.3) and are resized with rounding and clipping to 16 bits after each of
    the two passes (since 12.0); before, they were mode I. Either way everything above 255 becomes white in RGB.
  * pictures more than 100 times as tall as wide are resized along y first (since 12.2).

`huggingface` cases are made by `torch_resize`, written from the rule that ATen documents for antialiased resizing
of uint8 tensors, not from Clipsight's code: a dense matrix of weights per axis, rounded to int16.
"""
import base64
import io
import json
import math
import pathlib
import struct
import zlib

import numpy as np
from PIL import Image, ImageCms

OUT = pathlib.Path(__file__).resolve().parents[2] / 'test' / 'golden' / 'pixels'
W, H = 37, 23


def main():
    OUT.mkdir(parents=True, exist_ok=True)
    for old in OUT.iterdir():
        old.unlink()
    make_files()
    cases = []
    for path in sorted(p for p in OUT.iterdir() if p.suffix != '.json'):
        thorough = path.name in ('rgb.png', 'rgba.png', 'grey16.png', 'photo.jpg', 'tall.png')
        for name, family, how in CASES:
            if thorough or name in ('shortest', 'crop'):
                levels = {'open_clip': open_clip, 'huggingface': huggingface}[family](path, how)
                cases.append({
                    'file': path.name,
                    'name': name,
                    'preprocessing': {'family': family, **how},
                    'levels': base64.b64encode(np.ascontiguousarray(levels).tobytes()).decode(),
                })
    (OUT / 'cases.json').write_text(json.dumps(cases, indent=0) + '\n')


def case(resize, size, crop, filter='bicubic'):
    area = lambda hw: None if hw is None else {'width': hw[1], 'height': hw[0]}
    return {'resize': resize, 'size': area(size), 'crop': area(crop), 'filter': filter}


# The side 13 makes 20 of 37, and a margin of 3.5: floor and round-half-even part ways there.
CASES = [
    ('shortest', 'open_clip', case('shortest', (13, 13), (13, 13))),
    ('squash', 'open_clip', case('squash', (11, 17), None, 'bilinear')),
    ('enlarge', 'open_clip', case('shortest', (40, 40), (40, 40))),
    ('rows only', 'open_clip', case('squash', (H, 14), None)),
    ('columns only', 'open_clip', case('squash', (9, W), None)),
    ('unchanged', 'open_clip', case('squash', (H, W), None)),
    ('crop', 'huggingface', case('shortest', (13, 13), (13, 13))),
    ('bilinear', 'huggingface', case('squash', (11, 17), None, 'bilinear')),
    ('enlarge', 'huggingface', case('shortest', (40, 40), (36, 36))),
    ('pad', 'huggingface', case('shortest', (9, 9), (12, 15))),
    ('pad and crop', 'huggingface', case('shortest', (9, 9), (12, 8))),
    ('rows only', 'huggingface', case('squash', (H, 14), None)),
]


# ---------------------------------------------------------------- references


def load(path):
    image = Image.open(path)
    image.load()
    if image.mode.startswith('I'):
        return Image.fromarray(np.asarray(image).astype(np.uint16))
    return image


def rgb(image):
    if image.mode.startswith('I'):
        grey = np.minimum(np.asarray(image), 255).astype(np.uint8)
        return np.repeat(grey[:, :, None], 3, axis=2)
    return np.asarray(image.convert('RGB'))


def resized_size(width, height, how):
    if how['resize'] == 'squash':
        return how['size']['width'], how['size']['height']
    edge = how['size']['width']
    short, long = min(width, height), max(width, height)
    other = int(edge * long / short)
    return (edge, other) if width <= height else (other, edge)


def open_clip(path, how):
    image = load(path)
    to = resized_size(*image.size, how)
    if to != image.size:
        image = pil_resize(image, to, how['filter'])
    if how['crop']:
        w, h = how['crop']['width'], how['crop']['height']
        left, top = int(round((to[0] - w) / 2.0)), int(round((to[1] - h) / 2.0))
        image = image.crop((left, top, left + w, top + h))
    return rgb(image)


def pil_resize(image, to, filter):
    if image.mode.startswith('I'):
        pixels = np.asarray(image).astype(np.float64)
        for axis, length in ((1, to[0]), (0, to[1])):
            if pixels.shape[axis] != length:
                moved = np.moveaxis(pixels, axis, -1) @ weights(pixels.shape[axis], length, filter).T
                pixels = np.moveaxis(np.clip(np.floor(moved + 0.5), 0, 65535), -1, axis)
        return Image.fromarray(pixels.astype(np.uint16))
    method = {'bicubic': Image.Resampling.BICUBIC, 'bilinear': Image.Resampling.BILINEAR}[filter]
    if image.height > image.width * 100 and to[1] < image.height:
        assert image.mode == 'RGB'
        image = image.resize((image.width, to[1]), method)
    return image.resize(to, method)


def huggingface(path, how):
    pixels = rgb(load(path))
    height, width = pixels.shape[:2]
    to = resized_size(width, height, how)
    pixels = torch_resize(pixels, to, how['filter'])
    if how['crop']:
        for axis, want in ((0, how['crop']['height']), (1, how['crop']['width'])):
            have = pixels.shape[axis]
            if want > have:
                before = (want - have) // 2
                margins = [(0, 0)] * 3
                margins[axis] = (before, want - have - before)
                pixels = np.pad(pixels, margins)
            else:
                start = int((have - want) / 2.0)
                pixels = np.take(pixels, range(start, start + want), axis=axis)
    return pixels


def torch_resize(pixels, to, filter):
    for axis, length in ((1, to[0]), (0, to[1])):
        have = pixels.shape[axis]
        if have == length:
            continue
        w = weights(have, length, filter)
        precision = max(p for p in range(0, 23) if p == 0 or int(0.5 + w.max() * 2**p) < 2**15)
        whole = np.trunc(w * 2**precision + np.where(w < 0, -0.5, 0.5)).astype(np.int64)
        assert np.abs(whole).max() < 2**15
        moved = np.moveaxis(pixels.astype(np.int64), axis, -1) @ whole.T
        moved = (moved + 2 ** (precision - 1)) >> precision
        pixels = np.moveaxis(np.clip(moved, 0, 255), -1, axis).astype(np.uint8)
    return pixels


def weights(have, want, filter):
    """[want, have]: row i holds the normalised weights of output sample i, in float64."""
    cubic = lambda x: (
        ((1.5 * x - 2.5) * x * x + 1) if x < 1 else ((((x - 5) * x + 8) * x - 4) * -0.5 if x < 2 else 0.0)
    )
    kernel, reach = {'bicubic': (cubic, 2), 'bilinear': (lambda x: max(0.0, 1 - x), 1)}[filter]
    scale = have / want
    stretch = max(scale, 1.0)
    out = np.zeros((want, have))
    for i in range(want):
        center = scale * (i + 0.5)
        low = max(int(center - reach * stretch + 0.5), 0)
        high = min(int(center + reach * stretch + 0.5), have)
        line = [kernel(abs((j - center + 0.5) * (1.0 / stretch))) for j in range(low, high)]
        out[i, low:high] = np.array(line) / math.fsum(line)
    return out


# --------------------------------------------------------------------- files


def make_files():
    rng = np.random.default_rng(7)
    yy, xx = np.mgrid[0:H, 0:W]
    base = np.stack([xx * 7 % 256, yy * 11 % 256, (xx + yy) * 5 % 256], -1).astype(np.uint8)
    base[5:12, 10:20] = rng.integers(0, 256, (7, 10, 3))
    base[14:18, 3:30] = (rng.integers(0, 2, (4, 27, 1)) * 255).astype(np.uint8)
    alpha = (xx * 13 + yy * 3).astype(np.uint8)
    alpha[0:6, 0:9], alpha[8:14, 20:31] = 0, 255
    colour = Image.fromarray(base)
    grey = colour.convert('L')
    rgba = Image.fromarray(np.dstack([base, alpha]))
    la = Image.merge('LA', (grey, Image.fromarray(alpha)))
    palette = colour.quantize(40)
    wide = (xx * 1800 + yy * 40).astype(np.uint16)
    wide[3:15, 3:30] = rng.integers(0, 300, (12, 27))
    deep = base.astype(np.uint16) * 256 + rng.integers(0, 256, base.shape).astype(np.uint16)
    deep_alpha = alpha.astype(np.uint16) * 256 + 77

    save(colour, 'rgb.png')
    save(grey, 'grey.png')
    save(rgba, 'rgba.png')
    save(la, 'grey-alpha.png')
    save(colour.convert('1'), 'bilevel.png')
    save(palette, 'palette.png')
    save(palette, 'palette-alpha.png', transparency=bytes(range(0, 200, 5)))
    save(palette, 'palette-transparent.png', transparency=3)
    save(colour.quantize(13), 'palette4.png')
    # To 13 pixels, adding up steps of 14/13 lands elsewhere than multiplying by it.
    save(colour.crop((8, 3, 22, 17)).quantize(64), 'palette14x14.png')
    save(colour, 'rgb-transparent.png', transparency=tuple(int(v) for v in base[0, 3]))
    save(grey, 'grey-transparent.png', transparency=int(np.asarray(grey)[0, 0]))
    save(Image.fromarray(wide), 'grey16.png')
    quarter = np.pad(np.asarray(grey) >> 4, ((0, 0), (0, W % 2)))
    png('grey4.png', 0, 4, (quarter[:, 0::2] << 4 | quarter[:, 1::2]).astype(np.uint8))
    png('rgb16.png', 2, 16, deep.astype('>u2'))
    png('rgba16.png', 6, 16, np.dstack([deep, deep_alpha]).astype('>u2'))
    png('grey16-alpha.png', 4, 16, np.dstack([wide, deep_alpha]).astype('>u2'))
    save(colour, 'moving.png', save_all=True, append_images=[colour.rotate(180)])
    tall = Image.fromarray(rng.integers(0, 256, (260, 2, 3), dtype=np.uint8))
    save(tall, 'tall.png')

    # A photograph's kinds of JPEG: chroma subsampled, turned by EXIF, with a profile that swaps red and blue.
    soft = colour.resize((61, 47), Image.Resampling.BICUBIC)
    save(soft, 'photo.jpg', quality=85, subsampling=2, progressive=True)
    turned = Image.Exif()
    turned[0x0112] = 6
    save(soft, 'turned.jpg', quality=85, subsampling=1, exif=turned)
    save(soft, 'profile.jpg', quality=90, icc_profile=red_and_blue_swapped())
    save(grey, 'grey.jpg', quality=85)
    save(colour.convert('CMYK'), 'cmyk.jpg', quality=90)
    cmyk = (OUT / 'cmyk.jpg').read_bytes()
    adobe = cmyk.index(b'\xff\xee')
    assert cmyk[adobe + 4 : adobe + 9] == b'Adobe' and cmyk[adobe + 15] == 0
    (OUT / 'ycck.jpg').write_bytes(cmyk[: adobe + 15] + b'\x02' + cmyk[adobe + 16 :])
    (OUT / 'cmyk-plain.jpg').write_bytes(cmyk[:adobe] + cmyk[adobe + 16 :])

    save(colour, 'lossy.webp', quality=80)
    save(rgba, 'alpha.webp', lossless=True, exact=True)
    save(rgba, 'lossy-alpha.webp', quality=70)
    save(rgba, 'moving.webp', lossless=True, exact=True, save_all=True, append_images=[rgba.rotate(180)])

    save(palette, 'palette.gif')
    save(palette, 'transparent.gif', transparency=5)
    save(palette, 'moving.gif', save_all=True, append_images=[palette.rotate(180)], transparency=7)
    on_canvas('palette.gif', 'small-frame.gif')
    on_canvas('transparent.gif', 'small-frame-transparent.gif')
    levels = Image.fromarray(base[:, :, 0])
    levels.putpalette(bytes(v for v in range(256) for _ in range(3)))
    save(levels, 'grey.gif', optimize=False)
    assert Image.open(OUT / 'grey.gif').mode == 'L'

    save(colour, 'rgb.tif', compression='tiff_lzw')
    save(grey, 'grey.tif', compression='tiff_adobe_deflate')
    save(la, 'grey-alpha.tif')
    save(rgba, 'rgba.tif', compression='tiff_lzw')
    save(palette, 'palette.tif')
    save(colour.convert('1'), 'bilevel.tif', compression='group4')
    save(colour.convert('CMYK'), 'cmyk.tif')
    save(Image.fromarray(wide), 'grey16.tif')
    save(soft, 'jpeg.tif', compression='jpeg')
    save(colour, 'turned.tif', tiffinfo={274: 6})
    tiff('rgb16.tif', deep, 2)
    tiff('rgba16.tif', np.dstack([deep, deep_alpha]), 2, extra=2)
    tiff('rgb-extra.tif', np.dstack([base, alpha]), 2, extra=0)
    tiff('white-is-zero.tif', np.asarray(grey), 0)


def save(image, name, **options):
    image.save(OUT / name, **options)


def red_and_blue_swapped():
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile('sRGB')).tobytes())
    red, blue = profile.index(b'rXYZ'), profile.index(b'bXYZ')
    profile[red : red + 4], profile[blue : blue + 4] = b'bXYZ', b'rXYZ'
    profile[24:36] = bytes(12)  # when it was made
    return bytes(profile)


def png(name, colour_type, depth, rows):
    chunk = lambda kind, data: (
        struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    )
    header = struct.pack('>IIBBBBB', W, H, depth, colour_type, 0, 0, 0)
    body = zlib.compress(b''.join(b'\0' + row.tobytes() for row in rows))
    data = b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', header) + chunk(b'IDAT', body) + chunk(b'IEND', b'')
    (OUT / name).write_bytes(data)


def tiff(name, pixels, photometric, extra=None):
    """One uncompressed strip, little-endian, the directory after it."""
    height, width = pixels.shape[:2]
    samples = pixels.shape[2] if pixels.ndim == 3 else 1
    body = pixels.astype(pixels.dtype.newbyteorder('<')).tobytes()
    body += b'\0' * (len(body) % 2)
    bits = struct.pack(f'<{samples}H', *[pixels.itemsize * 8] * samples)
    tags = [
        (256, 3, 1, width),
        (257, 3, 1, height),
        (258, 3, samples, 8 + len(body) if samples > 2 else int.from_bytes(bits, 'little')),
        (259, 3, 1, 1),
        (262, 3, 1, photometric),
        (273, 4, 1, 8),
        (277, 3, 1, samples),
        (278, 3, 1, height),
        (279, 4, 1, pixels.nbytes),
    ]
    if extra is not None:
        tags.append((338, 3, 1, extra))
    directory = struct.pack('<H', len(tags)) + b''.join(struct.pack('<HHII', *tag) for tag in tags) + bytes(4)
    data = b'II*\0' + struct.pack('<I', 8 + len(body) + len(bits)) + body + bits + directory
    (OUT / name).write_bytes(data)


def on_canvas(name, out):
    """The same GIF with its frame at (4, 3) of a larger canvas."""
    data = bytearray((OUT / name).read_bytes())
    frame = data.index(b',', 13 + 3 * (2 << (data[10] & 7)))
    data[6:10] = struct.pack('<HH', W + 8, H + 7)
    data[frame + 1 : frame + 5] = struct.pack('<HH', 4, 3)
    (OUT / out).write_bytes(data)


main()
