import { type FileHandle, realpath } from 'node:fs/promises';
import * as z from 'zod';
import { ClipsightError } from '../../shared/errors';
import type { ElementType, StoredTensor } from '../graph/value';
import { duplicateKey } from './duplicateKey';
import { type FileOwner, readAt, refuseLfsPointer, unreadable, withFile } from './files';
import { nestsWithin } from './jsonNesting';
import { shapeText, type TensorFile, type WideTensor } from './tensors';

/** A tensor takes some 100 bytes of it. The format's reference implementation stops at 100 MB. */
const largestHeader = 8 * 1024 * 1024;
const mostTensors = 50_000;
/** In characters. */
const longestName = 1000;
const mostAxes = 64;

/** Every element type the format defines: its width, and what we call it where we compute with it. */
const elementTypes: { readonly [dtype: string]: { readonly bits: number; readonly type?: ElementType } } = {
  F32: { bits: 32, type: 'float32' },
  F16: { bits: 16, type: 'float16' },
  BF16: { bits: 16, type: 'bfloat16' },
  I64: { bits: 64, type: 'int64' },
  I32: { bits: 32, type: 'int32' },
  BOOL: { bits: 8, type: 'bool' },
  U8: { bits: 8, type: 'uint8' },
  F64: { bits: 64 },
  C64: { bits: 64 },
  I16: { bits: 16 },
  I8: { bits: 8 },
  U64: { bits: 64 },
  U32: { bits: 32 },
  U16: { bits: 16 },
  F8_E5M2: { bits: 8 },
  F8_E4M3: { bits: 8 },
  F8_E8M0: { bits: 8 },
  F8_E4M3FNUZ: { bits: 8 },
  F8_E5M2FNUZ: { bits: 8 },
  F6_E2M3: { bits: 6 },
  F6_E3M2: { bits: 6 },
  F4: { bits: 4 },
};

const size = z.int().nonnegative();
const Header = z.record(z.string(), z.unknown());
const Entry = z.object({
  dtype: z.string().max(20),
  shape: z.array(size).max(mostAxes),
  data_offsets: z.tuple([size, size]),
});
type Entry = z.infer<typeof Entry>;
const Metadata = z.object({ __metadata__: z.record(z.string(), z.string()) });

/**
 * Reads the header of a safetensors file: 8 bytes little-endian header length, that many bytes of JSON, then
 * the data, which the tensors must cover without gap or overlap (github.com/huggingface/safetensors, "Format").
 * No weight is read. Element types that the format defines but nothing here computes with are checked like
 * the others and listed in `unsupported`; a type that the format does not define makes the file unreadable.
 *
 * @throws ClipsightError with code `owner`, naming the file and the tensor.
 */
export async function readSafetensors(path: string, owner: FileOwner = 'checkpoint'): Promise<TensorFile> {
  const file = await realpath(path).catch((thrown: unknown) => {
    throw unreadable(path, owner, thrown);
  });
  return withFile(path, owner, async (handle) => {
    const { size: fileSize } = await handle.stat();
    const { json, dataStart } = await readHeader(handle, fileSize, path, owner);
    const place = { path, owner, file, dataStart, dataSize: fileSize - dataStart };
    return { path, owner, ...listTensors(json, place) };
  });
}

/**
 * What the file says about itself: texts by name, in no form that the format sets.
 *
 * @throws ClipsightError with code `owner`, naming the file.
 */
export async function readMetadata(
  path: string,
  owner: FileOwner = 'checkpoint',
): Promise<ReadonlyMap<string, string>> {
  return withFile(path, owner, async (handle) => {
    const { size: fileSize } = await handle.stat();
    const { json } = await readHeader(handle, fileSize, path, owner);
    const header = Metadata.safeParse(json);
    return new Map(header.success ? Object.entries(header.data.__metadata__) : []);
  });
}

async function readHeader(
  handle: FileHandle,
  fileSize: number,
  path: string,
  owner: FileOwner,
): Promise<{ json: unknown; dataStart: number }> {
  const head = await readAt(handle, 0, 64);
  refuseLfsPointer(head, path, owner);
  if (head.length < 8) {
    throw damaged(owner, `${path} has only ${head.length} bytes: it is empty or truncated.`);
  }
  const length = head.readBigUInt64LE();
  if (length > largestHeader) {
    throw damaged(owner, `${path} is not a safetensors file: its header would have ${length} bytes.`);
  }
  const dataStart = 8 + Number(length);
  if (dataStart > fileSize) {
    throw damaged(
      owner,
      `${path} is truncated: its header ends at byte ${dataStart}, the file at ${fileSize}.`,
    );
  }
  const bytes = await readAt(handle, 8, Number(length));
  // The header, an entry, its shape or offsets; and metadata, which is flat.
  if (!nestsWithin(bytes, 3, 3 * mostTensors + 2)) throw tooLarge(owner, path);
  try {
    if (bytes[0] !== '{'.charCodeAt(0)) {
      throw new SyntaxError('it does not start with {');
    }
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const json: unknown = JSON.parse(text);
    const repeated = duplicateKey(text);
    if (repeated !== undefined) {
      throw new SyntaxError(`the key "${repeated.slice(0, longestName)}" occurs twice`);
    }
    return { json, dataStart };
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw damaged(owner, `${path} has a header that cannot be read: ${reason}.`, thrown);
  }
}

interface Place {
  readonly path: string;
  readonly owner: FileOwner;
  readonly file: string;
  readonly dataStart: number;
  readonly dataSize: number;
}

function listTensors(json: unknown, place: Place): Pick<TensorFile, 'tensors' | 'unsupported' | 'wide'> {
  const { path, owner, file, dataStart } = place;
  const names = typeof json === 'object' && json !== null ? Object.keys(json) : [];
  if (names.length > mostTensors || names.some((name) => name.length > longestName)) {
    throw tooLarge(owner, path);
  }
  const header = Header.safeParse(json);
  if (!header.success) {
    throw damaged(owner, `${path} has a header that is not a JSON object.`);
  }
  const tensors = new Map<string, StoredTensor>();
  const unsupported = new Map<string, string>();
  const wide = new Map<string, WideTensor>();
  const entries: { name: string; begin: number; end: number }[] = [];
  for (const [name, value] of Object.entries(header.data)) {
    if (name === '__metadata__') {
      continue;
    }
    const parsed = Entry.safeParse(value);
    if (!parsed.success) {
      throw damaged(owner, `${path}: tensor "${name}" is not described by dtype, shape and data_offsets.`);
    }
    const { dtype, shape, data_offsets } = parsed.data;
    const [begin, end] = data_offsets;
    const type = checkExtent(name, parsed.data, place);
    const where = { file, offset: dataStart + begin, length: end - begin, shape };
    if (type === undefined) unsupported.set(name, dtype);
    else tensors.set(name, { ...where, type });
    if (dtype === 'F64') wide.set(name, { ...where, type: 'float64' });
    entries.push({ name, begin, end });
  }
  checkCover(entries, place);
  return { tensors, unsupported, ...(wide.size === 0 ? {} : { wide }) };
}

/** The element type, where we have it, of a tensor whose bytes are as many as its type and shape say. */
function checkExtent(name: string, entry: Entry, { path, owner, dataSize }: Place): ElementType | undefined {
  const { dtype, shape, data_offsets } = entry;
  const [begin, end] = data_offsets;
  const element = Object.hasOwn(elementTypes, dtype) ? elementTypes[dtype] : undefined;
  if (element === undefined) {
    throw damaged(owner, `${path}: tensor "${name}" has an unknown element type ${dtype}.`);
  }
  if (begin > end) {
    throw damaged(owner, `${path}: tensor "${name}" ends at ${end}, before it begins at ${begin}.`);
  }
  if (end > dataSize) {
    throw damaged(
      owner,
      `${path} is truncated: tensor "${name}" ends at byte ${end} of the data, which has ${dataSize}.`,
    );
  }
  // Inexact beyond 2^53, where it cannot equal the length of any file anyway.
  const expected = shape.reduce((product, count) => product * count, element.bits / 8);
  if (expected !== end - begin) {
    throw damaged(
      owner,
      `${path}: tensor "${name}" has ${end - begin} bytes, ${shapeText(shape)} of ${dtype} takes ${expected}.`,
    );
  }
  return element.type;
}

function checkCover(
  entries: readonly { name: string; begin: number; end: number }[],
  { path, owner, dataSize }: Place,
): void {
  const inOrder = entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const { name, begin, end } of inOrder) {
    if (begin < covered) {
      throw damaged(owner, `${path}: tensor "${name}" overlaps the one before it.`);
    }
    if (begin > covered) {
      throw damaged(owner, `${path}: bytes ${covered} to ${begin}, before tensor "${name}", belong to none.`);
    }
    covered = end;
  }
  if (covered < dataSize) {
    throw damaged(owner, `${path} has ${dataSize - covered} bytes after its last tensor.`);
  }
}

function tooLarge(owner: FileOwner, path: string): ClipsightError {
  return damaged(owner, `${path} has a header with more tensors, or longer names of them, than any model.`);
}

function damaged(owner: FileOwner, message: string, cause?: unknown): ClipsightError {
  return new ClipsightError(owner, message, 'Download it again, or save it again where it was made.', {
    cause,
  });
}
