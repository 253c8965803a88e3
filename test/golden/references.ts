import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import * as z from 'zod';

/** The layout of the files that tools/golden/attribution.py writes; its README says what each number is. */

const bytes = z.string().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const floats = bytes.transform((raw) => new Float32Array(raw.buffer, raw.byteOffset, raw.byteLength / 4));
const ints = bytes.transform((raw) => new Int32Array(raw.buffer, raw.byteOffset, raw.byteLength / 4));

const DirectionReference = z.object({
  direction: z.looseObject({ kind: z.string() }),
  vector: floats,
});

const StudyImage = z.object({
  image: z.int(),
  latents: ints,
  activations: floats,
  contributions: floats.optional(),
  entries: z.object({ tokens: ints, latents: ints, activations: floats }).optional(),
  results: z.array(
    z.object({ direction: z.int(), similarity: z.number(), total: z.number(), attributions: floats }),
  ),
});

const References = z.object({
  model: z.string(),
  images: z.array(
    z.object({
      name: z.string(),
      rgb: bytes,
      embedding: floats,
      residual: z.record(z.string(), floats).default({}),
    }),
  ),
  texts: z.array(z.object({ text: z.string(), ids: z.array(z.int()), embedding: floats })),
  directions: z.array(DirectionReference),
  studies: z.array(
    z.object({
      dictionary: z.string(),
      layer: z.int(),
      tokens: z.enum(['cls', 'patches', 'all']),
      size: z.int(),
      images: z.array(StudyImage),
    }),
  ),
});
export type References = z.infer<typeof References>;

export const root = path.resolve(__dirname, '../..');

export async function readReferences(name: string): Promise<References> {
  return References.parse(JSON.parse(await readFile(path.join(root, 'test/golden', name), 'utf8')));
}

/** Largest |a − b| over the largest |b|; 0 where both are empty. Infinite where the lengths differ. */
export function relativeError(a: Float32Array, b: Float32Array): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < b.length; i++) {
    difference = Math.max(difference, Math.abs(a[i]! - b[i]!));
    largest = Math.max(largest, Math.abs(b[i]!));
  }
  return difference === 0 ? 0 : difference / largest;
}

/** ‖a − b‖₂ / ‖b‖₂. */
export function relativeDistance(a: Float32Array, b: Float32Array): number {
  let difference = 0;
  let length = 0;
  for (let i = 0; i < b.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    length += b[i]! ** 2;
  }
  return difference === 0 ? 0 : Math.sqrt(difference / length);
}
