import { ClipsightError } from '../../shared/errors';

/** The formats whose decoding is known to agree with Pillow's, bit for bit. */
export type Format = 'jpeg' | 'png' | 'gif' | 'webp' | 'tiff';

/** `....` in a signature stands for any four bytes. */
const readable: readonly (readonly [signature: string, format: Format])[] = [
  ['\xff\xd8\xff', 'jpeg'],
  ['\x89PNG\r\n\x1a\n', 'png'],
  ['GIF87a', 'gif'],
  ['GIF89a', 'gif'],
  ['RIFF....WEBP', 'webp'],
  ['II*\0', 'tiff'],
  ['MM\0*', 'tiff'],
];

const known: readonly (readonly [signature: string, name: string])[] = [
  ['BM', 'a BMP picture'],
  ['....ftypavi', 'an AVIF picture'],
  ['....ftyphei', 'a HEIC picture'],
  ['....ftyphev', 'a HEIC picture'],
  ['....ftypmif1', 'a HEIF picture'],
  ['....ftypmsf1', 'a HEIF picture'],
  ['....ftyp', 'a video or another MP4-like file'],
  ['II+\0', 'a BigTIFF picture'],
  ['MM\0+', 'a BigTIFF picture'],
  ['\xff\x0a', 'a JPEG XL picture'],
  ['\0\0\0\x0cJXL ', 'a JPEG XL picture'],
  ['\0\0\0\x0cjP  ', 'a JPEG 2000 picture'],
  ['\xff\x4f\xff\x51', 'a JPEG 2000 picture'],
  ['8BPS', 'a Photoshop document'],
  ['\0\0\x01\0', 'an icon'],
  ['%PDF-', 'a PDF document'],
  ['DDS ', 'a DDS texture'],
  ['\x76\x2f\x31\x01', 'an OpenEXR picture'],
  ['P1', 'a PBM picture'],
  ['P2', 'a PGM picture'],
  ['P3', 'a PPM picture'],
  ['P4', 'a PBM picture'],
  ['P5', 'a PGM picture'],
  ['P6', 'a PPM picture'],
  ['PK\x03\x04', 'a zip archive'],
];

const remedy = 'Convert it to JPEG, PNG, WebP, GIF or TIFF.';

/**
 * The format of an image by its first bytes, whatever its name says: the decoder must not be left to guess, as
 * it would gladly draw an SVG. Throws ClipsightError 'image' naming the format if it is another.
 */
export function imageFormat(bytes: Uint8Array, name: string): Format {
  const head = Buffer.from(bytes.subarray(0, 1024)).toString('latin1');
  const found = readable.find(([signature]) => startsWith(head, signature));
  if (found) return found[1];
  const other = known.find(([signature]) => startsWith(head, signature));
  if (other) throw new ClipsightError('image', `${name} is ${other[1]}, which is not read.`, remedy);
  if (/^(\xef\xbb\xbf)?\s*(<\?xml|<!--|<!DOCTYPE svg|<svg)/.test(head) && head.includes('<svg')) {
    throw new ClipsightError('image', `${name} is an SVG drawing, which is not read.`, remedy);
  }
  throw new ClipsightError(
    'image',
    `${name} is not an image of a known format.`,
    'JPEG, PNG, WebP, GIF and TIFF are read.',
  );
}

function startsWith(head: string, signature: string): boolean {
  if (signature.startsWith('....')) return head.startsWith(signature.slice(4), 4);
  const gap = signature.indexOf('....');
  if (gap < 0) return head.startsWith(signature);
  return head.startsWith(signature.slice(0, gap)) && head.startsWith(signature.slice(gap + 4), gap + 4);
}
