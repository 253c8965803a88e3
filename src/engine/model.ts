import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import type { Precision } from '../shared/device';
import { ClipsightError, hasCode } from '../shared/errors';
import type { CallOptions } from '../shared/rpc/protocol';
import type { ModelInfo } from '../shared/study';
import { type FileIdentity, identify, noFile } from './checkpoint/fileIdentity';
import { isAbsence } from './checkpoint/files';
import type { HashCache } from './checkpoint/hashCache';
import type { ClipCheckpoint } from './clip/architecture';
import { readClip } from './clip/checkpoint';
import { type PreparePictures, prepareHere } from './clip/preparePictures';
import { type Preprocessing, preprocessingFingerprint } from './clip/preprocessing';
import { openTextEncoder, type TextEncoder } from './clip/textEncoder';
import { readTokenizer } from './clip/tokenizer';
import { computationVersion } from './computation';
import { type ModelSessions, modelOnCpu, type Sessions } from './runtime/sessions';
import { sharedSessions } from './runtime/sharedSessions';

/** A loaded CLIP: what it is, and its text tower. Its image tower is cut where a dictionary asks (hookPrograms). */
export interface Model {
  readonly info: ModelInfo;
  readonly checkpoint: ClipCheckpoint;
  readonly preprocessing: Preprocessing;
  /** Prepares many pictures, for this model and others: beside what this thread does, where there are threads for it. */
  readonly prepare: PreparePictures;
  readonly text: TextEncoder;
  /** Where its towers run. */
  readonly place: ModelSessions;
  /** Of what a person waits for: its dictionaries share what they can. */
  readonly sessions: Sessions;
  /** All that decides what its embeddings are, for the AnalysisKey. */
  readonly fingerprint: readonly string[];
  /** Files whose change makes it out of date. */
  readonly watched: readonly FileIdentity[];
  release(): Promise<void>;
}

export interface OpenModelOptions extends CallOptions {
  readonly hashes: HashCache;
  /** Where towers with these weights (SHA-256) run; on the CPU, in this process, if left out. */
  readonly placeTowers?: (weights: string) => ModelSessions;
  /** Asked of devices; `fp32` if left out. */
  readonly precision?: Precision;
  /** How many pictures are prepared; in this thread if left out. */
  readonly prepare?: PreparePictures;
  /** Gives CLIP's own tokenizer.json for checkpoints that come without one; left out, they are refused. */
  readonly clipTokenizer?: (options: CallOptions) => Promise<string>;
}

/** `path` is a folder or a file of weights. Throws ClipsightError `checkpoint`, or `cancelled`. */
export async function openModel(path: string, options: OpenModelOptions): Promise<Model> {
  const { hashes, placeTowers = () => modelOnCpu(), prepare = prepareHere, precision = 'fp32' } = options;
  const read = await readClip(path);
  const { image, text, embeddingSize, logitScale, logitBias } = read;
  const { preprocessing, preparation } = read;
  demandFit(read);
  const tokenizerFile = read.tokenizerFile ?? (await borrowedTokenizer(read, options));
  const watched = [
    ...read.watched,
    ...(read.tokenizerFile === null ? await tokenizerFiles(tokenizerFile) : []),
  ];
  const tokenizer = await readTokenizer(tokenizerFile, text, preparation);
  const checkpoint: ClipCheckpoint = { ...read, text: { ...text, padding: tokenizer.padding } };
  const sha256 = await weightsSha256(checkpoint.weightsFiles, hashes, options);
  const tokenizerSha256 = await hashes.sha256(tokenizerFile, 'checkpoint', options);
  const place = placeTowers(sha256);
  const sessions = sharedSessions(place.sessions);
  const textEncoder = openTextEncoder(checkpoint, tokenizer, sessions);
  return {
    info: {
      id: checkpoint.id,
      folder: checkpoint.path,
      format: checkpoint.format,
      sha256,
      imageSize: image.imageSize,
      patchSize: image.patchSize,
      blocks: image.blocks.length,
      embeddingSize,
      contextLength: text.contextLength,
      activation: shownActivation(checkpoint),
      logitScale,
      logitBias,
    },
    checkpoint,
    preprocessing,
    prepare,
    text: textEncoder,
    place,
    sessions,
    fingerprint: [
      sha256,
      checkpoint.fingerprint,
      preprocessingFingerprint(preprocessing),
      tokenizerSha256,
      tokenizer.fingerprint,
      // What is asked for, not what gave a number: in single precision all devices agree to 1e-4, and where half
      // precision falls back to single, numbers are at least as good as their name says.
      ...(precision === 'fp32' ? [] : [precision]),
    ],
    watched,
    async release() {
      await textEncoder.release();
      await sessions.release();
    },
  };
}

/** Names the raw image embeddings of a model and its text embeddings: SHA-256, lower-case hex. */
export function embedderKey({ fingerprint }: Pick<Model, 'fingerprint'>): string {
  return createHash('sha256')
    .update(JSON.stringify([computationVersion, ...fingerprint]))
    .digest('hex');
}

/** A tokenizer from elsewhere, and the settings beside it. */
async function tokenizerFiles(file: string): Promise<readonly FileIdentity[]> {
  const settings = join(dirname(file), 'tokenizer_config.json');
  return [
    await identify(file),
    await identify(settings).catch((thrown: unknown) => {
      if (isAbsence(thrown)) return noFile(settings);
      throw thrown;
    }),
  ];
}

/** The vocabulary of CLIP has this size, and nobody else's has. */
const clipVocabulary = 49408;

/** OpenAI's files and many of open_clip have no tokenizer: they share one. */
async function borrowedTokenizer({ path, text }: ClipCheckpoint, options: OpenModelOptions): Promise<string> {
  const remedy = 'Put the tokenizer.json that belongs to the model beside its weights.';
  if (text.vocabulary !== clipVocabulary || options.clipTokenizer === undefined) {
    throw new ClipsightError('checkpoint', `${path} has no tokenizer.json.`, remedy);
  }
  try {
    return await options.clipTokenizer(options);
  } catch (thrown) {
    if (!hasCode(thrown, 'network')) throw thrown;
    throw new ClipsightError(
      'network',
      `${path} has no tokenizer.json, and CLIP's own cannot be had: ${thrown.message}`,
      `${remedy} ${thrown.remedy ?? ''}`.trim(),
      { cause: thrown },
    );
  }
}

/** Those of both towers, where they differ. */
function shownActivation({ image, text }: ClipCheckpoint): string {
  return image.activation === text.activation
    ? image.activation
    : `${image.activation} (image), ${text.activation} (text)`;
}

/** Pictures must come out of the preprocessing at the size that the image tower takes. */
function demandFit({ path, id, image, preprocessing: { crop, resize, size } }: ClipCheckpoint): void {
  const shown = crop ?? (resize === 'squash' ? size : null);
  if (shown?.width === image.imageSize && shown.height === image.imageSize) return;
  const prepared =
    shown === null ? 'pictures of any shape' : `pictures of ${shown.width} × ${shown.height} pixels`;
  throw new ClipsightError(
    'checkpoint',
    `${path} prepares ${prepared}, but the image tower of ${id} takes ${image.imageSize} × ${image.imageSize}.`,
    'Use the preprocessor_config.json (or open_clip_config.json) that belongs to the model.',
  );
}

/** That of the file; of several files (shards), that of their hashes in lower-case hex, sorted, one per line. */
async function weightsSha256(
  files: readonly string[],
  hashes: HashCache,
  options: CallOptions,
): Promise<string> {
  const each: string[] = [];
  for (const file of files) each.push(await hashes.sha256(file, 'checkpoint', options));
  const [only, ...others] = each;
  if (only !== undefined && others.length === 0) return only;
  return createHash('sha256').update(each.toSorted().join('\n')).digest('hex');
}
