import type { ImageTower } from '../clip/architecture';
import type { Hook } from '../clip/hook';
import { dot } from '../numeric/vector';
import type { KeptImage } from './attribute';

/** What lies on patches, and what on the CLS token; null where that is not selected. */
export interface OnPatches {
  /** [patches], row by row. */
  readonly values: Float32Array;
  readonly cls: number | null;
}

/** How many patches a model sees, and at which of the selected tokens they begin. */
export interface PatchTokens {
  readonly count: number;
  readonly first: 0 | 1;
}

/** Null where no selected token lies on a patch. */
export function patchTokens(
  { grid, cls }: Pick<ImageTower, 'grid' | 'cls'>,
  { point, tokens }: Pick<Hook, 'point' | 'tokens'>,
): PatchTokens | null {
  if (point === 'embedding' || tokens === 'cls') return null;
  return { count: grid * grid, first: cls !== null && tokens === 'all' ? 1 : 0 };
}

/** Which component of an image, by its place among those active there, and how many latents it has. */
export interface Column {
  readonly column: number;
  readonly componentSize: number;
}

/** The activation of a component on one of the selected tokens. */
export function activationOn(
  token: number,
  { codes: { latents, activations } }: Pick<KeptImage, 'codes'>,
  { column, componentSize }: Column,
): number {
  const from = token * latents.length + column * componentSize;
  if (componentSize === 1) return activations[from]!;
  const vector = activations.subarray(from, from + componentSize);
  return Math.sqrt(dot(vector, vector));
}

/**
 * Its part of the attribution there: Σ over its latents of z·⟨W_dec, ∂y/∂x⟩. `gradient` is ∂y/∂x, [selected tokens,
 * width].
 */
export function attributionOn(
  token: number,
  { codes, decoder }: Pick<KeptImage, 'codes' | 'decoder'>,
  { column, componentSize }: Column,
  gradient: Float32Array,
): number {
  const { tokens, latents, activations, outputScale } = codes;
  const width = gradient.length / tokens;
  const slope = gradient.subarray(token * width, (token + 1) * width);
  let sum = 0;
  for (let j = column * componentSize; j < (column + 1) * componentSize; j++) {
    const z = activations[token * latents.length + j]!;
    if (z !== 0) sum += z * dot(decoder.subarray(j * width, (j + 1) * width), slope);
  }
  return sum * (outputScale?.[token] ?? 1);
}

/** A number of each selected token, by where these lie. */
export function onPatches({ count, first }: PatchTokens, numberOn: (token: number) => number): OnPatches {
  return {
    values: Float32Array.from({ length: count }, (_, patch) => numberOn(first + patch)),
    cls: first === 0 ? null : numberOn(0),
  };
}
