import { Readable } from 'node:stream';
import type { Gunzip, InflateRaw } from 'node:zlib';

/** What `packed` unpacks to, in order, and no further ahead than a few pieces. Whoever stops early stops both. */
export async function* unpacking(
  packed: AsyncIterable<Buffer>,
  transform: Gunzip | InflateRaw,
): AsyncGenerator<Buffer> {
  const source = Readable.from(packed, { highWaterMark: 1 });
  source.on('error', (thrown) => transform.destroy(thrown));
  try {
    yield* source.pipe(transform);
  } finally {
    source.destroy();
    transform.destroy();
  }
}

/** Whether it was thrown since what was packed is damaged. */
export function isDamage(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && /^Z_/.test(String(thrown.code));
}
