import type { JobContext } from '../../shared/rpc/protocol';
import { type ScoreDirection, score } from '../attribution/score';
import type { Library, Pictures } from '../library/library';
import { HighestFew, type Numbered } from '../numeric/highestFew';
import { concat, dot } from '../numeric/vector';
import { openProducts } from '../semantics/products';
import { type Rows, rowCount, rowOf } from '../semantics/rows';
import { pauser } from './pause';

/** The pictures that come first and last by one direction, by their numbers. */
export interface Extremes {
  /** The highest scores, those first; of equals the lower number first. */
  readonly best: readonly Numbered[];
  /** The lowest scores, those first; of equals the lower number first. */
  readonly worst: readonly Numbered[];
}

export interface MatchedPictures {
  readonly directions: readonly Extremes[];
  /** Pictures that have an embedding. */
  readonly compared: number;
}

/**
 * The pictures with the highest and the lowest scores, at most `depth` each, in one pass over the kept embeddings.
 * Products in float32 say which pictures may be among them; only the scores of those are computed, in double precision
 * as everywhere (`score`), so order and numbers owe nothing to the float32.
 *
 * @throws ClipsightError `checkpoint` where an embedding has no score.
 */
export async function matchedPictures(
  directions: readonly ScoreDirection[],
  depth: number,
  library: Pick<Library, 'allEmbeddings'>,
  embedder: string,
  pictures: Pictures,
  threads: number | undefined,
  job: JobContext,
): Promise<MatchedPictures> {
  const width = directions[0]?.vector.length ?? 0;
  const vectors: Rows = { data: concat(directions.map(({ vector }) => vector)), width };
  const margins = directions.map(({ vector }) => productError(width) * Math.sqrt(dot(vector, vector)));
  const found = directions.map(() => ({ best: new HighestFew(depth), worst: new HighestFew(depth) }));
  const pause = pauser(job);
  const products = openProducts(width, threads);
  let compared = 0;
  try {
    for await (const { pictures: which, rows } of library.allEmbeddings(embedder, pictures)) {
      if (rows.width !== width) throw new Error(`embeddings of ${rows.width}, directions of ${width}`);
      const all = await products.of(rows, vectors);
      for (let row = 0, at = 0; row < rowCount(rows); row++) {
        const e = rowOf(rows, row);
        const length = Math.sqrt(dot(e, e));
        for (const [d, direction] of directions.entries()) {
          const { best, worst } = found[d]!;
          const size = direction.kind === 'cosine' ? 1 : length;
          const near = (all[at++]! / length) * size + (direction.bias ?? 0);
          const margin = margins[d]! * size;
          // One without a score passes neither comparison: `score` says what is wrong with it.
          const isBehind = !best.admits(near + margin) && !worst.admits(margin - near);
          if (isBehind && Number.isFinite(near)) continue;
          const y = score(e, direction);
          best.add(which[row]!, y);
          worst.add(which[row]!, -y);
        }
        if (row % 64 === 0) await pause();
      }
      compared += which.length;
      job.progress({ stage: 'Comparing images', done: compared, total: pictures.sha256.length });
    }
  } finally {
    await products.release();
  }
  return {
    compared,
    directions: found.map(({ best, worst }) => ({
      best: best.list(),
      worst: worst.list().map(({ number, value }) => ({ number, value: -value })),
    })),
  };
}

/** More than a float32 product of unit vectors can be off, in whatever order it is summed: twice n·2⁻²⁴. */
function productError(width: number): number {
  return (width + 2) * 2 ** -23;
}

/** Candidates for `most` pictures: where there are fewer, they are all there are. */
export function depthFor(most: number): number {
  return 2 * most + 1;
}

/**
 * At most `most` of each, without pictures that are not to be shown, and none in both: of few pictures the better half
 * are best, the others worst.
 *
 * @param extremes of depth `depthFor(most)`
 */
export function withoutOverlap(
  { best, worst }: Extremes,
  most: number,
  isShown: (picture: number) => boolean,
): Extremes {
  const high = best.filter(({ number }) => isShown(number));
  const all = best.length < depthFor(most) ? high.length : 2 * most;
  const chosen = high.slice(0, Math.min(most, Math.ceil(all / 2)));
  const taken = new Set(chosen.map(({ number }) => number));
  const low = worst.filter(({ number }) => isShown(number) && !taken.has(number));
  return { best: chosen, worst: low.slice(0, Math.min(most, Math.floor(all / 2))) };
}
