import { dot } from '../numeric/vector';
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

/**
 * All latents of a component that is active on some token, where every latent has a value on every token: `values`
 * [tokens, latents].
 */
export function denseCodes(values: Float32Array, tokenCount: number, componentSize: number): Codes {
  const size = values.length / tokenCount;
  const isActive = new Uint8Array(size / componentSize);
  values.forEach((value, n) => {
    if (value !== 0) isActive[Math.floor((n % size) / componentSize)] = 1;
  });
  const latents = Int32Array.from({ length: size }, (_, j) => j).filter(
    (j) => isActive[Math.floor(j / componentSize)] === 1,
  );
  const activations = new Float32Array(tokenCount * latents.length);
  for (let token = 0; token < tokenCount; token++) {
    latents.forEach((latent, j) => {
      activations[token * latents.length + j] = values[token * size + latent]!;
    });
  }
  return { latents, tokens: tokenCount, activations, outputScale: null };
}

/** What each latent is multiplied by W_dec with, z times the output scale, [tokens, latents]. */
export function writtenActivations({ latents, activations, outputScale }: Codes): Float32Array {
  if (outputScale === null) return activations;
  return activations.map((z, n) => z * outputScale[Math.floor(n / latents.length)]!);
}

/** The components of `size` consecutive latents each that the active latents make up, ascending. */
export function componentsOf({ latents }: Codes, size: number): Int32Array {
  return latents.filter((_, j) => j % size === 0).map((latent) => latent / size);
}

/** How active components are over the tokens of an image; one number per component. */
export interface OverTokens {
  readonly max: Float32Array;
  /** Silent tokens count as 0. */
  readonly mean: Float32Array;
  /** The first selected token that has the largest activation, counted from the first selected one. */
  readonly token: Int32Array;
}

/**
 * The activation on a token is that itself where a component is one latent, the length of the vector of its activations
 * where it is `size` of them.
 */
export function overTokens({ latents, tokens, activations }: Codes, size: number): OverTokens {
  const count = latents.length / size;
  const max = new Float32Array(count).fill(Number.NEGATIVE_INFINITY);
  const sum = new Float64Array(count);
  const at = new Int32Array(count);
  for (let token = 0; token < tokens; token++) {
    for (let component = 0; component < count; component++) {
      const from = token * latents.length + component * size;
      const activation = size === 1 ? activations[from]! : lengthOf(activations.subarray(from, from + size));
      sum[component]! += activation;
      if (activation > max[component]!) {
        max[component] = activation;
        at[component] = token;
      }
    }
  }
  return { max, mean: Float32Array.from(sum, (total) => total / tokens), token: at };
}

const lengthOf = (vector: Float32Array) => Math.sqrt(dot(vector, vector));
