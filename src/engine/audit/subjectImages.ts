import { resolve } from 'node:path';
import type { AuditSubject } from '../../shared/audit';
import type { ErrorInfo } from '../../shared/errors';
import type { JobContext } from '../../shared/rpc/protocol';
import type { ScoreDirection } from '../attribution/score';
import { matchedPictures } from '../components/matchedPictures';
import { pauser } from '../components/pause';
import type { Library, LibraryFile, Pictures } from '../library/library';
import { rules } from './rules';

/** Pictures of the library that a subject is audited over. */
export interface SubjectImages {
  /** Their numbers, ascending, each once. */
  readonly pictures: Int32Array;
  /** Why nothing is tested; null where there are images enough. */
  readonly error: ErrorInfo | null;
  readonly notes: readonly string[];
}

export interface ImageSearch {
  readonly library: Library;
  readonly pictures: Pictures;
  /** Files with pictures, by SHA-256. */
  readonly files: () => Promise<ReadonlyMap<string, readonly LibraryFile[]>>;
  /** Key of the embeddings of the model under study. */
  readonly embedder: string;
  /** Id of that model. */
  readonly model: string;
  /** Numbers of pictures without an embedding by it. */
  readonly unembedded: ReadonlySet<number>;
  readonly threads: number | undefined;
}

/** Directions searched for in one pass over the embeddings: products of all of them are held. */
const PER_PASS = 256;

/**
 * The pictures of each subject: those in its folders, the files assigned to it, or its best matches. Fewer than
 * `rules.fewestImages` are the subject's error and none of the audit.
 */
export async function subjectImages(
  subjects: readonly Pick<AuditSubject, 'name' | 'images'>[],
  directions: readonly ScoreDirection[],
  search: ImageSearch,
  job: JobContext,
): Promise<readonly SubjectImages[]> {
  const places = subjects.some(({ images }) => images.kind !== 'matches')
    ? await placesOf(search, job)
    : { folders: new Map<string, readonly number[]>(), paths: new Map<string, number>() };
  const found = subjects.map((subject) => assigned(subject, places, search));
  const matching = subjects.flatMap(({ images }, index) =>
    images.kind === 'matches' ? [{ index, most: images.most }] : [],
  );
  for (let start = 0; start < matching.length; start += PER_PASS) {
    const some = matching.slice(start, start + PER_PASS);
    const { directions: extremes } = await matchedPictures(
      some.map(({ index }) => directions[index]!),
      Math.max(...some.map(({ most }) => most)),
      search.library,
      search.embedder,
      search.pictures,
      search.threads,
      job,
    );
    for (const [i, { index, most }] of some.entries()) {
      const best = extremes[i]!.best.slice(0, most).map(({ number }) => number);
      const remedy = 'Index more images, or ask for more of its matches.';
      found[index] = chosen(subjects[index]!.name, best, [], remedy, search);
    }
  }
  return found;
}

/** Pictures that are assigned by name; none yet of one whose best matches are wanted. */
function assigned(
  { name, images }: Pick<AuditSubject, 'name' | 'images'>,
  { folders, paths }: Places,
  search: ImageSearch,
): SubjectImages {
  switch (images.kind) {
    case 'folders': {
      const absent = images.folders.filter((folder) => !folders.has(folder));
      const pictures = images.folders.flatMap((folder) => folders.get(folder) ?? []);
      const notes = absent.length === 0 ? [] : [`The library has no pictures in ${list(absent)}.`];
      return chosen(name, pictures, notes, 'Index more images of it, or assign others to it.', search);
    }
    case 'files': {
      const known = images.paths.map((path) => paths.get(resolve(path)));
      const absent = images.paths.filter((_, i) => known[i] === undefined);
      const notes =
        absent.length === 0
          ? []
          : [`${absent.length} of its ${known.length} images are not in the library: ${list(absent)}.`];
      const pictures = known.filter((picture) => picture !== undefined);
      return chosen(name, pictures, notes, 'Index these images, or assign more of them.', search);
    }
    case 'matches':
      return { pictures: new Int32Array(0), error: null, notes: [] };
  }
}

function chosen(
  name: string,
  all: readonly number[],
  notes: readonly string[],
  remedy: string,
  { unembedded, model }: ImageSearch,
): SubjectImages {
  const distinct = new Set(all);
  const pictures = Int32Array.from(distinct)
    .filter((picture) => !unembedded.has(picture))
    .sort();
  const lacking = distinct.size - pictures.length;
  return {
    pictures,
    error: pictures.length >= rules.fewestImages ? null : tooFewImages(name, pictures.length, remedy),
    notes: [
      ...notes,
      ...(lacking === 0
        ? []
        : [
            `${lacking} of its images have no embedding by ${model} yet: they are left out until images are indexed again.`,
          ]),
    ],
  };
}

export function tooFewImages(name: string, images: number, remedy: string): ErrorInfo {
  return {
    code: 'library',
    message: `“${name}” has ${images} images in the library; nothing is tested with fewer than ${rules.fewestImages}.`,
    remedy,
  };
}

interface Places {
  /** Numbers of pictures by class folder, and by absolute path. */
  readonly folders: ReadonlyMap<string, readonly number[]>;
  readonly paths: ReadonlyMap<string, number>;
}

async function placesOf({ files, pictures }: ImageSearch, job: JobContext): Promise<Places> {
  const pause = pauser(job);
  const folders = new Map<string, number[]>();
  const paths = new Map<string, number>();
  const bySha = await files();
  for (const [picture, sha256] of pictures.sha256.entries()) {
    for (const { path, classFolder } of bySha.get(sha256) ?? []) {
      paths.set(path, picture);
      const known = folders.get(classFolder);
      if (known === undefined) folders.set(classFolder, [picture]);
      else known.push(picture);
    }
    if (picture % 1024 === 0) await pause();
  }
  return { folders, paths };
}

/** A few of them, by name. */
function list(names: readonly string[]): string {
  const few = names.slice(0, 3).join(', ');
  return names.length > 3 ? `${few} and ${names.length - 3} more` : few;
}
