import type { Intervention } from '../../shared/intervention';
import type { LibraryIntervention, LibraryInterventionRequest } from '../../shared/libraryIntervention';
import type { JobContext } from '../../shared/rpc/protocol';
import { observe } from '../attribution/attribute';
import { runSize } from '../attribution/observeAll';
import { type ScoreDirection, score } from '../attribution/score';
import type { Preprocessing } from '../clip/preprocessing';
import { breather } from '../job';
import { gatherer } from '../library/gather';
import type { Library, LibraryFile, Pictures } from '../library/library';
import { type Need, type PreparedPicture, readPictures } from '../library/readPictures';
import { dot } from '../numeric/vector';
import { rowOf } from '../semantics/rows';
import type { Study } from '../study';
import { ClassificationTally } from './classificationTally';
import { pauser } from './pause';
import { resolveInTurns } from './resolveInTurns';
import type { InTurn, Subject } from './subject';

/** Embeddings read at a time: 64 MB of the usual width. */
const BLOCK = 32_768;
/** What one turn takes, in milliseconds: others wait as long. */
const TURN_MS = 400;
/** Files read, and pictures, for one turn at most; and how long it waits for them, in milliseconds. */
const gathered = { files: 1000, patience: 1000, pictures: 64 };
/** ‖e − stored‖/‖stored‖ above which an embedding is another one. */
const tolerance = 1e-3;

/**
 * Zero-shot classification of the pictures of a library without and with an intervention. Where none of the changed
 * components is active the two are one, and the stored embedding tells; the other pictures are read again, each checked
 * to be the one that was indexed, by its bytes and by its embedding without the intervention.
 */
export async function libraryIntervention(
  { intervention, classes, most }: Pick<LibraryInterventionRequest, 'intervention' | 'classes' | 'most'>,
  library: Library,
  subject: Subject,
  inTurn: InTurn,
  job: JobContext,
): Promise<LibraryIntervention> {
  const pictures = await library.pictures(subject.study.key);
  const affected = await active(intervention, pictures, library, subject, job);
  const files = await filesOf(library);
  const { directions, notes } = await resolveInTurns(
    classes.map(({ direction }) => direction),
    'Reading classes',
    inTurn,
    job,
  );
  const preprocessing = await inTurn(job, async ({ study }) => study.model.preprocessing);
  const tally = new ClassificationTally(classes.length);
  const truths = truthsIn(classes);
  const add = (picture: number, before: Float32Array, after: Float32Array): void => {
    const scores = scoresOf(before, directions);
    tally.add({
      picture,
      truths: truths(files.get(pictures.sha256[picture]!) ?? []),
      before: scores,
      after: after === before ? scores : scoresOf(after, directions),
    });
  };

  const others = [...pictures.sha256.keys()].filter((picture) => !affected.has(picture));
  const pause = pauser(job);
  let unembedded = 0;
  for (let start = 0; start < others.length; start += BLOCK) {
    const some = others.slice(start, start + BLOCK);
    const { rows, present } = await library.embeddings(
      subject.embedder,
      some.map((picture) => pictures.sha256[picture]!),
    );
    for (const [i, picture] of some.entries()) {
      if (present[i] === 0) unembedded += 1;
      else add(picture, rowOf(rows, i), rowOf(rows, i));
      if (i % 4096 === 0) {
        job.progress({ stage: 'Classifying images', done: start + i, total: others.length });
      }
      if (i % 64 === 0) await pause();
    }
  }

  const seen = await observed(
    { affected, pictures, files, intervention, preprocessing },
    { library, subject, inTurn, add },
    job,
  );
  const left = affected.size - seen.added - seen.different - seen.unembedded;
  const { changed, ...counts } = tally.counts(most);
  return {
    grounds: {
      key: subject.study.key,
      access: library.access,
      judge: null,
      images: pictures.sha256.length,
      notes: [],
    },
    ...counts,
    affected: seen.added,
    changed: changed.map(({ picture, ...change }) => ({
      sha256: pictures.sha256[picture]!,
      path: pictures.paths[picture]!,
      ...change,
    })),
    notes: [
      ...notes,
      ...counted(
        tally.ofSeveral,
        'lie in folders of several classes: they count in each of these, and once among all.',
      ),
      ...counted(
        left,
        'could not be read again, or changed since they were indexed: they are left out until images are indexed again.',
      ),
      ...counted(seen.different, 'gave another embedding than the one that was stored: they are left out.'),
      ...counted(
        unembedded + seen.unembedded,
        `have no embedding by ${subject.study.model.id} yet: they are left out until images are indexed again.`,
      ),
    ],
  };
}

/** The pictures in which a changed component is active, above 0 or below. */
async function active(
  intervention: Intervention,
  pictures: Pictures,
  library: Library,
  { study }: Subject,
  job: JobContext,
): Promise<ReadonlySet<number>> {
  const pause = pauser(job);
  const found = new Set<number>();
  for (const [i, { component, factor }] of intervention.entries()) {
    if (factor === 1) continue;
    job.progress({ stage: 'Reading activations', done: i, total: intervention.length });
    // Neurons and heads are active everywhere.
    if (found.size === pictures.sha256.length) break;
    const chunk = await library.activationsOf(study.key, component, pictures);
    for (const picture of chunk.pictures) found.add(picture);
    await pause();
  }
  return found;
}

/** Files with pictures, by SHA-256, each list in the order of the paths. */
async function filesOf(library: Library): Promise<ReadonlyMap<string, readonly LibraryFile[]>> {
  const bySha = new Map<string, LibraryFile[]>();
  for (const file of await library.files(null)) {
    if (file.sha256 === null || file.failure !== null) continue;
    const known = bySha.get(file.sha256);
    if (known === undefined) bySha.set(file.sha256, [file]);
    else known.push(file);
  }
  return bySha;
}

/** The classes that a picture with these files is of. */
function truthsIn(
  classes: LibraryInterventionRequest['classes'],
): (files: readonly LibraryFile[]) => readonly number[] {
  const byFolder = new Map<string, number[]>();
  for (const [i, { folders }] of classes.entries()) {
    for (const folder of folders) byFolder.set(folder, [...(byFolder.get(folder) ?? []), i]);
  }
  return (files) => [...new Set(files.flatMap(({ classFolder }) => byFolder.get(classFolder) ?? []))];
}

function scoresOf(e: Float32Array, directions: readonly ScoreDirection[]): number[] {
  return directions.map((direction) => score(e, direction));
}

interface Affected {
  readonly affected: ReadonlySet<number>;
  readonly pictures: Pictures;
  readonly files: ReadonlyMap<string, readonly LibraryFile[]>;
  readonly intervention: Intervention;
  readonly preprocessing: Preprocessing;
}

interface Observing {
  readonly library: Library;
  readonly subject: Subject;
  readonly inTurn: InTurn;
  /** Raw embeddings without the intervention and with it. */
  readonly add: (picture: number, before: Float32Array, after: Float32Array) => void;
}

/** Reads pictures again and computes both their embeddings, while others read on. What was not read is in no count. */
async function observed(
  { affected, pictures, files, intervention, preprocessing }: Affected,
  { library, subject, inTurn, add }: Observing,
  job: JobContext,
): Promise<{ readonly added: number; readonly different: number; readonly unembedded: number }> {
  const numbers = new Map(Array.from(affected, (picture) => [pictures.sha256[picture]!, picture]));
  const toRead = [...numbers.keys()].flatMap((sha256) => files.get(sha256)?.slice(0, 1) ?? []);
  const source = gatherer(
    readPictures(toRead, {
      model: preprocessing,
      judge: null,
      // A file that now has another picture is not asked for it.
      needs: async (read) => read.map((sha256) => (numbers.has(sha256) ? all : nothing)),
    }),
    job.signal,
    gathered,
  );
  const between = breather(job);
  const counts = { added: 0, different: 0, unembedded: 0 };
  let read = 0;
  let wanted = 1;
  let size = 1;
  try {
    for (;;) {
      job.progress({ stage: 'Intervening', done: read, total: toRead.length });
      const { seen, pictures: prepared, ended } = await source.next(wanted);
      read += seen.length;
      if (prepared.length > 0) {
        const { rows, present } = await library.embeddings(
          subject.embedder,
          prepared.map(({ sha256 }) => sha256),
        );
        const found = await inTurn(job, async ({ study }) => {
          const started = performance.now();
          const embeddings = await embedBoth(prepared, intervention, study, size, between);
          const each = (performance.now() - started) / prepared.length;
          size = runSize(each);
          wanted = Math.max(1, Math.min(gathered.pictures, Math.floor(TURN_MS / each)));
          return embeddings;
        });
        for (const [i, { before, after }] of found.entries()) {
          if (present[i] === 0) counts.unembedded += 1;
          else if (!isClose(before, rowOf(rows, i))) counts.different += 1;
          else {
            counts.added += 1;
            add(numbers.get(prepared[i]!.sha256)!, before, after);
          }
        }
      }
      if (ended) return counts;
    }
  } finally {
    source.stop();
  }
}

const all: Need = { codes: true, embedding: true, judged: false };
const nothing: Need = { codes: false, embedding: false, judged: false };

/** Raw embeddings of pictures without the intervention and with it, `size` of them at a time. */
async function embedBoth(
  prepared: readonly PreparedPicture[],
  intervention: Intervention,
  { programs, dictionary, intervene }: Study,
  size: number,
  between: () => Promise<void>,
): Promise<readonly { readonly before: Float32Array; readonly after: Float32Array }[]> {
  const found: { before: Float32Array; after: Float32Array }[] = [];
  for (let start = 0; start < prepared.length; start += size) {
    await between();
    const some = prepared.slice(start, start + size).map(({ pixels, width, height }) => ({
      pixels: pixels!,
      width,
      height,
      // Nobody asks where in the picture something is.
      crop: { left: 0, top: 0, width, height },
    }));
    const without = await observe(some, programs, dictionary);
    const changed = without.map((image) => intervene(image, intervention));
    const embeddings = await programs.embed([...without, ...changed].map(({ x }) => x));
    some.forEach((_, i) => {
      found.push({ before: embeddings[i]!, after: embeddings[some.length + i]! });
    });
  }
  return found;
}

/** The same embedding, computed in another batch. */
function isClose(e: Float32Array, stored: Float32Array): boolean {
  const difference = e.map((x, i) => x - stored[i]!);
  return dot(difference, difference) <= tolerance ** 2 * dot(stored, stored);
}

function counted(count: number, what: string): readonly string[] {
  return count === 0 ? [] : [`${count} of the pictures ${what}`];
}
