import type { Rectangle } from '../../shared/image';
import type { ImageTower } from '../clip/architecture';
import type { Hook } from '../clip/hook';
import { framing, inOriginal } from '../clip/prepareImage';
import type { Preprocessing } from '../clip/preprocessing';
import type { Size } from '../image/resample';

/** Where the tokens of a hook lie in pictures. */
export interface TokenRegions {
  /** Patches in a row, and rows of them. */
  readonly grid: number;
  /** Number of the first patch: 1 where there is a CLS token. */
  readonly firstPatch: number;
  /** Whether the dictionary reads tokens that lie somewhere: not where it reads CLS or the embedding. */
  readonly placed: boolean;
  /** The part of a picture that the model sees, in its pixels. */
  crop(width: number, height: number): Rectangle;
  /** Where a token lies in a picture, in its pixels, clipped to it; null where it is CLS, or outside the picture. */
  region(token: number, width: number, height: number): Rectangle | null;
}

export function tokenRegions(
  { grid, patchSize, cls }: Pick<ImageTower, 'grid' | 'patchSize' | 'cls'>,
  { point, tokens }: Pick<Hook, 'point' | 'tokens'>,
  preprocessing: Preprocessing,
): TokenRegions {
  const firstPatch = cls === null ? 0 : 1;
  const placed = point !== 'embedding' && tokens !== 'cls';
  return {
    grid,
    firstPatch,
    placed,
    crop(width, height) {
      const { resized, seen } = framing({ width, height }, preprocessing);
      return inOriginal(seen, resized, { width, height });
    },
    region(token, width, height) {
      const patch = token - firstPatch;
      if (!placed || patch < 0) return null;
      const { resized, shown, seen } = framing({ width, height }, preprocessing);
      const left = shown.x + (patch % grid) * patchSize;
      const top = shown.y + Math.floor(patch / grid) * patchSize;
      const x = Math.max(left, seen.x);
      const y = Math.max(top, seen.y);
      const right = Math.min(left + patchSize, seen.x + seen.width);
      const bottom = Math.min(top + patchSize, seen.y + seen.height);
      if (right <= x || bottom <= y) return null;
      return inOriginal({ x, y, width: right - x, height: bottom - y }, resized, { width, height });
    },
  };
}

/** The part of a picture that the patches tile, in its pixels; reaches beyond a picture that is padded for the model. */
export function tiledPart(
  { grid, patchSize }: Pick<ImageTower, 'grid' | 'patchSize'>,
  preprocessing: Preprocessing,
  picture: Size,
): Rectangle {
  const { resized, shown } = framing(picture, preprocessing);
  const side = grid * patchSize;
  return inOriginal({ x: shown.x, y: shown.y, width: side, height: side }, resized, picture);
}
