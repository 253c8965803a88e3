import { basename, dirname, join } from 'node:path';
import * as z from 'zod';
import { ClipsightError } from '../../shared/errors';
import type { StoredTensor } from '../graph/value';
import { type FileIdentity, identify } from './fileIdentity';
import { parseJson, readAt, readJson, withFile } from './files';
import { readSafetensors } from './safetensors';
import { torchTensors } from './stateDict';
import { type TensorFile, tensorNames } from './tensors';
import { readTorch } from './torchFile';

/** The weights of a model, in one file or spread over several. */
export interface WeightFiles {
  /** All tensors by name; `path` is the file that names the weights. */
  readonly source: TensorFile;
  /** Absolute real path of the folder that holds all files. */
  readonly folder: string;
  /** Absolute real paths of the files with weights, in order. */
  readonly files: readonly string[];
  /** What was read, as it was just before. */
  readonly watched: readonly FileIdentity[];
}

/** Names of a model's weights in the order in which transformers looks for them. */
export const weightNames = [
  'model.safetensors',
  'model.safetensors.index.json',
  'pytorch_model.bin',
  'pytorch_model.bin.index.json',
] as const;
export type WeightName = (typeof weightNames)[number];

/** What transformers writes beside shards: which of them has which tensor. */
const ShardIndex = z.object({ weight_map: z.record(z.string(), z.string()) });

/**
 * Reads where the weights lie: in one file, as safetensors or by PyTorch, or in the shards that an index names
 * (`….safetensors.index.json`, `….bin.index.json`). No weight is read.
 *
 * @throws ClipsightError `checkpoint`, naming the file.
 */
export async function readWeightFiles(path: string): Promise<WeightFiles> {
  const extension = /(\.[a-z]+)\.index\.json$/.exec(path)?.[1];
  if (extension !== undefined) return readShards(path, extension);
  const watched = [await identify(path)];
  const source = await readTensors(path);
  return { source, ...placeOf([source], path), watched };
}

async function readTensors(path: string): Promise<TensorFile> {
  return (await isSafetensors(path)) ? readSafetensors(path) : torchTensors(await readTorch(path));
}

/** By the extension; a file without one (a blob of a hub's cache), or with that of PyTorch, by how it begins. */
async function isSafetensors(path: string): Promise<boolean> {
  if (path.endsWith('.safetensors')) return true;
  // 8 bytes of length, of which the upper half is zero for any header that is allowed, then JSON.
  const head = await withFile(path, 'checkpoint', (handle) => readAt(handle, 0, 9));
  return head.length === 9 && head.readUInt32LE(4) === 0 && head[8] === '{'.charCodeAt(0);
}

async function readShards(path: string, extension: string): Promise<WeightFiles> {
  const index = await identify(path);
  const { weight_map } = parseJson(ShardIndex, await readJson(path, 'checkpoint'), path, 'checkpoint');
  const shards: TensorFile[] = [];
  const watched = [index];
  for (const name of [...new Set(Object.values(weight_map))].toSorted()) {
    if (basename(name) !== name || name.includes('\\') || !name.endsWith(extension)) {
      throw mismatch(`${path} names ${JSON.stringify(name)}, which is no ${extension} file beside it.`);
    }
    const shard = join(dirname(path), name);
    watched.push(await identify(shard));
    shards.push(await readTensors(shard));
  }
  return { source: merged(path, shards, weight_map), ...placeOf(shards, path), watched };
}

/** All tensors of all shards: each in one of them, and that the one that the index says. */
function merged(
  path: string,
  shards: readonly TensorFile[],
  weightMap: Readonly<Record<string, string>>,
): TensorFile {
  const tensors = new Map<string, StoredTensor>();
  const columns = new Map<string, StoredTensor>();
  const unsupported = new Map<string, string>();
  for (const shard of shards) {
    for (const name of tensorNames(shard)) {
      const place = Object.hasOwn(weightMap, name) ? weightMap[name] : undefined;
      if (place !== basename(shard.path)) {
        throw mismatch(`${shard.path} holds "${name}", for which ${path} names ${place ?? 'no file'}.`);
      }
    }
    for (const [name, tensor] of shard.tensors) tensors.set(name, tensor);
    for (const [name, tensor] of shard.columns ?? []) columns.set(name, tensor);
    for (const [name, type] of shard.unsupported) unsupported.set(name, type);
  }
  const found = new Set(shards.flatMap(tensorNames));
  const missing = Object.keys(weightMap).find((name) => !found.has(name));
  if (missing !== undefined) {
    throw mismatch(`${weightMap[missing]} has no tensor "${missing}", which ${path} says it has.`);
  }
  return { path, owner: 'checkpoint', tensors, unsupported, columns };
}

/** The files behind the paths. ONNX Runtime reads weights of one folder; links lead into one in a hub's cache. */
function placeOf(sources: readonly TensorFile[], path: string): Pick<WeightFiles, 'folder' | 'files'> {
  const files = new Set(
    sources.flatMap(({ tensors, columns }) =>
      [...tensors.values(), ...(columns?.values() ?? [])].map(({ file }) => file),
    ),
  );
  const folders = new Set([...files].map(dirname));
  const [folder, other] = folders;
  if (folder === undefined) throw mismatch(`${path} has no weights.`);
  if (other !== undefined) {
    throw new ClipsightError(
      'checkpoint',
      `The weights of ${path} lie in several folders: ${folder} and ${other}.`,
      'Put all files of a checkpoint into one folder.',
    );
  }
  return { folder, files: [...files].toSorted() };
}

function mismatch(message: string): ClipsightError {
  return new ClipsightError(
    'checkpoint',
    message,
    'Download the files of the checkpoint again, all of them.',
  );
}
