import { copyFile, link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { ClipsightError } from '../../shared/errors';
import type { JobContext } from '../../shared/rpc/protocol';
import { steps } from '../job';
import { ints, texts } from './columns';
import { contributionName, contributionPath } from './contributionFolder';
import type { Session } from './duckdb';
import { activationTable, literal } from './sqlText';
import { schemaVersion, tableNames } from './tables';

/**
 * A shard is a folder of Parquet files, one per table of the library, with `manifest.json`. A snapshot is one whose
 * contribution files lie beside the library.
 */
export const Manifest = z.strictObject({
  format: z.literal('clipsight-library'),
  version: z.literal(schemaVersion),
  /** ISO 8601. */
  taken: z.iso.datetime(),
  /** Studies by their number in the tables. */
  studies: z.array(z.strictObject({ number: z.int().nonnegative(), key: z.string() })),
  images: z.int().nonnegative(),
  /** Where contribution files are: in this folder under contributions/<study>/, or beside the library. */
  contributions: z.enum(['within', 'beside']),
});
export type Manifest = z.infer<typeof Manifest>;

function manifestIn(folder: string): string {
  return join(folder, 'manifest.json');
}

/** Parquet file of a table. */
export function shardFile(folder: string, table: string): string {
  return join(folder, `${table}.parquet`);
}

/** Folder of contribution files in a shard that has them. */
export function shardContributions(folder: string): string {
  return join(folder, 'contributions');
}

/** @throws ClipsightError `library` where there is none, or not one of this version. */
export async function readManifest(folder: string): Promise<Manifest> {
  const path = manifestIn(folder);
  const refused = (what: string, cause: unknown) =>
    new ClipsightError('library', what, 'Export the folder again with this version of Clipsight.', { cause });
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, 'utf8'));
  } catch (thrown) {
    throw refused(`${folder} is no exported library: its manifest.json cannot be read.`, thrown);
  }
  const result = Manifest.safeParse(json);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw refused(`${path} is not as expected: ${issue?.path.join('.')}: ${issue?.message}.`, result.error);
}

/** Writes the tables and, when they are all there, the manifest. `step` is called before each table. */
export async function writeTables(
  session: Session,
  folder: string,
  contributions: Manifest['contributions'],
  step: () => Promise<void> = async () => undefined,
): Promise<Manifest> {
  const studies = await shardStudies(session);
  const count = await session.run('SELECT count(*)::INTEGER FROM picture');
  for (const table of tablesOf(studies)) {
    await step();
    const target = literal(shardFile(folder, table));
    await session.run(`COPY (SELECT * FROM ${table}) TO ${target} (FORMAT parquet)`);
  }
  const manifest: Manifest = {
    format: 'clipsight-library',
    version: schemaVersion,
    taken: new Date().toISOString(),
    studies,
    images: ints(count, 0)[0]!,
    contributions,
  };
  await writeFile(manifestIn(folder), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}

async function shardStudies(session: Session): Promise<Manifest['studies']> {
  const found = await session.run('SELECT number, key FROM study ORDER BY number');
  const keys = texts(found, 1);
  return Array.from(ints(found, 0), (number, i) => ({ number, key: keys[i]! }));
}

function tablesOf(studies: Manifest['studies']): readonly string[] {
  return [...tableNames, ...studies.map(({ number }) => activationTable(number))];
}

/** Writes a shard with its contribution files, which are linked where the disk is the same: they never change. */
export async function exportShard(
  session: Session,
  folder: string,
  contributions: string,
  job: JobContext,
): Promise<{ images: number }> {
  await mkdir(folder, { recursive: true });
  // Without it, what an older export left is no shard until this one is whole.
  await rm(manifestIn(folder), { force: true });
  const found = await session.run('SELECT study, number FROM contribution_file ORDER BY number');
  const numbers = ints(found, 1);
  const step = steps(job, 'Exporting', numbers.length + tablesOf(await shardStudies(session)).length);
  for (const [i, study] of ints(found, 0).entries()) {
    await step();
    const target = join(shardContributions(folder), String(study));
    await mkdir(target, { recursive: true });
    const from = contributionPath(contributions, study, numbers[i]!);
    await linkOrCopy(from, join(target, contributionName(numbers[i]!)));
  }
  const { images } = await writeTables(session, folder, 'within', step);
  return { images };
}

/** What is at `to` may be linked to another library's file, which writing into it would change. */
async function linkOrCopy(from: string, to: string): Promise<void> {
  await rm(to, { force: true });
  await link(from, to).catch(() => copyFile(from, to));
}
