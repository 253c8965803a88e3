import { type ClassSums, classAccumulator } from './classSumming';
import type { PictureContributions } from './computePictures';
import type { Library, LibraryFile, LibraryStudy } from './library';

export interface Reconciling {
  readonly library: Library;
  readonly study: LibraryStudy;
  /** Whether contributions that are missing are to be computed. */
  readonly contributions: boolean;
  readonly sums: ClassSums;
  /** Computes the contributions of these files' pictures and adds them to the sum of their class. */
  compute(files: readonly LibraryFile[]): Promise<void>;
  between(): Promise<void>;
}

/**
 * Makes the sum of each class one over the pictures that it has: adds what is missing and subtracts what is gone, from
 * the contributions that are kept. What is missing and not kept is computed again; where what is gone is not kept, the
 * sum is begun anew.
 */
export async function reconcileClasses(reconciling: Reconciling): Promise<void> {
  const { library, study, contributions, sums, between } = reconciling;
  const { key } = study.info;
  const width = study.info.model.embeddingSize;
  const stale = (await library.classes(key)).filter(
    ({ summed, pictures, both }) => summed !== both || (contributions && pictures !== both),
  );
  if (stale.length === 0) return;
  const members = await membersOf(library, key, new Set(stale.map(({ name }) => name)));
  for (const { name } of stale) {
    await between();
    const files = members.get(name) ?? new Map<string, LibraryFile>();
    let accumulator = classAccumulator(name, width, await library.classSum(key, name));
    const gone = [...accumulator.pictures].filter((sha256) => !files.has(sha256));
    const subtracted = gone.length <= files.size && (await subtractKept(gone, accumulator, reconciling));
    if (!subtracted) accumulator = classAccumulator(name, width, null);
    const lacking: LibraryFile[] = [];
    for (const [sha256, file] of contributions ? files : []) {
      if (accumulator.has(sha256)) continue;
      await between();
      const kept = await keptOf(sha256, reconciling);
      if (kept === null) lacking.push(file);
      else accumulator.add(sha256, kept);
    }
    await sums.replace(accumulator);
    if (lacking.length > 0) await reconciling.compute(lacking);
    await sums.flush();
  }
}

/** Whether all of them could be subtracted. If not, the accumulator is of no more use. */
async function subtractKept(
  gone: readonly string[],
  accumulator: ReturnType<typeof classAccumulator>,
  reconciling: Reconciling,
): Promise<boolean> {
  for (const sha256 of gone) {
    await reconciling.between();
    const kept = await keptOf(sha256, reconciling);
    if (kept === null) return false;
    accumulator.subtract(sha256, kept);
  }
  return true;
}

async function keptOf(
  sha256: string,
  { library, study }: Pick<Reconciling, 'library' | 'study'>,
): Promise<PictureContributions | null> {
  const kept = await library.contributionsIn(study.info.key, sha256);
  if (kept === null) return null;
  const { rows, present } = await library.embeddings(study.embedder.key, [sha256]);
  if (present[0] !== 1) return null;
  return { components: kept.components, contributions: kept.contributions.data, embedding: rows.data };
}

/** Pictures with codes, by class folder, each with its first file there. */
async function membersOf(
  library: Library,
  study: string,
  classes: ReadonlySet<string>,
): Promise<ReadonlyMap<string, ReadonlyMap<string, LibraryFile>>> {
  const files = (await library.files(null)).filter(
    ({ classFolder, sha256, failure }) => classes.has(classFolder) && sha256 !== null && failure === null,
  );
  const shas = [...new Set(files.map(({ sha256 }) => sha256!))];
  const { codes: lacking } = await library.lacking(shas, { study, embedders: [] });
  const members = new Map<string, Map<string, LibraryFile>>();
  for (const file of files) {
    const sha256 = file.sha256!;
    if (lacking.has(sha256)) continue;
    const pictures = members.get(file.classFolder) ?? new Map<string, LibraryFile>();
    members.set(file.classFolder, pictures);
    if (!pictures.has(sha256)) pictures.set(sha256, file);
  }
  return members;
}
