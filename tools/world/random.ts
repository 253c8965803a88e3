import { createHash } from 'node:crypto';

/** A stream of random numbers. Equal keys give equal streams, on every machine; others are independent. */
export interface Random {
  /** In [from, to), 32 random bits. */
  uniform(from: number, to: number): number;
  /** Whole, in [from, to). */
  integer(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<T>(all: readonly T[]): T;
  /** Of mean 0 and variance 1. */
  normal(): number;
}

/** xoshiro128** (Blackman and Vigna 2018), started from the SHA-256 of the key. */
export function random(...key: readonly (string | number)[]): Random {
  const digest = createHash('sha256').update(JSON.stringify(key)).digest();
  const state = Uint32Array.from({ length: 4 }, (_, i) => digest.readUInt32LE(4 * i));
  const next = (): number => {
    const second = state[1]!;
    const result = Math.imul(rotateLeft(Math.imul(second, 5), 7), 9) >>> 0;
    state[2]! ^= state[0]!;
    state[3]! ^= second;
    state[1]! ^= state[2]!;
    state[0]! ^= state[3]!;
    state[2]! ^= second << 9;
    state[3] = rotateLeft(state[3]!, 11);
    return result / 2 ** 32;
  };
  let spare: number | null = null;
  return {
    uniform: (from, to) => from + (to - from) * next(),
    integer: (from, to) => from + Math.floor((to - from) * next()),
    chance: (probability) => next() < probability,
    pick: (all) => all[Math.floor(all.length * next())]!,
    normal: () => {
      if (spare !== null) {
        const kept = spare;
        spare = null;
        return kept;
      }
      // Box and Muller; 1 − next() is never 0.
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      const angle = 2 * Math.PI * next();
      spare = radius * Math.sin(angle);
      return radius * Math.cos(angle);
    },
  };
}

function rotateLeft(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}
