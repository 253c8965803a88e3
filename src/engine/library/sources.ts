import { stat } from 'node:fs/promises';
import { ClipsightError } from '../../shared/errors';
import { ints } from './columns';
import { contributionBuffer } from './contributionBuffer';
import { contributionFolder, contributionPath, removeOrphans } from './contributionFolder';
import { type Database, openDatabase } from './duckdb';
import { holder, libraryError } from './libraryErrors';
import { createSchema, prepareSchema } from './schema';
import { lastSnapshot, loadSnapshot } from './snapshots';
import type { Source } from './source';

interface SourceOptions {
  readonly threads: number;
}

/** Opens the file as its owner; where another process is that, its last snapshot. */
export async function openSource(file: string, options: SourceOptions): Promise<Source> {
  try {
    return await openOwned(file, options);
  } catch (thrown) {
    const held = heldBy(thrown);
    if (held === null) throw libraryError(file, thrown);
    return openSnapshot(file, held.pid, options);
  }
}

/** The source that serves now: the file itself if it became free, a newer snapshot, or the same. */
export async function renewed(
  file: string,
  source: Extract<Source, { kind: 'snapshot' }>,
  options: SourceOptions,
): Promise<Source> {
  try {
    return await openOwned(file, options);
  } catch (thrown) {
    const held = heldBy(thrown);
    if (held === null) throw libraryError(file, thrown);
    const last = await lastSnapshot(file);
    const isSame = (last?.number ?? null) === source.number && held.pid === source.pid;
    return isSame ? source : openSnapshot(file, held.pid, options);
  }
}

async function openOwned(file: string, options: SourceOptions): Promise<Source> {
  await refuseFolder(file);
  const database = await openDatabase(file, {
    owner: file,
    spill: `${file}.tmp`,
    threads: options.threads,
  });
  try {
    await prepareSchema(database, file);
    await removeOrphans(contributionFolder(file), await registeredFiles(database, file));
  } catch (thrown) {
    await database.close();
    throw thrown;
  }
  return { kind: 'owner', database, buffer: contributionBuffer(), forgotten: 0 };
}

async function openSnapshot(file: string, pid: number | null, options: SourceOptions): Promise<Source> {
  // Twice: the owner may write a new one and remove the old one while it is read.
  for (let attempt = 0; ; attempt++) {
    const last = await lastSnapshot(file);
    const database = await openDatabase(':memory:', {
      owner: file,
      spill: `${file}.${process.pid}.tmp`,
      threads: options.threads,
    });
    try {
      await database.write((session) =>
        last === null ? createSchema(session) : loadSnapshot(session, last.folder),
      );
      return {
        kind: 'snapshot',
        database,
        pid,
        number: last?.number ?? null,
        taken: last?.manifest.taken ?? null,
        forgotten: 0,
      };
    } catch (thrown) {
      await database.close();
      if (attempt > 0) throw libraryError(file, thrown);
    }
  }
}

async function registeredFiles(database: Database, file: string): Promise<ReadonlySet<string>> {
  const found = await database.read((session) => session.run('SELECT study, number FROM contribution_file'));
  const numbers = ints(found, 1);
  return new Set(
    Array.from(ints(found, 0), (study, i) => contributionPath(contributionFolder(file), study, numbers[i]!)),
  );
}

/** DuckDB's own word for it is an errno. */
async function refuseFolder(file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (found?.isDirectory()) {
    throw new ClipsightError('library', `The library ${file} is a folder, not a file.`, 'Name a file in it.');
  }
}

function heldBy(thrown: unknown): { readonly pid: number | null } | null {
  return holder(thrown instanceof ClipsightError ? thrown.cause : thrown);
}
