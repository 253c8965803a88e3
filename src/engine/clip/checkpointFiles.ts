import { readdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { ClipsightError } from '../../shared/errors';
import { readJson, unreadable } from '../checkpoint/files';
import { weightNames } from '../checkpoint/weightFiles';
import { modelType } from './huggingFaceConfig';

/** Where a checkpoint lies: the weights, and what may lie beside them. */
export interface CheckpointFiles {
  /** What was asked for, absolute. */
  readonly path: string;
  /** The folder that the configuration is looked for in, absolute. */
  readonly folder: string;
  /** The names of all that lies in it. */
  readonly present: ReadonlySet<string>;
  /** The file that names the weights, absolute: they themselves, or an index of shards. */
  readonly weights: string;
}

/** What is read beside weights, where it is there. */
export const companions = [
  'config.json',
  'open_clip_config.json',
  'preprocessor_config.json',
  'processor_config.json',
  'tokenizer.json',
  'tokenizer_config.json',
];

/** The order of open_clip's `_find_checkpoint_in_dir`. */
const openClipNames = [
  'open_clip_model.safetensors',
  'open_clip_pytorch_model.safetensors',
  'open_clip_pytorch_model.bin',
  'open_clip_pytorch_model.pth',
  'model.safetensors',
  'pytorch_model.bin',
  'pytorch_model.pth',
  'model.pth',
];

/**
 * Finds the weights of what a person named: a folder or a file of weights. In a folder:
 *
 * 1. those of transformers, where config.json is that of a model of transformers: model.safetensors, its index,
 *    pytorch_model.bin, its index. A config.json of another model counts for nothing beside an open_clip_config.json;
 * 2. those of open_clip, in its own order;
 * 3. the only file of weights that there is.
 *
 * @throws ClipsightError `checkpoint`
 */
export async function findCheckpoint(path: string): Promise<CheckpointFiles> {
  const absolute = resolve(path);
  if (!(await isFolder(absolute))) {
    const folder = dirname(absolute);
    return { path: absolute, folder, present: await namesIn(folder), weights: absolute };
  }
  const present = await namesIn(absolute);
  const name = await weightsName(absolute, present);
  return { path: absolute, folder: absolute, present, weights: join(absolute, name) };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (thrown) {
    throw unreadable(path, 'checkpoint', thrown);
  }
}

async function namesIn(folder: string): Promise<ReadonlySet<string>> {
  try {
    return new Set(await readdir(folder));
  } catch (thrown) {
    throw unreadable(folder, 'checkpoint', thrown);
  }
}

async function weightsName(folder: string, present: ReadonlySet<string>): Promise<string> {
  const huggingFace = weightNames.find((name) => present.has(name));
  const openClip = openClipNames.find((name) => present.has(name));
  if (present.has('config.json') && huggingFace !== undefined) {
    const type = modelType(await readJson(join(folder, 'config.json'), 'checkpoint'));
    const isOurs = type === 'clip' || type === 'siglip';
    if (isOurs || (type !== null && !present.has('open_clip_config.json'))) return huggingFace;
  }
  const listed = openClip ?? huggingFace;
  if (listed !== undefined) return listed;
  const others = [...present].filter((name) => /\.(safetensors|bin|pth|pt|ckpt)$/.test(name)).toSorted();
  const [only, another] = others;
  if (only !== undefined && another === undefined) return only;
  if (only !== undefined) {
    throw new ClipsightError(
      'checkpoint',
      `${folder} holds ${others.length} files that could be the weights: ${only}, ${another}${others.length > 2 ? ' …' : ''}.`,
      'Choose the file itself.',
    );
  }
  throw new ClipsightError(
    'checkpoint',
    `${folder} has no model.safetensors or other weights.`,
    'Choose the folder of a CLIP model or its file of weights, or download the weights from where the model came from.',
  );
}
