import { createHash } from 'node:crypto';
import { ClipsightError } from '../shared/errors';
import type { CallOptions } from '../shared/rpc/protocol';
import type { ModelInfo } from '../shared/study';
import type { HashCache } from './checkpoint/hashCache';
import type { ClipCheckpoint } from './clip/architecture';
import { readClip } from './clip/checkpoint';
import { type Preprocessing, preprocessingFingerprint } from './clip/preprocessing';
import { openTextEncoder, type TextEncoder } from './clip/textEncoder';
import { readTokenizer } from './clip/tokenizer';

/** A loaded CLIP: what it is, and its text tower. Its image tower is cut where a dictionary asks (hookPrograms). */
export interface Model {
  readonly info: ModelInfo;
  readonly checkpoint: ClipCheckpoint;
  readonly preprocessing: Preprocessing;
  readonly text: TextEncoder;
  /** All that decides what its embeddings are, for the AnalysisKey. */
  readonly fingerprint: readonly string[];
  release(): Promise<void>;
}

/** Throws ClipsightError `checkpoint`, or `cancelled`. */
export async function openModel(
  folder: string,
  hashes: HashCache,
  threads: number | undefined,
  options: CallOptions,
): Promise<Model> {
  const checkpoint = await readClip(folder);
  const { image, text, embeddingSize, logitScale } = checkpoint;
  const { preprocessing, tokenizerFile } = checkpoint;
  demandFit(checkpoint);
  if (tokenizerFile === null) {
    throw new ClipsightError(
      'checkpoint',
      `${checkpoint.path} has no tokenizer.json.`,
      'Put the tokenizer.json that belongs to the model beside its weights.',
    );
  }
  const tokenizer = await readTokenizer(tokenizerFile, text);
  const sha256 = await weightsSha256(checkpoint.weightsFiles, hashes, options);
  const tokenizerSha256 = await hashes.sha256(tokenizerFile, 'checkpoint', options);
  const textEncoder = openTextEncoder(checkpoint, tokenizer, threads);
  return {
    info: {
      id: checkpoint.id,
      folder: checkpoint.path,
      sha256,
      imageSize: image.imageSize,
      patchSize: image.patchSize,
      blocks: image.blocks.length,
      embeddingSize,
      contextLength: text.contextLength,
      activation: image.activation,
      logitScale,
    },
    checkpoint,
    preprocessing,
    text: textEncoder,
    fingerprint: [sha256, checkpoint.fingerprint, preprocessingFingerprint(preprocessing), tokenizerSha256],
    release: () => textEncoder.release(),
  };
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
    'Use the preprocessor_config.json that belongs to the model.',
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
