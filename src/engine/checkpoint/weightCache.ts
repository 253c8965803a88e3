import { randomUUID } from 'node:crypto';
import { type FileHandle, link, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ClipsightError } from '../../shared/errors';
import type { CallOptions } from '../../shared/rpc/protocol';
import { identify, sameFile } from './fileIdentity';
import type { FileOwner } from './files';
import { HashCache } from './hashCache';

/** What is needed where weights cannot be used as they lie, and so are written a second time, once. */
export interface MaterialiseOptions extends CallOptions {
  /** Where they are written: a folder of this program's own, made where it is missing. */
  readonly cacheFolder: string;
  /** Whose memory of hashes is used; without it there is one in the folder. */
  readonly hashes?: HashCache;
}

/** What a leftover of a process that was ended looks like, and how old it must be to be one. */
const unfinished = /^[0-9a-f]{64}\..*\.part$/;
const abandonedAfter = 24 * 60 * 60 * 1000;

/**
 * The file in the cache that stands for `source`: named by the SHA-256 of its content and `suffix`, which tells
 * what was made of it. Where it is missing, `write` writes it. It appears whole or not at all (written under
 * another name, flushed, then linked), processes that write it at once both get a sound one, and `source` must
 * not change meanwhile.
 *
 * @returns Its absolute real path.
 * @throws ClipsightError `cancelled` by the signal, or with code `owner`, naming the file.
 */
export async function materialised(
  source: string,
  suffix: string,
  owner: FileOwner,
  options: MaterialiseOptions,
  write: (target: FileHandle) => Promise<void>,
): Promise<string> {
  const before = await identify(source, owner);
  const hashes = options.hashes ?? new HashCache(options.cacheFolder);
  const name = `${await hashes.sha256(source, owner, options)}.${suffix}`;
  const folder = await writing(source, owner, async () => {
    await mkdir(options.cacheFolder, { recursive: true });
    return realpath(options.cacheFolder);
  });
  const path = join(folder, name);
  if (await exists(path)) return path;
  await removeAbandoned(folder);
  const temporary = `${path}.${process.pid}.${randomUUID()}.part`;
  try {
    await writing(source, owner, async () => {
      const target = await open(temporary, 'wx');
      try {
        await write(target);
        await target.sync();
      } finally {
        await target.close();
      }
    });
    if (!sameFile(before, await identify(source, owner))) {
      throw new ClipsightError(
        owner,
        `${source} changed while it was read.`,
        'Try again when it is complete.',
      );
    }
    await writing(source, owner, () => appear(temporary, path));
    return path;
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

export function throwIfCancelled(path: string, signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ClipsightError('cancelled', `Reading ${path} was cancelled.`);
}

/** All of `bytes`, behind what was written before. */
export async function append(target: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    at += (await target.write(bytes, at, bytes.length - at)).bytesWritten;
  }
}

/**
 * A file that another process has put there first stays: somebody may be reading it already. Where the file
 * system has no links, it is replaced by its equal.
 */
async function appear(temporary: string, path: string): Promise<void> {
  try {
    await link(temporary, path);
  } catch {
    if (!(await exists(path))) await rename(temporary, path);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!unfinished.test(name)) continue;
    const path = join(folder, name);
    const found = await stat(path).catch(() => null);
    if (found !== null && Date.now() - found.mtimeMs > abandonedAfter) {
      await rm(path, { force: true }).catch(() => undefined);
    }
  }
}

/** What the file system refuses while `source` is written a second time becomes a ClipsightError. */
async function writing<T>(source: string, owner: FileOwner, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof ClipsightError) throw thrown;
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : String(thrown);
    throw new ClipsightError(
      owner,
      `${source} cannot be used as it lies, and what it holds cannot be written to the cache (${code}).`,
      code === 'ENOSPC'
        ? 'Make room on the disk that the cache is on.'
        : 'Check that the folder of the cache can be written to.',
      { cause: thrown },
    );
  }
}
