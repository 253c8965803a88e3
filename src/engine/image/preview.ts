import sharp from 'sharp';
import type { Preview } from '../../shared/engineProtocol';
import type { ImageSource } from '../../shared/image';
import { decode } from './decode';
import { type Picture, toRgb } from './picture';

/**
 * A JPEG of what the model is shown, its longer side at most `size` pixels, never enlarged. Made from the decoded
 * pixels and not by the browser, which would turn the picture, apply its profile and lay it on white.
 */
export async function preview(source: ImageSource, size: number): Promise<Preview> {
  return previewOf(await decode(source), size);
}

/** The same of a decoded picture. */
export async function previewOf(picture: Picture, size: number): Promise<Preview> {
  const { width, height, data } = toRgb(picture);
  const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: size, height: size, fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality: 92, chromaSubsampling: '4:4:4' })
    .toBuffer();
  return { bytes: new Uint8Array(bytes), mime: 'image/jpeg', width, height };
}
