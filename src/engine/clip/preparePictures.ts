import { decodeBytes } from '../image/decode';
import { type PreparedImage, preparePicture } from './prepareImage';
import type { Preprocessing } from './preprocessing';

/**
 * Decodes a picture once and prepares it for each of several models, in their order; `name` is for errors. Throws
 * ClipsightError `image` as `prepareImage` does.
 */
export type PreparePictures = (
  bytes: Uint8Array,
  name: string,
  models: readonly Preprocessing[],
) => Promise<readonly PreparedImage[]>;

/** In this thread. */
export const prepareHere: PreparePictures = async (bytes, name, models) => {
  const decoded = await decodeBytes(bytes, name);
  return models.map((how) => preparePicture(decoded, how, name));
};
