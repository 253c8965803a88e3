import type { Codes } from './dictionary';

/** Active entries of one image in any order: entry n says that `latents[n]` has `values[n]` on token `tokens[n]`. */
export interface ActiveEntries {
  readonly tokens: Int32Array;
  readonly latents: Int32Array;
  readonly values: Float32Array;
}

/** Gathers entries into a [tokens, distinct latents] matrix. Entries of value 0 are silent, not active. */
export function toCodes(entries: ActiveEntries, tokenCount: number): Codes {
  const active = new Set<number>();
  entries.latents.forEach((latent, n) => {
    if (entries.values[n] !== 0) active.add(latent);
  });
  const latents = Int32Array.from(active).sort();
  const column = new Map(Array.from(latents, (latent, index) => [latent, index]));
  const activations = new Float32Array(tokenCount * latents.length);
  entries.latents.forEach((latent, n) => {
    const value = entries.values[n]!;
    if (value !== 0) activations[entries.tokens[n]! * latents.length + column.get(latent)!] = value;
  });
  return { latents, tokens: tokenCount, activations };
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
