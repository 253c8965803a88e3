import type { JobContext } from '../../shared/rpc/protocol';
import { breather } from '../job';
import type { Library, Pictures } from '../library/library';
import { type LongProduct, nearestRows } from '../semantics/nearestRows';
import { directed, type Rows, unitRows } from '../semantics/rows';

/** With fewer class folders that hold at least two pictures, folders do not say what pictures are of. */
const fewestFolders = 5;
/** Embeddings read at a time. */
const BLOCK = 8192;

/** What the pictures of a library are of. */
export interface ImageClasses {
  /** Number of the class of each picture; −1 where nothing is known. [pictures] */
  readonly of: Int32Array;
  /** How they are known. */
  readonly by: 'folders' | 'judge';
}

/**
 * Classes of pictures: their class folders; where they do not lie in several, the text of the vocabulary that the judge finds
 * best. Null where there is no vocabulary either.
 *
 * @param vocabulary unit text embeddings of the judge
 */
export async function imageClasses(
  library: Library,
  judge: string,
  pictures: Pictures,
  vocabulary: Rows,
  options: LongProduct,
  job: JobContext,
): Promise<ImageClasses | null> {
  const byFolder = await folderClasses(library, pictures);
  const counts = new Map<number, number>();
  for (const name of byFolder) counts.set(name, (counts.get(name) ?? 0) + 1);
  if ([...counts.values()].filter((n) => n >= 2).length >= fewestFolders)
    return { of: byFolder, by: 'folders' };
  if (vocabulary.data.length === 0) return null;
  const of = new Int32Array(pictures.sha256.length).fill(-1);
  for (let start = 0; start < of.length; start += BLOCK) {
    job.progress({ stage: 'Telling classes apart', done: start, total: of.length });
    const { rows, present } = await library.embeddings(judge, pictures.sha256.slice(start, start + BLOCK));
    const seen = Int32Array.from(directed(rows, present));
    const { others } = await nearestRows(unitRows(rows, seen), vocabulary, 1, {
      ...options,
      report: breather(job),
    });
    seen.forEach((i, at) => {
      of[start + i] = others[at]!;
    });
  }
  return { of, by: 'judge' };
}

/** Of several files of a picture the first by path. */
async function folderClasses(library: Library, pictures: Pictures): Promise<Int32Array> {
  const folders = new Map<string, string>();
  for (const { sha256, classFolder } of await library.files(null)) {
    if (sha256 !== null && !folders.has(sha256)) folders.set(sha256, classFolder);
  }
  const numbers = new Map<string, number>();
  return Int32Array.from(pictures.sha256, (sha256) => {
    const folder = folders.get(sha256) ?? '.';
    const known = numbers.get(folder) ?? numbers.size;
    numbers.set(folder, known);
    return known;
  });
}
