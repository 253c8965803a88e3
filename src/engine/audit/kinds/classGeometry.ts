import { ClipsightError } from '../../../shared/errors';
import type { JobContext } from '../../../shared/rpc/protocol';
import { pauser } from '../../components/pause';
import type { Library, Pictures } from '../../library/library';
import { uniforms } from '../../numeric/uniforms';
import { dot } from '../../numeric/vector';
import { type Rows, rowCount, rowOf } from '../../semantics/rows';
import { FEWEST_SAMPLES } from '../../semantics/semanticEmbedding';

/** Where the class folders of a library lie in the judge's space. All are of v̂, less its mean over the library. */
export interface ClassGeometry {
  readonly names: readonly string[];
  /** Class of each picture; −1 of one that the judge has not seen. [pictures] */
  readonly classOf: Int32Array;
  readonly counts: Int32Array;
  /** Sum of the class, [classes, embedding]. */
  readonly sums: Rows;
  /** Mean product of two different pictures of the class; NaN of fewer than five pictures. [classes] */
  readonly within: Float64Array;
  /** Mean of v̂ over the library. */
  readonly centre: Float32Array;
}

/** `embedder` is the judge's key. Throws ClipsightError `library` where nothing was judged. */
export async function classGeometry(
  library: Library,
  embedder: string,
  pictures: Pictures,
  job: JobContext,
): Promise<ClassGeometry> {
  const folders = new Map<string, string>();
  for (const { sha256, classFolder, path } of await library.files(null)) {
    // Of several files of a picture the first by path: files come in that order.
    if (sha256 !== null && path !== '' && !folders.has(sha256)) folders.set(sha256, classFolder);
  }
  const names = [...new Set(pictures.sha256.map((sha256) => folders.get(sha256) ?? '.'))].toSorted();
  const numbers = new Map(names.map((name, i) => [name, i]));
  const classes = Int32Array.from(pictures.sha256, (sha256) => numbers.get(folders.get(sha256) ?? '.')!);
  const classOf = new Int32Array(classes.length).fill(-1);
  const pause = pauser(job);
  let sums: Float64Array | null = null;
  let width = 0;
  const counts = new Int32Array(names.length);
  for await (const { pictures: some, rows } of library.allEmbeddings(embedder, pictures)) {
    width = rows.width;
    sums ??= new Float64Array(names.length * width);
    for (const [i, picture] of some.entries()) {
      const e = rowOf(rows, i);
      const length = Math.sqrt(dot(e, e));
      const at = classes[picture]!;
      classOf[picture] = at;
      counts[at]!++;
      for (let d = 0; d < width; d++) sums[at * width + d]! += e[d]! / length;
      if (i % 256 === 0) await pause();
    }
  }
  if (sums === null) {
    throw new ClipsightError(
      'library',
      `The judge has seen no picture of ${library.file}.`,
      'Index the images again.',
    );
  }
  const total = counts.reduce((all, n) => all + n, 0);
  const centre = Float32Array.from({ length: width }, (_, d) => {
    let sum = 0;
    for (let c = 0; c < names.length; c++) sum += sums[c * width + d]!;
    return sum / total;
  });
  const square = dot(centre, centre);
  const centred = new Float32Array(sums.length);
  const within = new Float64Array(names.length);
  for (let c = 0; c < names.length; c++) {
    const n = counts[c]!;
    let [raw, along] = [0, 0];
    for (let d = 0; d < width; d++) {
      const sum = sums[c * width + d]!;
      raw += sum * sum;
      along += sum * centre[d]!;
      centred[c * width + d] = sum - n * centre[d]!;
    }
    // Σ_{i≠k} (v̂_i − g)(v̂_k − g), where v̂_i·v̂_i is 1.
    const pairs = raw - n - 2 * (n - 1) * along + n * (n - 1) * square;
    within[c] = n < FEWEST_SAMPLES ? Number.NaN : pairs / (n * (n - 1));
  }
  return { names, classOf, counts, sums: { data: centred, width }, within, centre };
}

/** v̂ less the mean over the library. */
export function centredUnit(e: Float32Array, { centre }: Pick<ClassGeometry, 'centre'>): Float32Array {
  const length = Math.sqrt(dot(e, e));
  return centre.map((g, d) => e[d]! / length - g);
}

/**
 * How alike two groups of pictures are: the cosine of their means as it would be of many more pictures, Σ products across /
 * √(products within · products within), each a mean over pairs of different pictures. Null where one of the groups is not
 * alike at all, or has fewer than two. Rows as of `centredUnit`.
 */
export function groupCosine(a: Rows, b: Rows): number | null {
  const [first, second] = [groupOf(a), groupOf(b)];
  if (first === null || second === null) return null;
  const across = dot(first.mean, second.mean);
  return cosineOf(across, first.within, second.within);
}

function groupOf(rows: Rows): { readonly mean: Float32Array; readonly within: number } | null {
  const n = rowCount(rows);
  if (n < 2) return null;
  const sum = new Float64Array(rows.width);
  let own = 0;
  for (let i = 0; i < n; i++) {
    const row = rowOf(rows, i);
    own += dot(row, row);
    for (let d = 0; d < rows.width; d++) sum[d]! += row[d]!;
  }
  const square = sum.reduce((total, x) => total + x * x, 0);
  return { mean: Float32Array.from(sum, (x) => x / n), within: (square - own) / (n * (n - 1)) };
}

/** Clipped to [−1, 1], which noise can lead out of; null where a group has nothing in common. */
function cosineOf(across: number, within: number, otherWithin: number): number | null {
  if (!(within > 0 && otherWithin > 0)) return null;
  return Math.max(-1, Math.min(1, across / Math.sqrt(within * otherWithin)));
}

/** The same of two classes; 1 of a class and itself. */
export function classCosine({ counts, sums, within }: ClassGeometry, a: number, b: number): number | null {
  if (a === b) return 1;
  if (counts[a] === 0 || counts[b] === 0) return null;
  const across = dot(rowOf(sums, a), rowOf(sums, b)) / (counts[a]! * counts[b]!);
  return cosineOf(across, within[a]!, within[b]!);
}

/** Pairs of classes looked at, at most. */
const mostPairs = 5000;

/** Cosines of pairs of different classes: all of them, or as many drawn at random. */
export function classPairCosines(geometry: ClassGeometry): Float64Array {
  const classes = geometry.names.map((_, c) => c).filter((c) => geometry.within[c]! > 0);
  const found: number[] = [];
  const look = (a: number, b: number): void => {
    const cosine = a === b ? null : classCosine(geometry, classes[a]!, classes[b]!);
    if (cosine !== null) found.push(cosine);
  };
  const { length: n } = classes;
  if ((n * (n - 1)) / 2 <= mostPairs) {
    for (let a = 0; a < n; a++) for (let b = 0; b < a; b++) look(a, b);
  } else {
    const random = uniforms(1);
    const one = () => Math.floor(random() * n);
    for (let i = 0; i < mostPairs; i++) look(one(), one());
  }
  return Float64Array.from(found);
}
