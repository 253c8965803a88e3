import type { Codes } from './dictionary';

/** Active entries of one image in any order: entry n says that `latents[n]` has `values[n]` on token `tokens[n]`. */
export interface ActiveEntries {
  readonly tokens: Int32Array;
  readonly latents: Int32Array;
  readonly values: Float32Array;
}

/**
 * Gathers entries into a [tokens, distinct latents] matrix. Entries of value 0 are silent, not active. `size` is the
 * number of latents of the dictionary, `outputScale` that of the codes.
 */
export function toCodes(
  { tokens, latents, values }: ActiveEntries,
  tokenCount: number,
  size: number,
  outputScale: Float32Array | null = null,
): Codes {
  const isActive = new Uint8Array(size);
  for (let n = 0; n < values.length; n++) {
    if (values[n] !== 0) isActive[latents[n]!] = 1;
  }
  const active: number[] = [];
  const column = new Int32Array(size);
  for (let latent = 0; latent < size; latent++) {
    if (isActive[latent] === 1) column[latent] = active.push(latent) - 1;
  }
  const activations = new Float32Array(tokenCount * active.length);
  for (let n = 0; n < values.length; n++) {
    const value = values[n]!;
    if (value !== 0) activations[tokens[n]! * active.length + column[latents[n]!]!] = value;
  }
  return { latents: Int32Array.from(active), tokens: tokenCount, activations, outputScale };
}

/** What each latent is multiplied by W_dec with, z times the output scale, [tokens, latents]. */
export function writtenActivations({ latents, activations, outputScale }: Codes): Float32Array {
  if (outputScale === null) return activations;
  return activations.map((z, n) => z * outputScale[Math.floor(n / latents.length)]!);
}

/** Largest activation over tokens of each active latent, [latents]. */
export function peakActivations({ latents, tokens, activations }: Codes): Float32Array {
  const peaks = new Float32Array(latents.length).fill(Number.NEGATIVE_INFINITY);
  for (let token = 0; token < tokens; token++) {
    for (let j = 0; j < latents.length; j++) {
      peaks[j] = Math.max(peaks[j]!, activations[token * latents.length + j]!);
    }
  }
  return peaks;
}
