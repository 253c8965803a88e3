import type { FileHandle } from 'node:fs/promises';
import { ClipsightError } from '../../shared/errors';
import { parseJson, readAt, withFile } from '../checkpoint/files';
import { readMetadata, readSafetensors } from '../checkpoint/safetensors';
import { readFloats, type WideTensor } from '../checkpoint/tensors';
import type { StoredTensor } from '../graph/value';
import { mostNumbers, type ProbeArray } from './array';
import { ClassNames } from './classNames';
import type { ProbeContent } from './probeOfArrays';

/** More than the one layer and what may lie beside it. */
const mostTensors = 64;

/**
 * A state dict of a linear layer in safetensors. Its metadata may have `input`, `name` and the names of the classes as
 * JSON: `classes`, `labels`, `class_names` or `id2label`. Throws ClipsightError `probe`, naming the file and the tensor.
 */
export async function readProbeSafetensors(path: string): Promise<ProbeContent> {
  const { tensors, unsupported, wide = new Map() } = await readSafetensors(path, 'probe');
  const all = new Map<string, StoredTensor | WideTensor>([...tensors, ...wide]);
  const unread = [...unsupported].filter(([name]) => !all.has(name));
  if (unread.length > 0 || all.size > mostTensors) {
    const [name, type] = unread[0] ?? ['', ''];
    throw new ClipsightError(
      'probe',
      unread.length > 0
        ? `${path}: the tensor “${name}” is of type ${type}, which is not read.`
        : `${path} has ${all.size} tensors: it is no linear probe.`,
      'Save the weights of the one layer on top of the image embedding, by themselves.',
    );
  }
  const arrays = new Map<string, ProbeArray>();
  for (const [name, tensor] of all) {
    const { shape } = tensor;
    if (shape.reduce((product, length) => product * length, 1) > mostNumbers) {
      throw new ClipsightError(
        'probe',
        `${path}: the tensor “${name}” [${shape.join(', ')}] has more numbers than any probe.`,
        'Save the weights of the one layer on top of the image embedding, by themselves.',
      );
    }
    arrays.set(name, { kind: 'numbers', shape, data: await numbersOf(tensor) });
  }
  const metadata = await readMetadata(path, 'probe');
  return {
    arrays,
    name: metadata.get('name') || null,
    input: metadata.get('input') ?? null,
    classes: classesOf(metadata, path),
  };
}

async function numbersOf(tensor: StoredTensor | WideTensor): Promise<Float64Array> {
  switch (tensor.type) {
    case 'float64':
      return bytesOf(tensor, (view, count) =>
        Float64Array.from({ length: count }, (_, i) => view.getFloat64(8 * i, true)),
      );
    case 'int64':
      return bytesOf(tensor, (view, count) =>
        Float64Array.from({ length: count }, (_, i) => Number(view.getBigInt64(8 * i, true))),
      );
    case 'int32':
      return bytesOf(tensor, (view, count) =>
        Float64Array.from({ length: count }, (_, i) => view.getInt32(4 * i, true)),
      );
    case 'bool':
    case 'uint8':
      return bytesOf(tensor, (view, count) =>
        Float64Array.from({ length: count }, (_, i) => view.getUint8(i)),
      );
    case 'float32':
    case 'float16':
    case 'bfloat16':
      return Float64Array.from(await readFloats({ ...tensor, type: tensor.type }, 'probe'));
  }
}

async function bytesOf(
  { file, offset, length, shape }: StoredTensor | WideTensor,
  read: (view: DataView, count: number) => Float64Array,
): Promise<Float64Array> {
  const bytes = await withFile(file, 'probe', (handle: FileHandle) => readAt(handle, offset, length));
  if (bytes.length !== length) {
    throw new ClipsightError('probe', `${file} changed while it was read.`, 'Load it again.');
  }
  const count = shape.reduce((product, size) => product * size, 1);
  return read(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), count);
}

function classesOf(metadata: ReadonlyMap<string, string>, path: string): readonly string[] | null {
  const key = ['classes', 'labels', 'class_names', 'id2label'].find((one) => metadata.has(one));
  if (key === undefined) return null;
  let json: unknown;
  try {
    json = JSON.parse(metadata.get(key)!);
  } catch (thrown) {
    throw new ClipsightError(
      'probe',
      `${path}: its metadata has “${key}” that is not JSON.`,
      'Write the names of the classes as a JSON array of texts.',
      { cause: thrown },
    );
  }
  return parseJson(ClassNames, json, `${path}: “${key}” of its metadata`, 'probe');
}
