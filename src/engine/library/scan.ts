import type { Dirent } from 'node:fs';
import { lstat, readdir, realpath, stat } from 'node:fs/promises';
import * as path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ClipsightError } from '../../shared/errors';
import type { ImageRoot } from '../../shared/library';
import { isAbsence } from '../checkpoint/files';
import { isPictureName } from '../image/picturesIn';
import { type Taken, takenBy } from './globs';
import { type IsNetworkPath, networkDrives } from './networkDrive';

/** An image file by its name, as it was when it was found. */
export interface ScannedFile {
  /** Absolute, as reached from its root. */
  readonly path: string;
  readonly size: number;
  readonly mtimeNs: bigint;
  readonly inode: bigint;
  /** Its folder relative to its root, with slashes; `.` for the root itself. */
  readonly classFolder: string;
}

export interface Scan {
  /** Class folder by class folder, and by path within. */
  readonly files: readonly ScannedFile[];
  /** Folders and files that could not be looked at: nothing is known of what is in them. */
  readonly unreadable: readonly string[];
  /** Folders that lie on a network drive while what they are in does not: roots, mounts, what links lead to. */
  readonly network: readonly string[];
}

export interface ScanOptions {
  readonly signal?: AbortSignal | undefined;
  /** Absolute folders that are passed over. */
  readonly leaveOut?: readonly string[];
  /** Whether folders on network drives are named only, and not looked into. */
  readonly passNetwork?: boolean;
  /** Called now and then with the number of images found. */
  readonly found?: (count: number) => void;
  readonly isNetworkPath?: IsNetworkPath;
}

interface Place {
  readonly root: ResolvedRoot;
  /** As reached from the root. */
  readonly path: string;
  readonly real: string;
  /** Whether what it lies in is on a network drive. */
  readonly onNetwork: boolean;
}

interface ResolvedRoot {
  readonly folder: string;
  readonly taken: Taken;
}

/**
 * Images in the roots, each file once.
 *
 * - A file belongs to the innermost root that it lies in, whose globs decide about it.
 * - Links are followed after everything that is reached without one, in the order of their paths, and only to what was
 *   not found before. So cycles end, and a file is named by its own path where that lies in a root.
 * - What cannot be read is noted and passed.
 *
 * @throws ClipsightError `configuration` for a glob that cannot be read, `cancelled` by the signal.
 */
export async function scan(roots: readonly ImageRoot[], options: ScanOptions = {}): Promise<Scan> {
  const isNetworkPath = options.isNetworkPath ?? (await networkDrives());
  const leaveOut = new Set(options.leaveOut ?? []);
  const files: ScannedFile[] = [];
  const unreadable: string[] = [];
  const network: string[] = [];
  const seenFolders = new Set<string>();
  const seenFiles = new Set<string>();

  const resolved = rootsOf(roots);
  const places: Place[] = [];
  for (const root of resolved) {
    try {
      places.push({ root, path: root.folder, real: await realpath(root.folder), onNetwork: false });
    } catch {
      unreadable.push(root.folder);
    }
  }
  const rootFolders = new Set(places.map(({ real }) => real));
  /** Links are kept for when all else was seen. */
  let links: Place[] = [];

  /** What is gone by now is no trouble. A name that is not Unicode cannot be asked for, and looks gone. */
  const note = (at: string, thrown: unknown) => {
    if (!isAbsence(thrown) || at.includes('\uFFFD')) unreadable.push(at);
  };

  const addFile = async (place: Place): Promise<void> => {
    const { root, path: at } = place;
    if (!root.taken.takesFile(within(root, at)) || seenFiles.has(place.real)) return;
    seenFiles.add(place.real);
    const { size, mtimeNs, ino } = await stat(at, { bigint: true });
    files.push({ path: at, size: Number(size), mtimeNs, inode: ino, classFolder: classFolderOf(root, at) });
  };

  const visit = async (place: Place): Promise<void> => {
    const queue: Place[] = [place];
    for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
      const { root, path: folder, real, onNetwork } = next;
      if (seenFolders.has(real) || leaveOut.has(folder) || leaveOut.has(real)) continue;
      seenFolders.add(real);
      const remote = isNetworkPath(real);
      if (remote && !onNetwork) network.push(folder);
      if (remote && options.passNetwork === true) continue;
      await breathe(options.signal);
      options.found?.(files.length);
      let entries: Dirent[];
      try {
        entries = await readdir(folder, { withFileTypes: true });
      } catch {
        unreadable.push(folder);
        continue;
      }
      const pictures: Place[] = [];
      for (const entry of entries) {
        const at = path.join(folder, entry.name);
        const inside = { root, path: at, real: path.join(real, entry.name), onNetwork: remote };
        const kind = await kindOf(entry, at);
        if (kind === 'folder') {
          // A root within a root is looked at as itself.
          if (!rootFolders.has(inside.real) && !root.taken.leavesFolder(within(root, at))) queue.push(inside);
        } else if (kind === 'link') links.push(inside);
        else if (kind === 'file' && isPictureName(entry.name)) pictures.push(inside);
      }
      await inGroups(pictures, (picture) => addFile(picture).catch((thrown) => note(picture.path, thrown)));
    }
  };

  for (const place of places) await visit(place);
  while (links.length > 0) {
    const some = links.toSorted((a, b) => compare(a.path, b.path));
    links = [];
    for (const link of some) {
      try {
        const real = await realpath(link.path);
        const target = await stat(real);
        const { root, path: at } = link;
        if (target.isDirectory()) {
          if (!root.taken.leavesFolder(within(root, at))) await visit({ ...link, real });
        } else if (target.isFile() && isPictureName(at)) await addFile({ ...link, real });
      } catch (thrown) {
        if (isCancelled(thrown)) throw thrown;
        // A link that leads nowhere is not worth a word.
        note(link.path, thrown);
      }
    }
  }
  return { files: inOrder(files), unreadable, network };
}

/**
 * Images among the files and folders that are named, absolute, as `scan` would find them, and which of the named were
 * looked for: those that lie in a root. What is looked for and not found is not there, or not taken.
 */
export async function scanOnly(
  roots: readonly ImageRoot[],
  only: readonly string[],
  options: ScanOptions = {},
): Promise<Scan & { readonly looked: readonly string[] }> {
  const resolved = rootsOf(roots);
  const looked = [...new Set(only.map((one) => path.resolve(one)))].filter(
    (named) => rootOf(resolved, named) !== null,
  );
  const files = new Map<string, ScannedFile>();
  const unreadable: string[] = [];
  const folders: string[] = [];
  for (const named of looked) {
    await breathe(options.signal);
    try {
      const found = await lookAt(named, resolved);
      if (found === 'folder') folders.push(named);
      else if (found !== null) files.set(named, found);
    } catch (thrown) {
      if (!isAbsence(thrown)) unreadable.push(named);
    }
  }
  const below = folders.length === 0 ? null : await scan(roots, options);
  const isBelow = (file: string) => folders.some((folder) => contains(folder, file));
  for (const file of below?.files ?? []) if (isBelow(file.path)) files.set(file.path, file);
  return {
    looked,
    files: inOrder([...files.values()]),
    unreadable: [...unreadable, ...(below?.unreadable ?? []).filter(isBelow)],
    network: (below?.network ?? []).filter(isBelow),
  };
}

/** Null for what is not taken. Throws as `stat` does. */
async function lookAt(named: string, roots: readonly ResolvedRoot[]): Promise<ScannedFile | 'folder' | null> {
  const root = rootOf(roots, named)!;
  const relative = within(root, named);
  const parents = relative.split('/').slice(0, -1);
  const real = await realpath(named);
  const { size, mtimeNs, ino, ...target } = await bigStat(named);
  if (parents.some((_, i) => root.taken.leavesFolder(parents.slice(0, i + 1).join('/')))) return null;
  if (target.isFolder) return 'folder';
  if (!target.isFile || !isPictureName(named) || !root.taken.takesFile(relative)) return null;
  // Reached through a link, it is found by its own path where that lies in a root.
  const own = path.join(await realpath(root.folder), path.relative(root.folder, named));
  if (real !== own && rootOf(roots, real) !== null) return null;
  return { path: named, size: Number(size), mtimeNs, inode: ino, classFolder: classFolderOf(root, named) };
}

async function bigStat(file: string) {
  const seen = await stat(file, { bigint: true });
  const { size, mtimeNs, ino } = seen;
  return { size, mtimeNs, ino, isFile: seen.isFile(), isFolder: seen.isDirectory() };
}

function rootsOf(roots: readonly ImageRoot[]): readonly ResolvedRoot[] {
  const byFolder = new Map<string, ResolvedRoot>();
  for (const root of roots) {
    const folder = path.resolve(root.folder);
    if (!byFolder.has(folder)) byFolder.set(folder, { folder, taken: takenBy(root) });
  }
  return [...byFolder.values()].toSorted((a, b) => compare(a.folder, b.folder));
}

/** The innermost root that a path lies in. */
export function rootOf<R extends { readonly folder: string }>(roots: readonly R[], file: string): R | null {
  return roots.reduce<R | null>(
    (found, root) =>
      contains(root.folder, file) && root.folder.length > (found?.folder.length ?? -1) ? root : found,
    null,
  );
}

/** Whether a path is the folder's or lies in it. */
export function contains(folder: string, file: string): boolean {
  return file === folder || file.startsWith(folder.endsWith(path.sep) ? folder : folder + path.sep);
}

function within(root: ResolvedRoot, file: string): string {
  return path.relative(root.folder, file).split(path.sep).join('/');
}

function classFolderOf(root: ResolvedRoot, file: string): string {
  return within(root, path.dirname(file)) || '.';
}

type Kind = 'file' | 'folder' | 'link' | 'other';

/** Some file systems do not say what an entry is. */
async function kindOf(entry: Dirent, at: string): Promise<Kind> {
  const told = kindIn(entry);
  if (told !== 'unknown') return told;
  const seen = await lstat(at).then(kindIn, () => 'other' as const);
  return seen === 'unknown' ? 'other' : seen;
}

type Asked = 'isFile' | 'isDirectory' | 'isSymbolicLink' | 'isFIFO' | 'isSocket';

function kindIn(entry: Pick<Dirent, Asked | 'isBlockDevice' | 'isCharacterDevice'>): Kind | 'unknown' {
  if (entry.isFile()) return 'file';
  if (entry.isDirectory()) return 'folder';
  if (entry.isSymbolicLink()) return 'link';
  const known = entry.isFIFO() || entry.isSocket() || entry.isBlockDevice() || entry.isCharacterDevice();
  return known ? 'other' : 'unknown';
}

/** Files looked at at once. */
const groupSize = 64;

async function inGroups<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  for (let start = 0; start < items.length; start += groupSize) {
    await Promise.all(items.slice(start, start + groupSize).map(work));
  }
}

async function breathe(signal: AbortSignal | undefined): Promise<void> {
  await setImmediate();
  if (signal?.aborted === true) throw new ClipsightError('cancelled', 'Cancelled.');
}

function isCancelled(thrown: unknown): boolean {
  return thrown instanceof ClipsightError && thrown.code === 'cancelled';
}

/** Class folder by class folder, and by path within. */
export function inOrder<File extends Pick<ScannedFile, 'path' | 'classFolder'>>(
  files: readonly File[],
): readonly File[] {
  return files.toSorted((a, b) => compare(a.classFolder, b.classFolder) || compare(a.path, b.path));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
