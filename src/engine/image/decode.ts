import sharp, { type Metadata, type Sharp } from 'sharp';
import { ClipsightError } from '../../shared/errors';
import { type ImageSource, imageName } from '../../shared/image';
import { type Format, imageFormat } from './format';
import { firstGifFrame, paintGifFrame } from './gif';
import { pngLayout, tiffLayout } from './layout';
import { channels, type Layout, type Picture } from './picture';
import { readImage } from './source';

/**
 * Pillow refuses pictures of more pixels than this (twice Image.MAX_IMAGE_PIXELS) as decompression bombs, so no
 * reference has numbers for them; as RGB they would take more than half a gigabyte.
 */
export const largestPicture = 178_956_970;

/**
 * Decodes the first frame or page as Pillow does: colour profiles, gamma and the EXIF orientation are ignored.
 * (Except for a TIFF's, which Pillow applies while loading.) Throws ClipsightError 'image', which names the
 * image, if there is none, it is too large, damaged, incomplete or of a kind that is not read.
 */
export async function decode(source: ImageSource): Promise<Picture> {
  return decodeBytes(await readImage(source), imageName(source));
}

/** The same of bytes that were read already; `name` is for errors. */
export async function decodeBytes(bytes: Uint8Array, name: string): Promise<Picture> {
  const format = imageFormat(bytes, name);
  const metadata = await readMetadata(bytes, format, name);
  checkSize(metadata, name);
  return await decodeAs(format, bytes, metadata, name);
}

async function decodeAs(
  format: Format,
  bytes: Uint8Array,
  metadata: Metadata,
  name: string,
): Promise<Picture> {
  const image = sharp(bytes, { failOn: 'error', ignoreIcc: true, limitInputPixels: largestPicture });
  switch (format) {
    case 'jpeg':
      return await rawPicture(image, metadata.space === 'cmyk' ? 'cmyk' : 'rgb', format, name);
    case 'png':
      return await rawPicture(image, pngLayout(bytes), format, name);
    case 'webp':
      return await rawPicture(image, metadata.hasAlpha ? 'rgba' : 'rgb', format, name);
    case 'tiff':
      return await rawPicture(image.autoOrient(), tiffLayout(bytes, name), format, name);
    case 'gif':
      return await gifPicture(image, bytes, name);
  }
}

async function readMetadata(bytes: Uint8Array, format: Format, name: string): Promise<Metadata> {
  try {
    // Reads the header only. The limit is checked after, so that the error can say the size.
    return await sharp(bytes, { limitInputPixels: false }).metadata();
  } catch (error) {
    throw damaged(format, name, error);
  }
}

function checkSize({ width, height }: Metadata, name: string): void {
  if (width * height <= largestPicture) return;
  throw new ClipsightError(
    'image',
    `${name} has ${width} × ${height} pixels; at most ${largestPicture} pixels are read.`,
    'Make the picture smaller.',
  );
}

async function rawPicture(image: Sharp, layout: Layout, format: Format, name: string): Promise<Picture> {
  try {
    const { data, info } = await inLayout(image, layout).toBuffer({ resolveWithObject: true });
    const { width, height } = info;
    if (info.channels !== channels[layout]) {
      throw new Error(`${info.channels} channels were decoded where ${channels[layout]} were expected`);
    }
    if (layout !== 'grey16') return { layout, width, height, data };
    return { layout, width, height, data: new Uint16Array(new Uint8Array(data).buffer) };
  } catch (error) {
    throw damaged(format, name, error);
  }
}

/** sharp's conversion of grey to sRGB copies the level, that of 16 bits to 8 keeps the high byte: both as Pillow. */
function inLayout(image: Sharp, layout: Layout): Sharp {
  switch (layout) {
    case 'rgb':
    case 'indexed':
      return image.toColourspace('srgb').removeAlpha().raw();
    case 'rgba':
      return image.toColourspace('srgb').raw();
    case 'cmyk':
      return image.pipelineColourspace('cmyk').toColourspace('cmyk').raw();
    case 'grey16':
      return image
        .pipelineColourspace('grey16')
        .toColourspace('grey16')
        .removeAlpha()
        .raw({ depth: 'ushort' });
  }
}

async function gifPicture(image: Sharp, bytes: Uint8Array, name: string): Promise<Picture> {
  const frame = firstGifFrame(bytes);
  if (!frame) throw damaged('gif', name);
  const { width, height } = frame.canvas;
  if (frame.left + frame.width > width || frame.top + frame.height > height) {
    throw new ClipsightError(
      'image',
      `${name} is a GIF whose first frame is larger than its canvas, which is not read.`,
      'Save it as PNG.',
    );
  }
  try {
    const { data, info } = await image.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
    if (info.width !== width || info.height !== height) throw new Error('its canvas is of another size');
    const layout = frame.indexed ? 'indexed' : 'rgb';
    return { layout, width, height, data: paintGifFrame(data, info.channels, frame) };
  } catch (error) {
    throw damaged('gif', name, error);
  }
}

function damaged(format: Format, name: string, cause?: unknown): ClipsightError {
  const [detail = ''] = (cause instanceof Error ? cause.message : '').trim().split('\n');
  // Of two decodings that fail at once, libvips tells the reason of only one.
  const reason = detail === '' || detail === 'Unknown error' ? '' : ` (${detail})`;
  return new ClipsightError(
    'image',
    `${name} cannot be decoded as ${format.toUpperCase()}: it is damaged or incomplete${reason}.`,
    'Save or copy the picture again.',
    { cause },
  );
}
