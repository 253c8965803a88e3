import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { basename } from 'node:path';
import { createGunzip } from 'node:zlib';
import { ClipsightError } from '../../shared/errors';
import { identify } from './fileIdentity';
import { type FileOwner, readAt, withFile } from './files';
import { isDamage, unpacking } from './unpacking';
import { append, type MaterialiseOptions, materialised, throwIfCancelled } from './weightCache';

const chunkSize = 1024 * 1024;

/**
 * No weights file unpacks to more than this many bytes, and this many more for each that is packed: float32 packs to
 * 0.93 of its size, to a half where it was rounded to 16 bits once, and what is zero is a part of it. A bomb packs
 * to a thousandth.
 */
const unpackedAnyway = 64 * 1024 * 1024;
const unpackedPerByte = 16;
const mostUnpacked = 64 * 1024 ** 3;

export function isGzip(head: Uint8Array): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/**
 * The path of a file whose content is not compressed: `path` itself, or where it is gzip what it unpacks to, in the
 * cache folder. It is unpacked once, in a memory of some megabytes.
 *
 * @throws ClipsightError `cancelled` by the signal, or with code `owner`, naming the file.
 */
export async function materialise(
  path: string,
  owner: FileOwner,
  options: MaterialiseOptions,
): Promise<string> {
  const head = await withFile(path, owner, (handle) => readAt(handle, 0, 2));
  if (!isGzip(head)) return path;
  return materialised(path, 'unpacked', owner, options, (target) => unpack(path, owner, target, options));
}

async function unpack(
  path: string,
  owner: FileOwner,
  target: FileHandle,
  { signal, onProgress }: MaterialiseOptions,
): Promise<void> {
  const { size } = await identify(path, owner);
  const source = createReadStream(path, { highWaterMark: chunkSize });
  const gunzip = createGunzip({ chunkSize });
  let written = 0;
  try {
    for await (const chunk of unpacking(source, gunzip)) {
      throwIfCancelled(path, signal);
      if (written === 0 && isGzip(chunk)) throw refused(path, owner, 'is compressed twice');
      written += chunk.length;
      if (written > Math.min(mostUnpacked, unpackedAnyway + unpackedPerByte * gunzip.bytesWritten)) {
        throw refused(path, owner, `unpacks to more than ${written} bytes, which no weights do`);
      }
      await append(target, chunk);
      const done = Math.min(size, gunzip.bytesWritten);
      onProgress?.({ stage: `Unpacking ${basename(path)}`, done, total: size });
    }
  } catch (thrown) {
    if (!isDamage(thrown)) throw thrown;
    throw refused(path, owner, 'is damaged or truncated: it cannot be unpacked', thrown);
  }
}

function refused(path: string, owner: FileOwner, what: string, cause?: unknown): ClipsightError {
  return new ClipsightError(
    owner,
    `${path} ${what}.`,
    'Download it again, or save it again where it was made.',
    { cause },
  );
}
