import { createHash } from 'node:crypto';
import type { Library } from './library';

/**
 * Name of a result that is kept in a library: a hash of what it is and of all that it depends on (`AnalysisKey`, vectors,
 * pictures, parameters), each part told apart from the next. Change `what` where the meaning of the bytes changes.
 */
export function memoName(
  what: string,
  ...parts: readonly (string | number | Uint8Array | Float32Array)[]
): string {
  const hash = createHash('sha256').update(`${what}\n`);
  for (const part of parts) {
    if (typeof part === 'string' || typeof part === 'number') {
      const text = String(part);
      hash.update(`${typeof part} ${Buffer.byteLength(text)}\n${text}`);
    } else {
      hash.update(`bytes ${part.byteLength}\n`);
      hash.update(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
    }
  }
  return hash.digest('base64url');
}

/** Keeps results where this process owns the library; else they are computed anew next time. */
export async function keepResults(library: Library, results: ReadonlyMap<string, Uint8Array>): Promise<void> {
  if (results.size > 0 && library.access.kind === 'owner') await library.keep(results);
}
