import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { StoredTensor } from '../graph/value';
import { type Encoding, littleEndian } from './elements';
import { type FileOwner, readAt } from './files';
import { readSafetensors } from './safetensors';
import { type TensorToWrite, writeSafetensors } from './safetensorsWriter';
import type { TensorFile, WideTensor } from './tensors';
import type { TorchTensor } from './torchTensor';
import { type MaterialiseOptions, materialised, throwIfCancelled } from './weightCache';

const chunkSize = 1024 * 1024;

/** What a file of tensors is made of: to be written to the cache, if it is not there. */
interface Copy {
  readonly name: string;
  readonly layout: 'rows' | 'columns';
  readonly stored: StoredTensor | WideTensor;
}

/**
 * The tensors with those of float64 as float32, the nearest there is. Where there is one, all that are supported
 * are copied to one file in the cache folder (ONNX Runtime reads weights of one folder); where there is none, they
 * stay where they are. What is unsupported for another reason stays so.
 *
 * @throws ClipsightError `cancelled` by the signal, or with code `owner`, naming the file and the tensor.
 */
export async function narrowedTensors(
  tensors: ReadonlyMap<string, TorchTensor>,
  owner: FileOwner,
  options: MaterialiseOptions,
): Promise<ReadonlyMap<string, TorchTensor>> {
  const copies = [...tensors].flatMap(([name, tensor]): Copy[] => {
    const place = tensor.layout === 'unsupported' ? tensor.wide : tensor;
    return place === undefined ? [] : [{ name, layout: place.layout, stored: place.stored }];
  });
  const [file, other] = new Set(copies.map(({ stored }) => stored.file));
  const isWide = copies.some(({ stored }) => stored.type === 'float64');
  if (!isWide || file === undefined || other !== undefined) return tensors;
  const recipe = createHash('sha256')
    .update(JSON.stringify(copies.map(described)))
    .digest('hex');
  const path = await materialised(
    file,
    `narrow1-${recipe.slice(0, 16)}.safetensors`,
    owner,
    options,
    (target) => writeTensors(target, copies, file, owner, options),
  );
  const written = (await readSafetensors(path, owner)).tensors;
  const narrowed = copies.map(({ name, layout }): [string, TorchTensor] => {
    return [name, { kind: 'tensor', layout, stored: written.get(name)! }];
  });
  return new Map([...tensors, ...narrowed]);
}

/** The same for a file whose tensors all lie row by row. */
export async function narrowedFile(file: TensorFile, options: MaterialiseOptions): Promise<TensorFile> {
  if (file.wide === undefined) return file;
  const all = new Map<string, TorchTensor>(
    [...file.tensors].map(([name, stored]) => [name, { kind: 'tensor', layout: 'rows', stored }]),
  );
  for (const [name, stored] of file.wide) {
    const wide = { layout: 'rows', stored } as const;
    all.set(name, { kind: 'tensor', layout: 'unsupported', type: stored.type, wide });
  }
  const tensors = new Map<string, StoredTensor>();
  for (const [name, tensor] of await narrowedTensors(all, file.owner, options)) {
    if (tensor.layout !== 'unsupported') tensors.set(name, tensor.stored);
  }
  const unsupported = [...file.unsupported].filter(([name]) => !tensors.has(name));
  return { path: file.path, owner: file.owner, tensors, unsupported: new Map(unsupported) };
}

function described({ name, stored: { offset, length, type, shape } }: Copy): unknown {
  return [name, offset, length, type, shape];
}

async function writeTensors(
  target: FileHandle,
  copies: readonly Copy[],
  file: string,
  owner: FileOwner,
  { signal, onProgress }: MaterialiseOptions,
): Promise<void> {
  const source = await open(file);
  try {
    const toWrite = copies.map(({ name, stored }): TensorToWrite => {
      const isWide = stored.type === 'float64';
      return {
        name,
        type: isWide ? 'float32' : stored.type,
        shape: stored.shape,
        bytes: () => {
          const bytes = bytesOf(source, stored, () => throwIfCancelled(file, signal));
          return isWide ? littleEndian(bytes, doubles, `${file}: tensor "${name}"`, owner) : bytes;
        },
      };
    });
    await writeSafetensors(target, toWrite, (done, total) => {
      onProgress?.({ stage: `Converting ${basename(file)}`, done, total });
    });
  } finally {
    await source.close();
  }
}

const doubles: Encoding = { width: 8, bigEndian: false, narrowed: true };

async function* bytesOf(
  source: FileHandle,
  { offset, length }: StoredTensor | WideTensor,
  checkpoint: () => void,
): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < length; at += chunkSize) {
    checkpoint();
    yield await readAt(source, offset + at, Math.min(chunkSize, length - at));
  }
}
