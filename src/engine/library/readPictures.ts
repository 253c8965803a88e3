import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { hasCode } from '../../shared/errors';
import { isAbsence } from '../checkpoint/files';
import type { PreparedImage } from '../clip/prepareImage';
import type { PreparePictures } from '../clip/preparePictures';
import { type Preprocessing, preprocessingFingerprint } from '../clip/preprocessing';
import { readImage } from '../image/source';
import { startedWithin } from '../sequences';
import type { LibraryFile } from './library';
import type { ScannedFile } from './scan';

/** What is to be computed of a picture. */
export interface Need {
  readonly codes: boolean;
  /** The embedding of the model under study. */
  readonly embedding: boolean;
  readonly judged: boolean;
}

/** A picture that lacks something, ready for what computes it. */
export interface PreparedPicture extends Pick<PreparedImage, 'width' | 'height'> {
  readonly sha256: string;
  readonly need: Need;
  /** [3, size, size], where the model under study is to see it. */
  readonly pixels: Float32Array | null;
  /** The same, where the judge is. */
  readonly judgePixels: Float32Array | null;
}

/** A file that was read once, and its picture where that lacks something. */
export interface PreparedFile {
  readonly file: LibraryFile;
  readonly picture: PreparedPicture | null;
}

export interface ReadOptions {
  readonly model: Preprocessing;
  readonly judge: Preprocessing | null;
  readonly prepare: PreparePictures;
  /** What of the pictures is to be computed, one per picture. */
  readonly needs: (sha256: readonly string[]) => Promise<readonly Need[]>;
}

const megabyte = 1024 * 1024;
/** Files read before their turn. */
const readAhead = { most: 32, budget: 64 * megabyte };
/** Files whose pictures are asked for at once. */
const askedTogether = { most: 16, bytes: 32 * megabyte };
/** Pictures decoded before their turn: enough for two runs. A decoded picture is about so many times as large as its file. */
const decodedAhead = { most: 24, budget: 256 * megabyte };
const decodedPerByte = 12;

/**
 * Reads files, each once, and prepares the pictures that lack something. In the order of the files; those that are gone
 * are passed over. A picture that comes several times is prepared once, unless that fails: then each file has its reason.
 */
export async function* readPictures(
  files: Iterable<ScannedFile>,
  options: ReadOptions,
): AsyncGenerator<PreparedFile> {
  const failed = new Set<string>();
  const prepared = startedWithin(
    identified(files, options),
    {
      ...decodedAhead,
      cost: ({ bytes, need }) => (need === null ? 0 : (bytes?.length ?? 0) * decodedPerByte),
    },
    (one) => prepare(one, options),
  );
  for await (const one of prepared) {
    const { file, again } = one;
    const { sha256 } = file;
    if (again !== null && sha256 !== null && failed.has(sha256)) {
      const { file: refused } = await again();
      yield { file: refused, picture: null };
    } else {
      if (file.failure !== null && sha256 !== null) failed.add(sha256);
      yield { file, picture: one.picture };
    }
  }
}

interface Identified {
  readonly file: LibraryFile;
  /** Null where they could not be read. */
  readonly bytes: Uint8Array | null;
  /** Null where the picture lacks nothing, or comes again. */
  readonly need: Need | null;
  readonly comesAgain: boolean;
}

async function* identified(
  files: Iterable<ScannedFile>,
  { needs }: Pick<ReadOptions, 'needs'>,
): AsyncGenerator<Identified> {
  const seen = new Set<string>();
  const identify = async (group: readonly ReadFile[]): Promise<Identified[]> => {
    const known = await needs(group.flatMap(({ file }) => (file.sha256 === null ? [] : [file.sha256])));
    let at = 0;
    return group.map(({ file, bytes }) => {
      if (file.sha256 === null) return { file, bytes, need: null, comesAgain: false };
      const need = known[at++]!;
      const lacks = need.codes || need.embedding || need.judged;
      const comesAgain = lacks && seen.has(file.sha256);
      if (lacks) seen.add(file.sha256);
      return { file, bytes, need: lacks && !comesAgain ? need : null, comesAgain };
    });
  };
  let group: ReadFile[] = [];
  let bytes = 0;
  for await (const read of startedWithin(files, { ...readAhead, cost: ({ size }) => size }, readOnce)) {
    if (read === null) continue;
    group.push(read);
    bytes += read.bytes?.length ?? 0;
    if (group.length < askedTogether.most && bytes < askedTogether.bytes) continue;
    yield* await identify(group);
    group = [];
    bytes = 0;
  }
  if (group.length > 0) yield* await identify(group);
}

interface Preparation extends PreparedFile {
  /** Prepares a picture that came before: for the reason why that cannot be done. */
  readonly again: (() => Promise<PreparedFile>) | null;
}

async function prepare(
  { file, bytes, need, comesAgain }: Identified,
  how: Pick<ReadOptions, 'model' | 'judge' | 'prepare'>,
): Promise<Preparation> {
  if (bytes === null || (need === null && !comesAgain)) return { file, picture: null, again: null };
  if (need !== null) return { ...(await prepareFile(file, bytes, need, how)), again: null };
  const all = { codes: true, embedding: true, judged: how.judge !== null };
  return { file, picture: null, again: () => prepareFile(file, bytes, all, how) };
}

async function prepareFile(
  file: LibraryFile,
  bytes: Uint8Array,
  need: Need,
  how: Pick<ReadOptions, 'model' | 'judge' | 'prepare'>,
): Promise<PreparedFile> {
  try {
    const forModel = need.codes || need.embedding ? how.model : null;
    const forJudge = need.judged ? how.judge : null;
    const shared =
      forModel !== null &&
      forJudge !== null &&
      preprocessingFingerprint(forModel) === preprocessingFingerprint(forJudge);
    const models = [forModel, shared ? null : forJudge].filter((one) => one !== null);
    const prepared = await how.prepare(bytes, file.path, models);
    const { width, height } = prepared[0]!;
    const pixels = forModel === null ? null : prepared[0]!.pixels;
    const judgePixels = forJudge === null ? null : prepared.at(-1)!.pixels;
    return { file, picture: { sha256: file.sha256!, width, height, need, pixels, judgePixels } };
  } catch (thrown) {
    if (!hasCode(thrown, 'image')) throw thrown;
    return { file: { ...file, failure: thrown.message }, picture: null };
  }
}

interface ReadFile {
  readonly file: LibraryFile;
  readonly bytes: Uint8Array | null;
}

/** The bytes of a file and what it was when they were read; null for one that is gone. */
async function readOnce({ path, classFolder }: ScannedFile): Promise<ReadFile | null> {
  try {
    let before = await stat(path, { bigint: true });
    for (let attempt = 0; ; attempt++) {
      const file = {
        path,
        size: Number(before.size),
        mtimeNs: before.mtimeNs,
        inode: before.ino,
        sha256: null,
        classFolder,
        failure: null,
      };
      const refused = (reason: string) => ({ file: { ...file, failure: reason }, bytes: null });
      const read = await readImage({ kind: 'file', path }).catch((thrown: unknown) => {
        if (!hasCode(thrown, 'image') || isAbsence(thrown)) throw thrown;
        return thrown;
      });
      if (read instanceof Error) return refused(read.message);
      const after = await stat(path, { bigint: true });
      if (after.size === before.size && after.mtimeNs === before.mtimeNs && after.ino === before.ino) {
        return { file: { ...file, sha256: sha256Of(read) }, bytes: read };
      }
      if (attempt > 0) return refused(`${path} changed while it was read.`);
      before = after;
    }
  } catch (thrown) {
    if (isAbsence(thrown)) return null;
    throw thrown;
  }
}

/** Lower-case hex. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
