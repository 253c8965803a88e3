import { hasCode } from '../../shared/errors';
import type { LibraryAccess } from '../../shared/library';
import { unwatched } from '../job';
import type { Rows } from '../semantics/rows';
import { activationsIn, activationsOfComponent, liveComponentsOf } from './activationRows';
import { annotationsOf, putAnnotation } from './annotationRows';
import { addBatch } from './batches';
import { classesOf, classSumOf, classSumsOfComponent, putClassSum } from './classSums';
import { clusterActivations } from './clustering';
import { type PendingContributions, widenedRows, widenRow } from './contributionBuffer';
import {
  contributionSizeOf,
  readComponent,
  readPicture,
  removeContributionFiles,
  writeContributions,
} from './contributionFiles';
import { contributionFolder } from './contributionFolder';
import type { Session } from './duckdb';
import { embeddingsIn, embeddingsOf } from './embeddingRows';
import { countsOf, failuresOf, filesBelow, filesWith, fileWith, removeFiles } from './fileRows';
import { forget, rewriteDeadFiles } from './forgetting';
import { importShard } from './importing';
import { defaultKeptBytes, keptOf, putKept, touchKept } from './keptRows';
import type { ComponentContributions, Library, Pictures } from './library';
import { inUse, isMissing, libraryError, outdated } from './libraryErrors';
import { getMeta, setMeta } from './meta';
import { isSilent, lackingContributionsOf, lackingOf, picturesOf } from './pictureRows';
import { exportShard } from './shards';
import { takeSnapshot } from './snapshots';
import type { Source } from './source';
import { openSource, renewed } from './sources';
import { findStudy, putEmbedder, putStudy, studiesIn } from './studies';
import { putTexts, textsOf } from './textRows';
import { putThumbnail, thumbnailOf } from './thumbnailRows';

export interface StoreOptions {
  /** Threads of DuckDB; 2 if left out. */
  readonly threads?: number;
  /** Milliseconds between looks whether another process gave the library free, or wrote a snapshot; 3000 if left out. */
  readonly lookEvery?: number;
  /** Bytes of results that are kept (`Library.keep`); `defaultKeptBytes` if left out. */
  readonly keptBytes?: number;
}

type Owner = Extract<Source, { kind: 'owner' }>;

/** What `Pictures` that were given out stand for. */
interface Numbering {
  readonly source: Source;
  readonly forgotten: number;
  /** Place among the pictures by number in the database; −1 where there is none. */
  readonly places: Int32Array;
}

/** @param close Ends the library when nobody holds it any more, with the function it is given. */
export async function storedLibrary(
  file: string,
  options: StoreOptions,
  close: (end: () => Promise<void>) => Promise<void>,
): Promise<Library> {
  const lookEvery = options.lookEvery ?? 3000;
  const folder = contributionFolder(file);
  const numberings = new WeakMap<Pictures, Numbering>();
  const openOptions = { threads: options.threads ?? 2 };
  let source = await openSource(file, openOptions);
  let version = 1;
  let lookedAt = performance.now();
  let looking: Promise<void> | null = null;
  let turns: Promise<void> = Promise.resolve();

  /** The owner's rows, or those of the newest snapshot; looks whether that changed, but not at each call. */
  async function current(): Promise<Source> {
    const isDue =
      source.kind === 'owner' ? source.database.isInvalid : performance.now() - lookedAt >= lookEvery;
    if (isDue) {
      looking ??= (source.kind === 'owner' ? reopen(source) : look()).finally(() => {
        looking = null;
      });
      await looking;
    }
    return source;
  }

  /** What waits to be written still does. */
  async function reopen({ database, buffer }: Owner): Promise<void> {
    await database.close();
    const next = await openSource(file, openOptions);
    source = next.kind === 'owner' ? { ...next, buffer } : next;
    lookedAt = performance.now();
    version += 1;
  }

  async function look(): Promise<void> {
    if (source.kind === 'owner') return;
    const next = await renewed(file, source, openOptions);
    lookedAt = performance.now();
    if (next === source) return;
    void source.database.close();
    source = next;
    version += 1;
  }

  async function owner(): Promise<Owner> {
    const now = await current();
    if (now.kind === 'snapshot') throw inUse(file, now.pid);
    return now;
  }

  async function read<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return readFrom(await current(), work);
  }

  async function readFrom<T>(from: Source, work: (session: Session) => Promise<T>): Promise<T> {
    return from.database.read(work).catch((thrown: unknown) => {
      throw explained(from, thrown);
    });
  }

  /** What could not be read because the owner wrote another snapshot meanwhile. */
  function explained(from: Source, thrown: unknown): unknown {
    if (from.kind === 'owner' || !hasCode(thrown, 'library') || !isMissing(thrown)) return thrown;
    // The next call looks for the new one at once.
    lookedAt = Number.NEGATIVE_INFINITY;
    return outdated(file);
  }

  async function write<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const { database } = await owner();
    return database.write(work);
  }

  /** Of what `version` counts. */
  async function writePictures<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const result = await write(work);
    version += 1;
    return result;
  }

  async function numberingOf(pictures: Pictures): Promise<Numbering> {
    const numbering = numberings.get(pictures);
    const now = await current();
    if (numbering?.source !== now || numbering.forgotten !== now.forgotten) throw outdated(file);
    return numbering;
  }

  /** One after the other: two at a time would write the same pictures, or the same snapshot, twice. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    const turn = turns.then(work);
    turns = turn.catch(() => undefined);
    return turn;
  }

  /** Writes what waits; what cannot be written is given up: the pictures then lack contributions. */
  async function flush({ database, buffer }: Owner): Promise<void> {
    const byStudy = new Map<number, PendingContributions[]>();
    for (const picture of buffer.pending(null)) {
      const { number } = picture.study;
      byStudy.set(number, [...(byStudy.get(number) ?? []), picture]);
    }
    for (const pictures of byStudy.values()) {
      try {
        await database.write((session) => writeContributions(session, folder, pictures[0]!.study, pictures));
      } finally {
        buffer.drop(pictures);
      }
    }
  }

  async function tidied(now: Owner): Promise<void> {
    await flush(now);
    if (!(await now.database.write(forget))) return;
    now.forgotten += 1;
    version += 1;
  }

  async function settled(now: Owner): Promise<void> {
    await tidied(now);
    const dead = await now.database.write((session) => rewriteDeadFiles(session, folder));
    if (await readFrom(now, hasChanged)) await now.database.write((session) => clusterActivations(session));
    const taken = await readFrom(now, async (session) => {
      if (!(await hasChanged(session))) return null;
      const changes = await getMeta(session, 'changes');
      await takeSnapshot(session, file);
      return changes;
    });
    if (taken !== null) await now.database.write((session) => setMeta(session, 'snapshot', taken));
    // After the snapshot: until then others read them.
    await removeContributionFiles(dead);
  }

  function waiting(now: Source, study: number | null): readonly PendingContributions[] {
    return now.kind === 'owner' ? now.buffer.pending(study) : [];
  }

  return {
    file,
    get access(): LibraryAccess {
      if (source.kind === 'owner') return { kind: 'owner' };
      return { kind: 'snapshot', pid: source.pid, taken: source.taken };
    },
    get version() {
      return version;
    },

    studies: () => read(studiesIn),
    files: (below) => read((session) => filesBelow(session, below)),
    counts: () => read(countsOf),
    failures: () => read(failuresOf),
    lacking: (sha256, need) => read((session) => lackingOf(session, sha256, need)),
    async lackingContributions(study, sha256) {
      const now = await current();
      // Before what is in files is read: what is written meanwhile is in one of both.
      const pending = waiting(now, null);
      return readFrom(now, async (session) => {
        const known = await findStudy(session, study);
        if (known === null) return new Map();
        const own = pending.filter((picture) => picture.study.number === known.number);
        const names = new Set(own.map((picture) => picture.sha256));
        return lackingContributionsOf(
          session,
          known.number,
          sha256.filter((one) => !names.has(one)),
        );
      });
    },
    async pictures(study) {
      const now = await current();
      const { forgotten } = now;
      const { pictures, numbers } = await readFrom(now, (session) => picturesOf(session, study));
      const largest = numbers.reduce((most, number) => Math.max(most, number), -1);
      const places = new Int32Array(largest + 1).fill(-1);
      numbers.forEach((number, place) => {
        places[number] = place;
      });
      numberings.set(pictures, { source: now, forgotten, places });
      return pictures;
    },
    async *activations(study, pictures) {
      const { source: now, places } = await numberingOf(pictures);
      try {
        yield* now.database.readPieces((session) =>
          activationsIn(session, study, (number) => places[number] ?? -1),
        );
      } catch (thrown) {
        throw explained(now, thrown);
      }
    },
    async activationsOf(study, component, pictures) {
      const { source: now, places } = await numberingOf(pictures);
      return readFrom(now, (session) =>
        activationsOfComponent(session, study, component, (number) => places[number] ?? -1),
      );
    },
    embeddings: (embedder, sha256) => read((session) => embeddingsOf(session, embedder, sha256)),
    async *allEmbeddings(embedder, pictures) {
      const { source: now, places } = await numberingOf(pictures);
      try {
        yield* now.database.readPieces((session) =>
          embeddingsIn(session, embedder, (number) => places[number] ?? -1),
        );
      } catch (thrown) {
        throw explained(now, thrown);
      }
    },
    async contributionsOf(study, component, pictures) {
      const { source: now } = await numberingOf(pictures);
      const places = new Map(pictures.sha256.map((sha, place) => [sha, place]));
      const pending = waiting(now, null);
      return readFrom(now, async (session) => {
        const known = await findStudy(session, study);
        if (known === null) return { pictures: new Int32Array(0), contributions: noRows };
        const written = await readComponent(session, folder, known, component, (sha) => places.get(sha));
        const own = pending.filter((picture) => picture.study.number === known.number);
        return ordered(written, own, component, known.width, (sha) => places.get(sha));
      });
    },
    async contributionsIn(study, sha256) {
      const now = await current();
      const pending = waiting(now, null);
      return readFrom(now, async (session) => {
        const known = await findStudy(session, study);
        if (known === null) return null;
        const own = pending.find((one) => one.study.number === known.number && one.sha256 === sha256);
        if (own !== undefined) return { components: own.components, contributions: widenedRows(own) };
        const kept = await readPicture(session, folder, known, sha256);
        if (kept !== null || !(await isSilent(session, known.number, sha256))) return kept;
        return { components: new Int32Array(0), contributions: { data: noRows.data, width: known.width } };
      });
    },
    liveComponents: (study) => read((session) => liveComponentsOf(session, study)),
    async contributionSize(study) {
      const now = await current();
      const pending = waiting(now, null);
      return readFrom(now, async (session) => {
        const { vectors, ...onDisk } = await contributionSizeOf(session, study);
        const known = await findStudy(session, study);
        const own = pending.filter((picture) => picture.study.number === known?.number);
        const waits = own.reduce((sum, { components }) => sum + components.length, 0);
        return { ...onDisk, vectors: vectors + waits };
      });
    },
    classes: (study) => read((session) => classesOf(session, study)),
    classSum: (study, classFolder) => read((session) => classSumOf(session, study, classFolder)),
    classSumsOf: (study, component) => read((session) => classSumsOfComponent(session, study, component)),
    annotations: (study) => read((session) => annotationsOf(session, study)),
    texts: (embedder, texts) => read((session) => textsOf(session, embedder, texts)),
    thumbnail: (sha256, size) => read((session) => thumbnailOf(session, sha256, size)),
    async kept(names) {
      const now = await current();
      const { results, stale } = await readFrom(now, (session) => keptOf(session, names, Date.now()));
      // Not waited for, and what goes wrong with it is no fault of what was read.
      if (stale.length > 0 && now.kind === 'owner') {
        now.database.write((session) => touchKept(session, stale, Date.now())).catch(() => undefined);
      }
      return results;
    },
    filesOf: (sha256) => read((session) => filesWith(session, sha256)),
    fileOf: (sha256) => read((session) => fileWith(session, sha256)),

    useStudy: (study) => write((session) => putStudy(session, study)),
    useEmbedder: (embedder) => write((session) => putEmbedder(session, embedder)),
    async add(batch, into) {
      const now = await owner();
      const contributions = await writePictures((session) => addBatch(session, batch, into));
      now.buffer.add(contributions);
      if (now.buffer.isFull) await inTurn(async () => (now.buffer.isFull ? flush(now) : undefined));
    },
    removeFiles: (paths) => writePictures((session) => removeFiles(session, paths)),
    setClassSum: (study, sum) => write((session) => putClassSum(session, study, sum)),
    annotate: (study, component, annotation) =>
      write((session) => putAnnotation(session, study, component, annotation)),
    keepTexts: (embedder, texts) => write((session) => putTexts(session, embedder, texts)),
    keepThumbnail: (sha256, size, jpeg) => write((session) => putThumbnail(session, sha256, size, jpeg)),
    keep: (results) =>
      write((session) => putKept(session, results, Date.now(), options.keptBytes ?? defaultKeptBytes)),
    async writeContributions() {
      const now = await owner();
      await inTurn(() => flush(now));
    },
    async settle() {
      const now = await owner();
      await inTurn(() => settled(now));
    },
    async exportTo(target, job = unwatched) {
      const now = await current();
      if (now.kind === 'owner') {
        await inTurn(() => tidied(now));
      }
      return readFrom(now, (session) => exportShard(session, target, folder, job));
    },
    async importFrom(from, job = unwatched) {
      const now = await owner();
      await inTurn(() => flush(now));
      return writePictures((session) => importShard(session, from, folder, job));
    },
    close: () =>
      close(async () => {
        try {
          const now = source;
          if (now.kind === 'owner') await inTurn(() => flush(now));
        } finally {
          await source.database.close().catch((thrown: unknown) => {
            throw libraryError(file, thrown);
          });
        }
      }),
  };
}

/** Whether anything changed since the last snapshot. */
async function hasChanged(session: Session): Promise<boolean> {
  return (await getMeta(session, 'changes')) !== (await getMeta(session, 'snapshot'));
}

const noRows: Rows = { data: new Float32Array(0), width: 0 };

/** Contributions of a component from files and from what waits, in the order of the pictures, each once. */
function ordered(
  written: ComponentContributions,
  pending: readonly PendingContributions[],
  component: number,
  width: number,
  placeOf: (sha256: string) => number | undefined,
): ComponentContributions {
  const known = new Set(written.pictures);
  const more = pending.flatMap((picture) => {
    const place = placeOf(picture.sha256);
    const row = picture.components.indexOf(component);
    return place === undefined || row === -1 || known.has(place) ? [] : [{ place, row, picture }];
  });
  const entries = [
    ...Array.from(written.pictures, (place, row) => ({ place, row, picture: null })),
    ...more,
  ].sort((a, b) => a.place - b.place);
  const data = new Float32Array(entries.length * width);
  entries.forEach(({ row, picture }, at) => {
    if (picture !== null) widenRow(picture.rows, row, width, data, at * width);
    else data.set(written.contributions.data.subarray(row * width, (row + 1) * width), at * width);
  });
  return { pictures: Int32Array.from(entries, ({ place }) => place), contributions: { data, width } };
}
