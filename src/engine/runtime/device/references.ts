import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { keepFile } from '../../checkpoint/replaceFile';
import type { Graph } from '../../graph/graph';
import { toOnnx } from '../../graph/onnx';
import { Lru } from '../../numeric/lru';
import { runtimeVersion } from '../onnxModel';
import { float32 } from '../session';
import type { Feeds } from '../sessions';
import { allFinite } from './agreement';

/** What the CPU gives for a witness. */
export interface Reference {
  readonly outputs: Feeds;
  /** What a warm run took there, in milliseconds. */
  readonly ms: number;
}

/** What the CPU gave, by all that it depends on. */
export interface References {
  get(key: string, graph: Graph): Promise<Reference | null>;
  set(key: string, reference: Reference): Promise<void>;
}

/** Bytes kept in memory, and of one that is kept in a file; files kept. */
const inMemory = 64 * 1024 * 1024;
const inFile = 16 * 1024 * 1024;
const mostFiles = 256;

const Stored = z.strictObject({
  ms: z.number().positive(),
  /** Of the data of all outputs, in order. */
  sha256: z.string(),
  outputs: z.array(
    z.strictObject({ name: z.string(), shape: z.array(z.int().positive()), data: z.base64() }),
  ),
});
type Stored = z.infer<typeof Stored>;

/** In memory, and in a folder of this program's own, one file each, where there is one. */
export function keepReferences(folder: string | null): References {
  const known = new Lru<Reference>(inMemory, sizeOf);
  const fileOf = (key: string) => (folder === null ? null : join(folder, `${key}.json`));
  return {
    async get(key, graph) {
      const file = fileOf(key);
      const found = known.get(key) ?? (file === null ? null : await readStored(file, graph));
      if (found !== null) known.set(key, found);
      return found;
    },
    async set(key, reference) {
      known.set(key, reference);
      const stored = toStored(reference);
      if (folder === null || stored === null) return;
      await keepFile(join(folder, `${key}.json`), JSON.stringify(stored));
      await removeOldest(folder);
    },
  };
}

/** SHA-256, lower-case hex. `weights` is that of the checkpoint. */
export function referenceKey(graph: Graph, folder: string, weights: string, witness: Feeds): string {
  const hash = createHash('sha256').update(toOnnx(graph, folder));
  hash.update(JSON.stringify([weights, runtimeVersion]));
  for (const [name, { type, shape, data }] of Object.entries(witness)) {
    hash.update(JSON.stringify([name, type, shape]));
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  }
  return hash.digest('hex');
}

const sizeOf = ({ outputs }: Reference): number =>
  Object.values(outputs).reduce((sum, { data }) => sum + data.byteLength, 0);

/** Null for what is not kept in files. */
function toStored(reference: Reference): Stored | null {
  const outputs = Object.entries(reference.outputs);
  if (sizeOf(reference) > inFile || !allFinite(reference.outputs)) return null;
  if (outputs.some(([, { type }]) => type !== 'float32')) return null;
  const bytes = outputs.map(([, { data }]) => Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  return {
    ms: reference.ms,
    sha256: hashOf(bytes),
    outputs: outputs.map(([name, { shape }], i) => ({
      name,
      shape: [...shape],
      data: bytes[i]!.toString('base64'),
    })),
  };
}

function hashOf(parts: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

/** Null where there is no file, or not a sound one of this graph: then the CPU is asked again. */
async function readStored(file: string, graph: Graph): Promise<Reference | null> {
  try {
    const { ms, sha256, outputs } = Stored.parse(JSON.parse(await readFile(file, 'utf8')));
    const bytes = outputs.map(({ data }) => Buffer.from(data, 'base64'));
    const names = graph.outputs.map(({ name }) => name).toSorted();
    if (`${outputs.map(({ name }) => name).toSorted()}` !== `${names}` || hashOf(bytes) !== sha256)
      return null;
    const read = outputs.map(({ name, shape }, i) => {
      const copy = Uint8Array.from(bytes[i]!);
      const data = new Float32Array(copy.buffer);
      if (data.length !== shape.reduce((size, n) => size * n, 1)) throw new Error(`${name} has another size`);
      return [name, float32(data, shape)] as const;
    });
    const reference = { ms, outputs: Object.fromEntries(read) };
    return allFinite(reference.outputs) ? reference : null;
  } catch {
    return null;
  }
}

/** Other processes may do the same at the same time. */
async function removeOldest(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  if (names.length <= mostFiles) return;
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      return {
        path,
        at: await stat(path).then(
          ({ mtimeMs }) => mtimeMs,
          () => 0,
        ),
      };
    }),
  );
  const oldest = files.toSorted((a, b) => a.at - b.at).slice(0, names.length - mostFiles);
  await Promise.all(oldest.map(({ path }) => rm(path, { force: true }).catch(() => undefined)));
}
