import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Session } from './duckdb';
import { firstMeta } from './meta';
import { type Manifest, readManifest, shardFile, writeTables } from './shards';
import { activationTable, parquet } from './sqlText';
import { createTable, keptColumns, metaColumns, tableNames, tables, thumbnailColumns } from './tables';

export interface Snapshot {
  readonly number: number;
  readonly folder: string;
  readonly manifest: Manifest;
}

/** Where a library keeps its snapshots: `<folder>/<number>/`. */
function snapshotFolder(library: string): string {
  return `${library}.snapshots`;
}

/** The newest snapshot that is whole; null where there is none. */
export async function lastSnapshot(library: string): Promise<Snapshot | null> {
  for (const number of (await snapshotNumbers(library)).reverse()) {
    const folder = join(snapshotFolder(library), nameOf(number));
    const manifest = await readManifest(folder).catch(() => null);
    if (manifest !== null) return { number, folder, manifest };
  }
  return null;
}

/** Writes what the session sees as the next snapshot, and removes the older ones. */
export async function takeSnapshot(session: Session, library: string): Promise<void> {
  const folder = snapshotFolder(library);
  const before = await snapshotNumbers(library);
  const target = join(folder, nameOf((before.at(-1) ?? 0) + 1));
  const temporary = `${target}.unfinished`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  await writeTables(session, temporary, 'beside');
  await rename(temporary, target);
  // A reader may hold one open, where open files cannot be removed: the next snapshot tries again.
  for (const name of await readdir(folder)) {
    const isOlder = /^\d{6}(\.unfinished)?$/.test(name) && join(folder, name) !== target;
    if (isOlder) await rm(join(folder, name), { recursive: true, force: true }).catch(() => undefined);
  }
}

/** Makes the tables of an empty database from a snapshot: the large ones stay in its files. */
export async function loadSnapshot(session: Session, folder: string): Promise<void> {
  await session.run(createTable('meta', metaColumns));
  const meta: Readonly<Record<string, bigint>> = firstMeta;
  await session.append('meta', metaColumns, { name: Object.keys(meta), value: Object.values(meta) });
  await session.run(createTable('thumbnail', thumbnailColumns));
  await session.run(createTable('kept', keptColumns));
  for (const name of tableNames) {
    const rows = `SELECT * FROM ${parquet(shardFile(folder, name))}`;
    if (name === 'embedding') await session.run(`CREATE VIEW ${name} AS ${rows}`);
    else {
      await session.run(createTable(name, tables[name]));
      await session.run(`INSERT INTO ${name} ${rows}`);
    }
  }
  const { studies } = await readManifest(folder);
  for (const { number } of studies) {
    const table = activationTable(number);
    await session.run(`CREATE VIEW ${table} AS SELECT * FROM ${parquet(shardFile(folder, table))}`);
  }
}

/** Ascending. */
async function snapshotNumbers(library: string): Promise<number[]> {
  const names = await readdir(snapshotFolder(library)).catch(() => []);
  return names
    .filter((name) => /^\d{6}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

function nameOf(number: number): string {
  return String(number).padStart(6, '0');
}
