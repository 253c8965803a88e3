import { randomUUID } from 'node:crypto';
import {
  copyFile,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { replaceFile } from '../checkpoint/replaceFile';

/**
 * The cache of Python's huggingface_hub, as its files lie:
 *
 *     models--owner--name/blobs/<etag>                 the content
 *     models--owner--name/snapshots/<commit>/<path>    a relative link to its blob
 *     models--owner--name/refs/<revision>              the commit that a branch or tag stood for
 *     models--owner--name/.no_exist/<commit>/<path>    empty: the commit has no such file
 */
export function repoFolder(cache: string, repo: string): string {
  return join(cache, `models--${repo.replaceAll('/', '--')}`);
}

export function blobFile(folder: string, etag: string): string {
  return join(folder, 'blobs', etag);
}

export function snapshotFolder(folder: string, commit: string): string {
  return join(folder, 'snapshots', commit);
}

/** A file of the repository in a snapshot, whether it is there or not. */
export function snapshotFile(folder: string, commit: string, path: string): string {
  return join(snapshotFolder(folder, commit), ...path.split('/'));
}

const commitPattern = /^[0-9a-f]{40}$/;

/** The commit that a revision stood for when it was last asked; null if it never was. */
export async function cachedCommit(folder: string, revision: string): Promise<string | null> {
  if (commitPattern.test(revision)) return revision;
  const content = await readFile(join(folder, 'refs', ...revision.split('/')), 'utf8').catch(() => '');
  return commitPattern.test(content.trim()) ? content.trim() : null;
}

/** Remembers it, if it is not remembered already: the cache may be read-only. */
export async function writeRef(folder: string, revision: string, commit: string): Promise<void> {
  if ((await cachedCommit(folder, revision)) !== commit) {
    await replaceFile(join(folder, 'refs', ...revision.split('/')), commit);
  }
}

/** The files of a snapshot whose content is there, with sizes in bytes. */
export async function snapshotFiles(
  folder: string,
  commit: string,
): Promise<readonly { readonly path: string; readonly size: number }[]> {
  const root = snapshotFolder(folder, commit);
  const names = await readdir(root, { recursive: true }).catch(() => []);
  const files = await Promise.all(
    names.map(async (name) => {
      const found = await stat(join(root, name)).catch(() => null);
      return found?.isFile() ? [{ path: name.split(sep).join('/'), size: found.size }] : [];
    }),
  );
  return files.flat().toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Which of `paths` the commit is known not to have. */
export async function knownAbsent(
  folder: string,
  commit: string,
  paths: readonly string[],
): Promise<ReadonlySet<string>> {
  const known = await Promise.all(paths.map((path) => sizeOf(absence(folder, commit, path))));
  return new Set(paths.filter((_, i) => known[i] !== null));
}

/** What cannot be remembered is asked again. */
export async function rememberAbsent(
  folder: string,
  commit: string,
  paths: readonly string[],
): Promise<void> {
  for (const path of paths) {
    const file = absence(folder, commit, path);
    await mkdir(dirname(file), { recursive: true })
      .then(() => writeFile(file, ''))
      .catch(() => undefined);
  }
}

function absence(folder: string, commit: string, path: string): string {
  return join(folder, '.no_exist', commit, ...path.split('/'));
}

/** In bytes, of what a path leads to; null if it leads nowhere. */
export async function sizeOf(path: string): Promise<number | null> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() ? found.size : null;
}

/**
 * Puts a blob into a snapshot: as a relative link or, where links are not allowed (Windows without the right to),
 * as the file itself. Then a new blob is moved, as Python does, so that it does not lie there twice.
 */
export async function addToSnapshot(
  blob: string,
  file: string,
  { isNew, noLinks }: { readonly isNew: boolean; readonly noLinks: boolean },
): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  if (!noLinks && (await link(relative(dirname(file), blob), file))) return;
  if (isNew) {
    await rename(blob, file);
    return;
  }
  const copy = `${file}.${randomUUID()}.incomplete`;
  try {
    await copyFile(blob, copy);
    await rename(copy, file);
  } finally {
    await rm(copy, { force: true });
  }
}

/** Replaces what is there, a link to an older blob say. False where links are not allowed. */
async function link(target: string, file: string): Promise<boolean> {
  const temporary = `${file}.${randomUUID()}`;
  try {
    await symlink(target, temporary, 'file');
    await rename(temporary, file);
    return true;
  } catch (thrown) {
    await rm(temporary, { force: true });
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : '';
    if (code === 'EPERM' || code === 'ENOSYS' || code === 'ENOTSUP' || code === 'UNKNOWN') return false;
    throw thrown;
  }
}

/** Makes what was done in a folder last, where the system knows how to. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}
