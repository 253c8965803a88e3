import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { ClipsightError } from '../../shared/errors';
import type { StoredTensor } from '../graph/value';
import { littleEndian, NarrowingError } from './elements';
import { type FileOwner, readAt, withFile } from './files';
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
  const recipe = createHash('sha256').update(JSON.stringify(copies.map(described))).digest('hex');
  const path = await materialised(file, `narrow1-${recipe.slice(0, 16)}.safetensors`, owner, options, (target) =>
    writeTensors(target, copies, file, owner, options),
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
  target: Parameters<typeof writeSafetensors>[0],
  copies: readonly Copy[],
  file: string,
  owner: FileOwner,
  { signal, onProgress }: MaterialiseOptions,
): Promise<void> {
  await withFile(file, owner, async (handle) => {
    const toWrite = copies.map(({ name, stored }): TensorToWrite => {
      const { type, shape, offset, length } = stored;
      async function* bytes(): AsyncGenerator<Uint8Array> {
        const narrowed = type === 'float64';
        try {
          yield* littleEndian(stored_(), { width: 8, bigEndian: false, narrowed });
        } catch (thrown) {
          throw thrown instanceof NarrowingError ? beyondFloat32(file, name, owner, thrown) : thrown;
        }
      }
      async function* stored_(): AsyncGenerator<Uint8Array> {
        for (let at = 0; at < length; at += chunkSize) {
          throwIfCancelled(file, signal);
          yield await readAt(handle, offset + at, Math.min(chunkSize, length - at));
        }
      }
      return { name, type: type === 'float64' ? 'float32' : type, shape, bytes };
    });
    await writeSafetensors(target, toWrite, (done, total) => {
      onProgress?.({ stage: `Converting ${basename(file)}`, done, total });
    });
  });
}

export function beyondFloat32(path: string, name: string, owner: FileOwner, cause: Error): ClipsightError {
  return new ClipsightError(
    owner,
    `${path}: tensor "${name}" has the value ${cause.message}, which is beyond float32.`,
    'Check the weights where they were made: trained ones are not that large.',
    { cause },
  );
}
