import { join } from 'node:path';
import { ClipsightError } from '../../shared/errors';
import { Annotation } from '../../shared/library';
import type { JobContext } from '../../shared/rpc/protocol';
import { ModelInfo, StudyIdentity } from '../../shared/study';
import { steps } from '../job';
import { blobs, booleans, ints, nullableTexts, rowsIn, texts } from './columns';
import { contributionName } from './contributionFolder';
import type { Session } from './duckdb';
import type { LibraryStudy } from './library';
import { type Manifest, shardContributions, shardFile } from './shards';
import { activationTable, parquet } from './sqlText';
import { activationColumns, contributionColumns, type TableDefinition, tableNames, tables } from './tables';

/** A study of a shard, and one of its contribution files, with the numbers that they have there. */
export interface ShardStudy {
  readonly number: number;
  readonly embedder: number;
  readonly study: LibraryStudy;
}
export interface ShardFile {
  readonly number: number;
  readonly study: number;
  readonly path: string;
}

export interface CheckedShard {
  readonly embedders: readonly { readonly number: number; readonly key: string; readonly info: ModelInfo }[];
  readonly studies: readonly ShardStudy[];
  readonly contributions: readonly ShardFile[];
}

const sha256 = "'[0-9a-f]{64}'";

/** Columns that may be null, as table.column. */
const nullable = new Set([
  'file.sha256',
  'file.failure',
  'annotation.name',
  'annotation.note',
  'annotation.mark',
  'text.read_as',
]);

/** Columns that name a row. */
const keys: Readonly<Record<string, readonly string[]>> = {
  embedder: ['number', 'key'],
  study: ['number', 'key'],
  picture: ['number', 'sha256'],
  file: ['path'],
  embedding: ['(embedder, picture)'],
  done: ['(study, picture)'],
  contribution_file: ['number'],
  contribution_picture: ['(study, picture)'],
  class_sum: ['(study, class_folder, component)'],
  class_member: ['(study, class_folder, sha256)'],
  annotation: ['(study, component)'],
  text: ['(embedder, text)'],
};

/** Columns with numbers of another table. */
const references: readonly (readonly [table: string, column: string, of: string])[] = [
  ['study', 'embedder', 'embedder'],
  ['embedding', 'embedder', 'embedder'],
  ['embedding', 'picture', 'picture'],
  ['done', 'study', 'study'],
  ['done', 'picture', 'picture'],
  ['contribution_file', 'study', 'study'],
  ['contribution_picture', 'study', 'study'],
  ['contribution_picture', 'picture', 'picture'],
  ['contribution_picture', 'file', 'contribution_file'],
  ['class_sum', 'study', 'study'],
  ['class_member', 'study', 'study'],
  ['annotation', 'study', 'study'],
  ['text', 'embedder', 'embedder'],
];

/** What no row may be, by table and column. */
const forbidden: readonly (readonly [table: string, column: string, condition: string])[] = [
  ['picture', 'sha256', `NOT regexp_full_match(sha256, ${sha256})`],
  ['picture', 'width', 'width < 1'],
  ['picture', 'height', 'height < 1'],
  ['file', 'sha256', `NOT regexp_full_match(sha256, ${sha256})`],
  ['class_member', 'sha256', `NOT regexp_full_match(sha256, ${sha256})`],
  ['contribution_file', 'number', 'number < 0'],
];

/**
 * Checks all of a shard: it may come from a stranger, and what is merged cannot be taken back.
 *
 * @throws ClipsightError `library`, naming the file and the column; `cancelled`.
 */
export async function checkShard(
  session: Session,
  folder: string,
  manifest: Manifest,
  job: JobContext,
): Promise<CheckedShard> {
  const known = tableNames.length + Object.keys(keys).length + references.length + forbidden.length;
  const step = steps(job, 'Checking', known + manifest.studies.length + 1);
  for (const name of tableNames) {
    await step();
    await checkColumns(session, shardFile(folder, name), name, tables[name]);
  }
  for (const [table, columns] of Object.entries(keys)) {
    await step();
    for (const column of columns) await checkUnique(session, shardFile(folder, table), column);
  }
  for (const [table, column, of] of references) {
    await step();
    const other = parquet(shardFile(folder, of));
    await refuseRows(
      session,
      shardFile(folder, table),
      column,
      `${column} NOT IN (SELECT number FROM ${other})`,
    );
  }
  for (const [table, column, condition] of forbidden) {
    await step();
    await refuseRows(session, shardFile(folder, table), column, condition);
  }
  const embedders = await embeddersIn(session, folder);
  const studies = await studiesIn(session, folder, embedders);
  checkManifest(folder, manifest, studies);
  await step();
  for (const { number, info } of embedders) {
    for (const table of ['embedding', 'text']) {
      const where = `embedder = ${number}`;
      await checkVectors(session, shardFile(folder, table), 'vector', where, info.embeddingSize);
    }
  }
  for (const study of studies) {
    await step();
    await checkStudy(session, folder, study);
  }
  await checkAnnotations(session, folder);
  const contributions = manifest.contributions === 'within' ? await contributionsIn(session, folder) : [];
  const stepFile = steps(job, 'Checking contributions', contributions.length);
  for (const file of contributions) {
    await stepFile();
    const { study } = studies.find(({ number }) => number === file.study)!;
    await checkContributions(session, file.path, study);
  }
  return { embedders, studies, contributions };
}

async function checkStudy(session: Session, folder: string, { number, study }: ShardStudy): Promise<void> {
  const name = activationTable(number);
  const path = shardFile(folder, name);
  await checkColumns(session, path, name, activationColumns);
  await checkUnique(session, path, '(picture, component)');
  const done = `SELECT picture FROM ${parquet(shardFile(folder, 'done'))} WHERE study = ${number}`;
  await refuseRows(session, path, 'picture', `picture NOT IN (${done})`);
  const { size } = study.info.dictionary;
  await refuseRows(session, path, 'component', `component < 0 OR component >= ${size}`);
  await refuseRows(session, path, 'max', 'NOT isfinite(max)');
  await refuseRows(session, path, 'mean', 'NOT isfinite(mean)');
  await refuseRows(session, path, 'token', 'token < 0');
  const sums = shardFile(folder, 'class_sum');
  for (const table of [sums, shardFile(folder, 'annotation')]) {
    const outside = `study = ${number} AND (component < 0 OR component >= ${size})`;
    await refuseRows(session, table, 'component', outside);
  }
  await checkVectors(session, sums, 'sum', `study = ${number}`, study.embedder.info.embeddingSize);
}

async function checkContributions(
  session: Session,
  path: string,
  { info, embedder }: LibraryStudy,
): Promise<void> {
  await checkColumns(session, path, 'contributions', contributionColumns);
  await checkUnique(session, path, '(component, sha256)');
  const { size } = info.dictionary;
  await refuseRows(session, path, 'component', `component < 0 OR component >= ${size}`);
  await refuseRows(session, path, 'vector', `octet_length(vector) <> ${embedder.info.embeddingSize * 2}`);
  await refuseRows(session, path, 'scale', 'NOT isfinite(scale) OR scale <= 0');
}

async function checkAnnotations(session: Session, folder: string): Promise<void> {
  const path = shardFile(folder, 'annotation');
  const found = await ofFile(path, 'name', () =>
    session.run(`SELECT name, note, mark, pinned FROM ${parquet(path)}`),
  );
  const [names, notes, marks] = [nullableTexts(found, 0), nullableTexts(found, 1), nullableTexts(found, 2)];
  booleans(found, 3).forEach((pinned, i) => {
    const result = Annotation.safeParse({ name: names[i], note: notes[i], mark: marks[i], pinned });
    if (!result.success) throw refused(path, String(result.error.issues[0]?.path[0] ?? 'name'));
  });
}

async function embeddersIn(session: Session, folder: string): Promise<CheckedShard['embedders']> {
  const path = shardFile(folder, 'embedder');
  const found = await session.run(`SELECT number, key, info FROM ${parquet(path)} ORDER BY number`);
  const [keys, infos] = [texts(found, 1), texts(found, 2)];
  return Array.from(ints(found, 0), (number, i) => {
    const result = ModelInfo.safeParse(jsonOf(infos[i]!));
    if (!result.success) throw refused(path, 'info', result.error);
    return { number, key: keys[i]!, info: result.data };
  });
}

async function studiesIn(
  session: Session,
  folder: string,
  embedders: CheckedShard['embedders'],
): Promise<readonly ShardStudy[]> {
  const path = shardFile(folder, 'study');
  const found = await session.run(`SELECT number, embedder, key, info FROM ${parquet(path)} ORDER BY number`);
  const [owners, keys, infos] = [ints(found, 1), texts(found, 2), texts(found, 3)];
  return Array.from(ints(found, 0), (number, i) => {
    const result = StudyIdentity.safeParse(jsonOf(infos[i]!));
    if (!result.success || result.data.key !== keys[i]) throw refused(path, 'info', result.error);
    const { key, info } = embedders.find((embedder) => embedder.number === owners[i])!;
    return { number, embedder: owners[i]!, study: { info: result.data, embedder: { key, info } } };
  });
}

function checkManifest(folder: string, manifest: Manifest, studies: readonly ShardStudy[]): void {
  const said = manifest.studies.map(({ number, key }) => `${number} ${key}`).sort();
  const found = studies.map(({ number, study }) => `${number} ${study.info.key}`).sort();
  if (said.join('\n') !== found.join('\n')) throw refused(join(folder, 'manifest.json'), 'studies');
}

async function contributionsIn(session: Session, folder: string): Promise<readonly ShardFile[]> {
  const path = shardFile(folder, 'contribution_file');
  const found = await session.run(`SELECT number, study FROM ${parquet(path)} ORDER BY number`);
  const studies = ints(found, 1);
  return Array.from(ints(found, 0), (number, i) => ({
    number,
    study: studies[i]!,
    path: join(shardContributions(folder), String(studies[i]), contributionName(number)),
  }));
}

async function checkColumns(
  session: Session,
  path: string,
  table: string,
  definition: TableDefinition,
): Promise<void> {
  const found = await ofFile(path, '*', () =>
    session.run(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${parquet(path)})`),
  );
  const types = texts(found, 1);
  const there = new Map(texts(found, 0).map((name, i) => [name, types[i]!]));
  for (const [column, type] of Object.entries(definition)) {
    if (there.get(column) !== type) {
      throw refused(path, column, undefined, `it is ${there.get(column) ?? 'missing'}, not ${type}`);
    }
    if (nullable.has(`${table}.${column}`)) continue;
    await refuseRows(session, path, column, `"${column}" IS NULL`);
  }
  const [other] = [...there.keys()].filter((column) => !(column in definition));
  if (other !== undefined) throw refused(path, other, undefined, 'no table of a library has it');
}

async function checkUnique(session: Session, path: string, column: string): Promise<void> {
  const found = await ofFile(path, column, () =>
    session.run(`SELECT 1 FROM ${parquet(path)} GROUP BY ${column} HAVING count(*) > 1 LIMIT 1`),
  );
  if (rowsIn(found) > 0) throw refused(path, column, undefined, 'a value occurs twice');
}

async function refuseRows(session: Session, path: string, column: string, condition: string): Promise<void> {
  const found = await ofFile(path, column, () =>
    session.run(`SELECT 1 FROM ${parquet(path)} WHERE ${condition} LIMIT 1`),
  );
  if (rowsIn(found) > 0) throw refused(path, column, undefined, 'it has a value that cannot be');
}

/** All vectors of the rows have `width` numbers, all finite. */
async function checkVectors(
  session: Session,
  path: string,
  column: string,
  where: string,
  width: number,
): Promise<void> {
  await refuseRows(session, path, column, `${where} AND octet_length("${column}") <> ${width * 4}`);
  await ofFile(path, column, async () => {
    for await (const piece of session.stream(`SELECT "${column}" FROM ${parquet(path)} WHERE ${where}`)) {
      for (const bytes of blobs(piece, 0)) {
        if (!new Float32Array(bytes.slice().buffer).every(Number.isFinite)) throw refused(path, column);
      }
    }
  });
}

async function ofFile<T>(path: string, column: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof ClipsightError) throw thrown;
    const [said] = (thrown instanceof Error ? thrown.message : String(thrown)).split('\n');
    throw refused(path, column, thrown, said);
  }
}

function refused(
  path: string,
  column: string,
  cause?: unknown,
  why = 'it is not as a library writes it',
): ClipsightError {
  return new ClipsightError(
    'library',
    `${path} cannot be imported: column ${column}: ${why}.`,
    'Export the folder again; nothing of it was imported.',
    { cause },
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
