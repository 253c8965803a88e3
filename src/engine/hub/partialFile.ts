import { createHash, randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * The part of a blob that has been downloaded, in a file that belongs to one download alone:
 * `<etag>.<host>-<process>-<random>.incomplete`. So two processes that download the same blob at once each fill a file
 * of their own, and the one that is done last replaces the same content with the same content. Python names its own
 * in a like way. A download that stops lays its file aside as `<etag>.clipsight.incomplete`; the next one takes that,
 * or that of a process which is no more, by renaming it, which only one can.
 */
export interface PartialFile {
  readonly path: string;
  readonly handle: FileHandle;
  /** In bytes, that it began with. */
  readonly size: number;
}

const ending = '.incomplete';
const host = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
/** Milliseconds after which a file that nobody wrote to belongs to nobody, wherever its process ran. */
const abandonedAfter = 10 * 60_000;

/** Opens the longest part of `blob` that is free to be taken, or a new one. */
export async function takePartial(blob: string): Promise<PartialFile> {
  const folder = dirname(blob);
  await mkdir(folder, { recursive: true });
  const path = `${blob}.${host}-${process.pid}-${randomBytes(4).toString('hex')}${ending}`;
  for (const { name } of await freeParts(blob)) {
    try {
      await rename(join(folder, name), path);
      const handle = await open(path, 'r+');
      return { path, handle, size: (await handle.stat()).size };
    } catch {
      // Another download took it first.
    }
  }
  return { path, handle: await open(path, 'wx+'), size: 0 };
}

/** Closes it and leaves it for whoever downloads the blob next, unless a longer part lies there. */
export async function layAside(blob: string, { path, handle }: PartialFile): Promise<void> {
  const { size } = await handle.stat();
  await handle.close();
  const aside = `${blob}.clipsight${ending}`;
  const other = await stat(aside).catch(() => null);
  if (size === 0 || (other !== null && other.size >= size)) await rm(path, { force: true });
  else await rename(path, aside);
}

/** Closes it and makes it the blob. */
export async function completePartial(blob: string, { path, handle }: PartialFile): Promise<void> {
  await handle.sync();
  await handle.close();
  try {
    await rename(path, blob);
  } catch (thrown) {
    // On Windows a blob that is in use cannot be replaced: another download was done first.
    await rm(path, { force: true });
    if ((await stat(blob).catch(() => null)) === null) throw thrown;
  }
  // Parts of downloads that ended otherwise.
  for (const { name } of await freeParts(blob)) await rm(join(dirname(blob), name), { force: true });
}

/** In bytes: how much of a blob the next download of it will find. */
export async function partialSize(blob: string): Promise<number> {
  return (await freeParts(blob))[0]?.size ?? 0;
}

/** The longest first. */
async function freeParts(blob: string): Promise<readonly { name: string; size: number }[]> {
  const folder = dirname(blob);
  const start = blob.slice(folder.length + 1);
  const parts: { name: string; size: number }[] = [];
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(`${start}.`) || !name.endsWith(ending)) continue;
    const found = await stat(join(folder, name)).catch(() => null);
    if (found?.isFile() && isFree(name.slice(start.length + 1, -ending.length), found.mtimeMs)) {
      parts.push({ name, size: found.size });
    }
  }
  return parts.toSorted((a, b) => b.size - a.size);
}

/** Python's own (other marks) are left alone. */
function isFree(mark: string, changed: number): boolean {
  if (mark === 'clipsight') return true;
  const [, theirHost, pid] = /^([0-9a-f]{8})-(\d+)-[0-9a-f]{8}$/.exec(mark) ?? [];
  if (pid === undefined) return false;
  return Date.now() - changed > abandonedAfter || (theirHost === host && !isRunning(Number(pid)));
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return thrown instanceof Error && 'code' in thrown && thrown.code === 'EPERM';
  }
}
