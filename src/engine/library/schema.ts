import { ClipsightError } from '../../shared/errors';
import { bigints, ints, rowsIn } from './columns';
import type { Database, Session } from './duckdb';
import { firstMeta } from './meta';
import {
  createTable,
  keptColumns,
  metaColumns,
  schemaVersion,
  tableNames,
  tables,
  thumbnailColumns,
} from './tables';

/**
 * Makes the tables of a new library; checks the version of one that has them.
 *
 * @throws ClipsightError `library` for another version, or for a DuckDB file that is no library.
 */
export async function prepareSchema(database: Database, file: string): Promise<void> {
  const isNew = await database.read((session) => hasNoTables(session));
  if (isNew) {
    await database.write(createSchema);
    return;
  }
  const version = await database.read((session) => versionIn(session, file));
  if (version === schemaVersion) {
    await addKept(database);
    return;
  }
  throw new ClipsightError(
    'library',
    `The library ${file} is of version ${version}; this Clipsight reads version ${schemaVersion}.`,
    version > schemaVersion
      ? 'Update Clipsight, or choose another file.'
      : `Move it away and index again; ${file}.snapshots has the names and notes written before.`,
  );
}

export async function createSchema(session: Session): Promise<void> {
  await session.run(createTable('meta', metaColumns));
  for (const name of tableNames) await session.run(createTable(name, tables[name]));
  await session.run(createTable('thumbnail', thumbnailColumns));
  await session.run(createTable('kept', keptColumns));
  const meta: Readonly<Record<string, bigint>> = { schema: BigInt(schemaVersion), ...firstMeta };
  await session.append('meta', metaColumns, { name: Object.keys(meta), value: Object.values(meta) });
}

/** Libraries were of this version before they kept results. Whoever knows nothing of the table passes it over. */
async function addKept(database: Database): Promise<void> {
  const found = await database.read((session) =>
    session.run("SELECT 1 FROM duckdb_tables() WHERE table_name = 'kept'"),
  );
  if (rowsIn(found) === 0) await database.write((session) => session.run(createTable('kept', keptColumns)));
}

async function hasNoTables(session: Session): Promise<boolean> {
  const found = await session.run('SELECT count(*)::INTEGER FROM duckdb_tables() WHERE NOT internal');
  return ints(found, 0)[0] === 0;
}

async function versionIn(session: Session, file: string): Promise<number> {
  const isLibrary = await session.run("SELECT 1 FROM duckdb_tables() WHERE table_name = 'meta'");
  const found =
    rowsIn(isLibrary) === 0 ? [] : await session.run("SELECT value FROM meta WHERE name = 'schema'");
  if (rowsIn(found) === 1) return Number(bigints(found, 0)[0]);
  throw new ClipsightError(
    'library',
    `${file} is a DuckDB database, but no library of Clipsight.`,
    'Choose another file for the library.',
  );
}
