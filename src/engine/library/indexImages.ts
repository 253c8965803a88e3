import { type IndexRequest, indexingStage } from '../../shared/library';
import type { JobContext } from '../../shared/rpc/protocol';
import type { PreparePictures } from '../clip/preparePictures';
import type { Preprocessing } from '../clip/preprocessing';
import { breather } from '../job';
import { changesOf } from './changes';
import { classSums } from './classSumming';
import { type ComputedPicture, type Computing, pictureComputer } from './computePictures';
import { type ContributionRoom, contributionRoom } from './contributionRoom';
import { gatherer } from './gather';
import type { Embedder, Library, LibraryFile, LibraryStudy } from './library';
import { isNeeded, type NeedsOf, pictureNeeds } from './pictureNeeds';
import { type Need, readPictures } from './readPictures';
import { reconcileClasses } from './reconcileClasses';
import { inOrder, type Scan, type ScannedFile, scan, scanOnly } from './scan';

export interface IndexWork {
  readonly library: Library;
  readonly request: Pick<IndexRequest, 'roots' | 'others' | 'only'>;
  readonly study: LibraryStudy;
  /** Null where there is none beside the model itself. */
  readonly judge: Embedder | null;
  readonly preprocessing: { readonly model: Preprocessing; readonly judge: Preprocessing | null };
  readonly prepare: PreparePictures;
  /** What one turn and one transaction take, in milliseconds: others wait as long, and a kill costs as much. */
  readonly turnMs: number;
  /** Bytes of contribution vectors kept at most; null where none are computed. */
  readonly contributions: { readonly most: number } | null;
  /** Gives work its turn, and what computes; rejects where files of that changed meanwhile. */
  readonly turn: <T>(work: (computing: Computing) => Promise<T>) => Promise<T>;
}

export interface IndexOutcome {
  readonly computed: number;
  readonly removed: number;
  /** Seconds that the computing took, with all that goes on beside it. */
  readonly computingSeconds: number;
  /** Folders and files that could not be looked at. */
  readonly unreadable: readonly string[];
}

/** Taken in one turn and one transaction at most; and how long it waits for pictures, in milliseconds. */
const slice = { pictures: 64, files: 1000, patience: 1000 };
const askedAtOnce = 5000;

/** Brings a library up to date with the images of its roots (`indexLibrary` of the engine). */
export async function indexImages(work: IndexWork, job: JobContext): Promise<IndexOutcome> {
  const { library, request, study, judge, contributions } = work;
  const { key } = study.info;
  const between = breather(job);
  await library.useStudy(study);
  if (judge !== null) await library.useEmbedder(judge);

  const found = await look(work, job);
  const changes = changesOf(await library.files(null), found, request);
  for (const some of groups(changes.gone, askedAtOnce)) await library.removeFiles(some);
  const into = { study: key, model: study.embedder.key, judge: judge?.key ?? null };
  for (const files of groups(changes.reclassed, askedAtOnce)) {
    await library.add({ files, pictures: [] }, into);
  }

  const room = contributions === null ? null : await contributionRoom(library, study, contributions);
  const needsOf = pictureNeeds(library, { ...into, room });
  const files = inOrder([...changes.fresh, ...(await withoutNumbers(changes.unchanged, needsOf))]);

  const sums = classSums(library, key, study.info.model.embeddingSize);
  const computer = pictureComputer({ contributions: contributions !== null });
  const keeps = keeper(room);
  const counted = { done: 0, computed: 0 };
  const report = (stage: string, total: number) => job.progress({ stage, done: counted.done, total });
  const started = performance.now();
  try {
    await computeAll(files, needsOf, {
      ...work,
      job,
      computer,
      async commit(seen, computed) {
        await library.add({ files: seen, pictures: computed.map(keeps) }, into);
        const classOf = new Map(seen.map(({ sha256, classFolder }) => [sha256, classFolder]));
        for (const { picture, contributions: of } of computed) {
          if (of !== null) await sums.add(classOf.get(picture.sha256)!, picture.sha256, of);
        }
        counted.computed += computed.length;
      },
      report(done) {
        counted.done += done;
        report(indexingStage, files.length);
      },
    });
    await sums.flush();
    const computingSeconds = (performance.now() - started) / 1000;

    counted.done = 0;
    report('Finishing', 0);
    await reconcileClasses({
      library,
      study,
      contributions: contributions !== null,
      sums,
      between,
      compute: (lacking) =>
        computeAll(lacking, async (sha256) => sha256.map(() => codesOnly), {
          ...work,
          job,
          computer,
          async commit(seen, computed) {
            const expected = new Map(lacking.map(({ path, sha256 }) => [path, sha256]));
            const files = seen.filter(({ path, sha256 }) => expected.get(path) === sha256);
            const classOf = new Map(files.map(({ sha256, classFolder }) => [sha256, classFolder]));
            // Of a file that changed meanwhile, the next run will know more.
            const asked = computed.filter(({ picture }) => classOf.has(picture.sha256));
            await library.add({ files, pictures: asked.map(keeps) }, into);
            for (const { picture, contributions: of } of asked) {
              if (of !== null) await sums.add(classOf.get(picture.sha256)!, picture.sha256, of);
            }
          },
          report(done) {
            counted.done += done;
            report('Finishing', 0);
          },
        }),
    });
    await library.settle();
    return {
      computed: counted.computed,
      removed: changes.gone.length,
      computingSeconds,
      unreadable: found.unreadable,
    };
  } catch (thrown) {
    // They are of what is committed. Whatever went wrong is worth more words than that they cannot be kept.
    await sums.flush().catch(() => undefined);
    await library.writeContributions().catch(() => undefined);
    throw thrown;
  }
}

const codesOnly: Need = { codes: true, embedding: false, judged: false };

async function look(
  { library, request }: IndexWork,
  job: JobContext,
): Promise<Scan & { readonly looked?: readonly string[] }> {
  const { roots, only } = request;
  let told = 0;
  const found = (count: number) => {
    if (performance.now() - told < 500) return;
    told = performance.now();
    job.progress({ stage: 'Looking for images', done: count, total: 0 });
  };
  const options = { signal: job.signal, leaveOut: ownFolders(library.file), found };
  return only === undefined ? scan(roots, options) : scanOnly(roots, only, options);
}

/** What lies beside a library's file. */
export function ownFolders(file: string): readonly string[] {
  return [`${file}.contributions`, `${file}.snapshots`];
}

/** Of files that did not change, those whose pictures lack something; of equal pictures the first. */
async function withoutNumbers(
  files: readonly LibraryFile[],
  needsOf: NeedsOf,
): Promise<readonly LibraryFile[]> {
  const first = new Map<string, LibraryFile>();
  for (const file of files) if (!first.has(file.sha256!)) first.set(file.sha256!, file);
  const needs = await needsOf([...first.keys()]);
  return [...first.values()].filter((_, i) => isNeeded(needs[i]!));
}

/** Adds contribution vectors to what is kept of pictures, as long as there is room. */
function keeper(room: ContributionRoom | null) {
  return ({ picture, contributions: of }: ComputedPicture): ComputedPicture['picture'] => {
    if (of === null || picture.codes === null) return picture;
    if (room === null || !room.take(picture.sha256, of.components.length)) return picture;
    return { ...picture, codes: { ...picture.codes, contributions: of.contributions } };
  };
}

interface Computation extends Pick<IndexWork, 'preprocessing' | 'prepare' | 'turnMs' | 'turn'> {
  readonly job: JobContext;
  readonly computer: ReturnType<typeof pictureComputer>;
  /** Everything or nothing of it is in the library afterwards. */
  commit(files: readonly LibraryFile[], computed: readonly ComputedPicture[]): Promise<void>;
  /** So many more files are done; at least once a second. */
  report(done: number): void;
}

/** Reads files and computes what their pictures need, slice by slice; a slice is computed while the last is committed. */
async function computeAll(
  files: readonly ScannedFile[],
  needs: NeedsOf,
  { preprocessing, prepare, turnMs, turn, job, computer, commit, report }: Computation,
): Promise<void> {
  if (files.length === 0) return;
  const between = breather(job);
  const source = gatherer(readPictures(files, { ...preprocessing, prepare, needs }), job.signal, {
    files: slice.files,
    patience: slice.patience,
  });
  let committing: Promise<void> = Promise.resolve();
  let wanted = 4;
  try {
    report(0);
    for (;;) {
      const { seen, pictures, ended } = await source.next(wanted);
      let computed: ComputedPicture[] = [];
      if (pictures.length > 0) {
        computed = await turn(async (computing) => {
          const started = performance.now();
          const results = await computer.compute(pictures, computing, between);
          const each = (performance.now() - started) / pictures.length;
          wanted = Math.max(1, Math.min(slice.pictures, Math.floor(turnMs / each)));
          return results;
        });
      }
      await committing;
      if (seen.length > 0) {
        committing = commit(seen, computed).then(() => report(seen.length));
        committing.catch(() => undefined); // seen when the next is committed
      } else report(0);
      if (ended) break;
    }
    await committing;
  } catch (thrown) {
    // What is on its way into the library gets there, or is the trouble itself.
    await committing.catch(() => undefined);
    throw thrown;
  } finally {
    source.stop();
  }
}

function* groups<Item>(items: readonly Item[], size: number): Generator<readonly Item[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}
