import { sep } from 'node:path';
import type { FileFailure } from '../../shared/library';
import { bigints, type Chunks, ints, nullableTexts, rowsIn, texts } from './columns';
import { type Session, text, texts as textList } from './duckdb';
import type { LibraryFile } from './library';
import { noteChange } from './meta';
import { tables } from './tables';

/** Files with a picture in them, as a condition on rows of `file`. */
export const hasPicture = 'failure IS NULL AND sha256 IS NOT NULL';

export async function filesBelow(session: Session, folder: string | null): Promise<readonly LibraryFile[]> {
  const prefix = folder === null ? '' : folder.endsWith(sep) ? folder : folder + sep;
  return filesIn(await session.run(`${selectFiles} WHERE starts_with(path, $1) ORDER BY path`, text(prefix)));
}

export async function filesWith(
  session: Session,
  sha256: readonly string[],
): Promise<readonly LibraryFile[]> {
  return filesIn(
    await session.run(
      `${selectFiles} WHERE ${hasPicture} AND sha256 IN (SELECT unnest($1::VARCHAR[])) ORDER BY path`,
      textList(sha256),
    ),
  );
}

const selectFiles = 'SELECT path, size, mtime_ns, inode, sha256, class_folder, failure FROM file';

function filesIn(found: Chunks): readonly LibraryFile[] {
  const [sizes, mtimes, inodes] = [bigints(found, 1), bigints(found, 2), bigints(found, 3)];
  const [hashes, folders, failures] = [nullableTexts(found, 4), texts(found, 5), nullableTexts(found, 6)];
  return texts(found, 0).map((path, i) => ({
    path,
    size: Number(sizes[i]),
    mtimeNs: mtimes[i]!,
    inode: inodes[i]!,
    sha256: hashes[i]!,
    classFolder: folders[i]!,
    failure: failures[i]!,
  }));
}

/** Adds files; those with the path of one that is known take its place. Of a path given twice the last counts. */
export async function putFiles(session: Session, files: readonly LibraryFile[]): Promise<void> {
  if (files.length === 0) return;
  const byPath = new Map(files.map((file) => [file.path, file]));
  const rows = [...byPath.values()];
  await deleteFiles(session, [...byPath.keys()]);
  await session.append('file', tables.file, {
    path: rows.map(({ path }) => path),
    size: rows.map(({ size }) => BigInt(size)),
    mtime_ns: rows.map(({ mtimeNs }) => mtimeNs),
    inode: rows.map(({ inode }) => inode),
    sha256: rows.map(({ sha256 }) => sha256),
    class_folder: rows.map(({ classFolder }) => classFolder),
    failure: rows.map(({ failure }) => failure),
  });
}

export async function removeFiles(session: Session, paths: readonly string[]): Promise<void> {
  await deleteFiles(session, paths);
  await noteChange(session);
}

async function deleteFiles(session: Session, paths: readonly string[]): Promise<void> {
  await session.run('DELETE FROM file WHERE path IN (SELECT unnest($1::VARCHAR[]))', textList(paths));
}

export async function countsOf(session: Session): Promise<{ files: number; pictures: number }> {
  const found = await session.run(
    `SELECT count(*)::INTEGER, (count(DISTINCT sha256) FILTER (${hasPicture}))::INTEGER FROM file`,
  );
  return { files: ints(found, 0)[0]!, pictures: ints(found, 1)[0]! };
}

export async function failuresOf(session: Session): Promise<readonly FileFailure[]> {
  const found = await session.run('SELECT path, failure FROM file WHERE failure IS NOT NULL ORDER BY path');
  const reasons = texts(found, 1);
  return texts(found, 0).map((path, i) => ({ path, reason: reasons[i]! }));
}

export async function fileWith(session: Session, sha256: string): Promise<string | null> {
  const found = await session.run(
    `SELECT path FROM file WHERE sha256 = $1 AND failure IS NULL ORDER BY path LIMIT 1`,
    text(sha256),
  );
  return rowsIn(found) === 0 ? null : texts(found, 0)[0]!;
}
