import type { KeptImage } from './attribute';
import type { HookPrograms } from './hookPrograms';
import { type ScoreDirection, score } from './score';

/** Components removed between two reports of progress. */
const perReport = 256;

/** The image as it is and without any of its components: e of both, from one run. At least one component. */
export async function endpoints(
  image: KeptImage,
  programs: Pick<HookPrograms, 'vary'>,
  between: () => Promise<void>,
): Promise<{ readonly whole: Float32Array; readonly without: Float32Array }> {
  const count = image.components.length;
  const factors = new Float32Array(2 * count).fill(1, 0, count);
  const [whole, without] = await programs.vary(image, factors, between);
  return { whole: whole!, without: without! };
}

/**
 * Exact ablation: per direction, by how much y falls where each component alone is removed, [components]. `whole` is
 * the image's e as `endpoints` gives it: from the same program, so that rounding cancels.
 */
export async function ablation(
  image: KeptImage,
  whole: Float32Array,
  directions: readonly ScoreDirection[],
  programs: Pick<HookPrograms, 'vary'>,
  between: () => Promise<void>,
  removed: (components: number) => void,
): Promise<readonly Float32Array[]> {
  const count = image.components.length;
  const before = directions.map((direction) => score(whole, direction));
  const falls = directions.map(() => new Float32Array(count));
  for (let start = 0; start < count; start += perReport) {
    const rows = Math.min(perReport, count - start);
    const factors = new Float32Array(rows * count).fill(1);
    for (let row = 0; row < rows; row++) factors[row * count + start + row] = 0;
    const embeddings = await programs.vary(image, factors, between);
    embeddings.forEach((e, row) => {
      directions.forEach((direction, d) => {
        falls[d]![start + row] = before[d]! - score(e, direction);
      });
    });
    removed(rows);
  }
  return falls;
}
