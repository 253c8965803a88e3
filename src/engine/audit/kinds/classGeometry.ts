import { ClipsightError } from '../../../shared/errors';
import type { JobContext } from '../../../shared/rpc/protocol';
import { pauser } from '../../components/pause';
import type { Library, Pictures } from '../../library/library';
import { dot } from '../../numeric/vector';
import { type Rows, rowOf } from '../../semantics/rows';

/** Where the class folders of a library lie in an embedder's space. All are of v̂, less its mean over the library. */
export interface ClassGeometry {
  readonly names: readonly string[];
  /** Class of each picture; −1 of one without an embedding. [pictures] */
  readonly classOf: Int32Array;
  readonly counts: Int32Array;
  /** Sum of the class, [classes, embedding]. */
  readonly sums: Rows;
  /** Mean of v̂ over the library. */
  readonly centre: Float32Array;
}

/** Throws ClipsightError `library` where no picture has an embedding. */
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
      `No picture of ${library.file} has an embedding.`,
      'Index the images again.',
    );
  }
  const total = counts.reduce((all, n) => all + n, 0);
  const centre = Float32Array.from({ length: width }, (_, d) => {
    let sum = 0;
    for (let c = 0; c < names.length; c++) sum += sums[c * width + d]!;
    return sum / total;
  });
  const centred = Float32Array.from(
    sums,
    (sum, at) => sum - counts[Math.floor(at / width)]! * centre[at % width]!,
  );
  return { names, classOf, counts, sums: { data: centred, width }, centre };
}

/** v̂ less the mean over the library. */
export function centredUnit(e: Float32Array, { centre }: Pick<ClassGeometry, 'centre'>): Float32Array {
  const length = Math.sqrt(dot(e, e));
  return centre.map((g, d) => e[d]! / length - g);
}
