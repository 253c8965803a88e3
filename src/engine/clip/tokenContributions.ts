import { gaussLegendre } from '../numeric/gaussLegendre';
import { dot } from '../numeric/vector';
import type { TextWords } from './tokenizer';

/** How much each token of a text gives to products with its normalised embedding u. */
export interface TokenContributions extends TextWords {
  /**
   * One [tokens] per vector w: integrated gradients of w·u along the straight path from the text whose words' tokens
   * are all the token that ends texts. They add up to w·u less that of this text; what belongs to no word has 0.
   */
  readonly contributions: readonly Float32Array[];
  /** Whether all of them do, to 1 % of what they are together, their signs left out. */
  readonly complete: boolean;
}

/** A point of the path from one text, 0, to another, 1. */
export interface PathPoint {
  /** The normalised embedding u there, [embedding]. */
  readonly u: Float32Array;
  /** Of each vector asked, the derivative of w·u along the path, by token: [tokens]. */
  readonly contributions: readonly Float32Array[];
}

/** Points of the path to begin with; doubled where contributions do not add up, up to the most. */
const firstPoints = 12;
const mostPoints = 96;

/**
 * Integrated gradients of w·u over the path, [tokens] per vector w, by Gauss–Legendre, with more points until they add
 * up. At most `perRun` vectors are asked of `at` at once; at least one vector.
 */
export async function integrateTokens(
  at: (along: number, vectors: readonly Float32Array[]) => Promise<PathPoint>,
  vectors: readonly Float32Array[],
  { tokens, perRun }: { readonly tokens: number; readonly perRun: number },
): Promise<Pick<TokenContributions, 'contributions' | 'complete'>> {
  const [from, to] = [await at(0, vectors.slice(0, 1)), await at(1, vectors.slice(0, 1))];
  const difference = to.u.map((x, d) => x - from.u[d]!);
  const contributions: Float32Array[] = [];
  let complete = true;
  for (let start = 0; start < vectors.length; start += perRun) {
    const some = vectors.slice(start, start + perRun);
    let totals: readonly Float32Array[] = [];
    let done = false;
    for (let count = firstPoints; !done && count <= mostPoints; count *= 2) {
      const { points, weights } = gaussLegendre(count);
      totals = some.map(() => new Float32Array(tokens));
      for (const [i, along] of points.entries()) {
        const point = await at(along, some);
        totals.forEach((total, row) => {
          point.contributions[row]!.forEach((x, t) => {
            total[t]! += weights[i]! * x;
          });
        });
      }
      done = some.every((w, row) => addsUp(totals[row]!, dot(w, difference), dot(w, w)));
    }
    contributions.push(...totals);
    complete &&= done;
  }
  return { contributions, complete };
}

const total = (numbers: Float32Array): number => numbers.reduce((sum, x) => sum + x, 0);

/** Within 1 % of the sizes of all, or where those are next to nothing what float32 does not tell from 0. */
function addsUp(contributions: Float32Array, difference: number, squaredLength: number): boolean {
  const [sum, size] = [contributions, contributions.map(Math.abs)].map(total);
  return Math.abs(sum! - difference) <= Math.max(0.01 * size!, 1e-6 * Math.sqrt(squaredLength));
}
