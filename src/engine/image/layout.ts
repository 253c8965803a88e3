import { ClipsightError } from '../../shared/errors';
import type { Layout } from './picture';
import { readTiffTags, type TiffTags } from './tiff';

/** As Pillow's PngImagePlugin chooses a mode by bit depth and colour type. A tRNS chunk makes no alpha channel. */
export function pngLayout(bytes: Uint8Array): Layout {
  const depth = bytes[24];
  const colourType = bytes[25];
  switch (colourType) {
    case 0:
      if (depth === 1) return 'indexed';
      return depth === 16 ? 'grey16' : 'rgb';
    case 3:
      return 'indexed';
    case 4:
    case 6:
      return 'rgba';
    default:
      return 'rgb';
  }
}

const jpegCompression = 7;

/** Photometric interpretation, bits per sample, extra samples → layout: the part of Pillow's OPEN_INFO read here. */
const tiffLayouts: Readonly<Record<string, Layout>> = {
  'white-is-zero 1': 'indexed',
  'black-is-zero 1': 'indexed',
  'white-is-zero 8': 'rgb',
  'black-is-zero 8': 'rgb',
  'black-is-zero 16': 'grey16',
  'black-is-zero 8,8 alpha': 'rgba',
  'RGB 8,8,8': 'rgb',
  'RGB 8,8,8,8': 'rgba',
  'RGB 8,8,8,8 unspecified': 'rgb',
  'RGB 8,8,8,8 alpha': 'rgba',
  'RGB 16,16,16': 'rgb',
  'RGB 16,16,16,16': 'rgba',
  'RGB 16,16,16,16 alpha': 'rgba',
  'palette 8': 'indexed',
  'CMYK 8,8,8,8': 'cmyk',
  'YCbCr 8,8,8': 'rgb',
};

const photometrics = ['white-is-zero', 'black-is-zero', 'RGB', 'palette', 'mask', 'CMYK', 'YCbCr', '', 'Lab'];
const extras = ['unspecified', 'premultiplied-alpha', 'alpha'];

/** Throws ClipsightError 'image' naming the kind of TIFF where it is none that is known to decode as Pillow does. */
export function tiffLayout(bytes: Uint8Array, name: string): Layout {
  const tags = readTiffTags(bytes);
  if (!tags) {
    throw new ClipsightError('image', `${name} is a damaged or incomplete TIFF.`, 'Save or copy it again.');
  }
  const kind = kindOf(tags);
  const layout = tiffLayouts[kind];
  if (!layout) {
    throw new ClipsightError(
      'image',
      `${name} is a TIFF of a kind that is not read: ${kind}.`,
      'Convert it to an 8-bit PNG.',
    );
  }
  return layout;
}

function kindOf(tags: TiffTags): string {
  const photometric = photometrics[tags.photometric] || `photometric interpretation ${tags.photometric}`;
  const extra = tags.extraSamples.map((value) => extras[value] ?? `extra sample ${value}`);
  const odd = [
    tags.sampleFormat.every((format) => format === 1) ? '' : 'signed or floating-point',
    tags.planarConfiguration === 1 ? '' : 'in separate planes',
    tags.fillOrder === 1 ? '' : 'bits reversed',
    photometric === 'YCbCr' && tags.compression !== jpegCompression ? 'without JPEG compression' : '',
  ];
  return [photometric, tags.bitsPerSample.join(','), ...extra, ...odd].filter((part) => part).join(' ');
}
