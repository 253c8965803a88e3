import { stat } from 'node:fs/promises';
import * as z from 'zod';
import { type FileOwner, isAbsence, unreadable } from './files';

/**
 * What tells, without reading it, whether a file is still the one that was read. The path is kept as given,
 * while the rest describes what it leads to: so a link that is turned to another file is a change as well.
 */
export const FileIdentity = z.strictObject({
  path: z.string(),
  size: z.int().nonnegative(),
  /** Nanoseconds and inode are decimal strings: they exceed 2^53. */
  mtimeNs: z.string(),
  inode: z.string(),
});
export type FileIdentity = Readonly<z.infer<typeof FileIdentity>>;

export async function identify(path: string, owner: FileOwner = 'checkpoint'): Promise<FileIdentity> {
  try {
    const { size, mtimeNs, ino } = await stat(path, { bigint: true });
    return { path, size: Number(size), mtimeNs: String(mtimeNs), inode: String(ino) };
  } catch (thrown) {
    throw unreadable(path, owner, thrown);
  }
}

export function sameFile(a: FileIdentity, b: FileIdentity): boolean {
  return a.path === b.path && a.size === b.size && a.mtimeNs === b.mtimeNs && a.inode === b.inode;
}

/** That of a file that was looked for and is not there: a state like any other, which ends when one appears. */
export function noFile(path: string): FileIdentity {
  return { path, size: 0, mtimeNs: 'none', inode: 'none' };
}

export function isThere(identity: FileIdentity): boolean {
  return !sameFile(identity, noFile(identity.path));
}

/** Whether all of them are as they were. */
export async function areUnchanged(files: readonly FileIdentity[]): Promise<boolean> {
  const same = await Promise.all(
    files.map(async (before) => {
      const now = await identify(before.path).catch((thrown: unknown) =>
        isAbsence(thrown) ? noFile(before.path) : null,
      );
      return now !== null && sameFile(now, before);
    }),
  );
  return same.every((one) => one);
}
