import type { Intervention } from '../../shared/intervention';
import type { LibraryIntervention, LibraryInterventionRequest } from '../../shared/libraryIntervention';
import type { JobContext } from '../../shared/rpc/protocol';
import type { KeptImage } from '../attribution/attribute';
import { type ScoreDirection, score } from '../attribution/score';
import type { Library, LibraryFile, Pictures } from '../library/library';
import { rowOf } from '../semantics/rows';
import type { Study } from '../study';
import { ClassificationTally } from './classificationTally';
import { pauser } from './pause';
import { pictureFiles } from './pictureFiles';
import { rereadPictures } from './rereading';
import { resolveInTurns } from './resolveInTurns';
import type { InTurn, Subject } from './subject';

/** Embeddings read at a time: 64 MB of the usual width. */
const BLOCK = 32_768;

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
  const files = await pictureFiles(library);
  const { directions, notes } = await resolveInTurns(
    classes.map(({ direction }) => direction),
    'Reading classes',
    inTurn,
    job,
  );
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

  const toRead = [...affected].flatMap((picture) =>
    (files.get(pictures.sha256[picture]!) ?? []).slice(0, 1).map((file) => [picture, file] as const),
  );
  const seen = await rereadPictures(
    new Map(toRead),
    {
      ...{ library, subject, inTurn, pictures, stage: 'Intervening' },
      compute: (images, _numbers, study) => embedBoth(images, intervention, study),
      take(found) {
        for (const { picture, found: both } of found) add(picture, both.embedding, both.after);
      },
    },
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

/** Raw embeddings of pictures without the intervention and with it, all from one run. */
async function embedBoth(
  images: readonly KeptImage[],
  intervention: Intervention,
  { programs, intervene }: Study,
): Promise<readonly { readonly embedding: Float32Array; readonly after: Float32Array }[]> {
  const changed = images.map((image) => intervene(image, intervention));
  const embeddings = await programs.embed([...images, ...changed].map(({ x }) => x));
  return images.map((_, i) => ({ embedding: embeddings[i]!, after: embeddings[images.length + i]! }));
}

function counted(count: number, what: string): readonly string[] {
  return count === 0 ? [] : [`${count} of the pictures ${what}`];
}
