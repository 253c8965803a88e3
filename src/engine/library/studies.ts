import type * as z from 'zod';
import { ModelInfo, StudyIdentity } from '../../shared/study';
import { ints, rowsIn, texts } from './columns';
import { type Session, text } from './duckdb';
import type { Embedder, LibraryStudy } from './library';
import { noteChange } from './meta';
import { activationTable } from './sqlText';
import { activationColumns, createTable, tables } from './tables';

export interface KnownEmbedder {
  readonly number: number;
  /** Length of its embeddings. */
  readonly width: number;
}

export interface KnownStudy {
  readonly number: number;
  /** Length of contribution vectors. */
  readonly width: number;
}

export async function studiesIn(session: Session): Promise<readonly LibraryStudy[]> {
  const found = await session.run(
    `SELECT study.info, embedder.key, embedder.info
     FROM study JOIN embedder ON embedder.number = study.embedder ORDER BY study.number`,
  );
  const [infos, keys, models] = [texts(found, 0), texts(found, 1), texts(found, 2)];
  return infos.map((info, i) => ({
    info: parsed(StudyIdentity, info),
    embedder: { key: keys[i]!, info: parsed(ModelInfo, models[i]!) },
  }));
}

/** Null for a study that the library was never used for. */
export async function findStudy(session: Session, key: string): Promise<KnownStudy | null> {
  const found = await session.run(
    `SELECT study.number, embedder.info
     FROM study JOIN embedder ON embedder.number = study.embedder WHERE study.key = $1`,
    text(key),
  );
  return rowsIn(found) === 0 ? null : { number: ints(found, 0)[0]!, width: widthIn(texts(found, 1)[0]!) };
}

/** Null for an embedder that the library was never used with. */
export async function findEmbedder(session: Session, key: string): Promise<KnownEmbedder | null> {
  const found = await session.run('SELECT number, info FROM embedder WHERE key = $1', text(key));
  return rowsIn(found) === 0 ? null : { number: ints(found, 0)[0]!, width: widthIn(texts(found, 1)[0]!) };
}

/** The study's row, made or brought up to date. */
export async function putStudy(session: Session, { info, embedder }: LibraryStudy): Promise<void> {
  await putEmbedder(session, embedder);
  const { number } = (await findEmbedder(session, embedder.key))!;
  const json = JSON.stringify(info);
  const found = await session.run('SELECT info FROM study WHERE key = $1', text(info.key));
  if (rowsIn(found) > 0) {
    if (texts(found, 0)[0] === json) return;
    await session.run('UPDATE study SET info = $2 WHERE key = $1', text(info.key), text(json));
  } else {
    const next = await nextNumber(session, 'study');
    await session.append('study', tables.study, {
      number: [next],
      key: [info.key],
      info: [json],
      embedder: [number],
    });
    await session.run(createTable(activationTable(next), activationColumns));
  }
  await noteChange(session);
}

/** The embedder's row, made or brought up to date. */
export async function putEmbedder(session: Session, { key, info }: Embedder): Promise<void> {
  const json = JSON.stringify(info);
  const found = await session.run('SELECT info FROM embedder WHERE key = $1', text(key));
  if (rowsIn(found) > 0) {
    if (texts(found, 0)[0] === json) return;
    await session.run('UPDATE embedder SET info = $2 WHERE key = $1', text(key), text(json));
  } else {
    const next = await nextNumber(session, 'embedder');
    await session.append('embedder', tables.embedder, { number: [next], key: [key], info: [json] });
  }
  await noteChange(session);
}

/** Studies and embedders are never removed, so the number after the largest is new. */
async function nextNumber(session: Session, table: 'study' | 'embedder'): Promise<number> {
  return ints(await session.run(`SELECT coalesce(max(number), 0) + 1 FROM ${table}`), 0)[0]!;
}

/** Numbers of all studies. */
export async function studyNumbers(session: Session): Promise<readonly number[]> {
  return [...ints(await session.run('SELECT number FROM study ORDER BY number'), 0)];
}

export async function demandStudy(session: Session, key: string): Promise<KnownStudy> {
  const study = await findStudy(session, key);
  if (study === null) throw new Error(`study ${key} was not used with this library`);
  return study;
}

export async function demandEmbedder(session: Session, key: string): Promise<KnownEmbedder> {
  const embedder = await findEmbedder(session, key);
  if (embedder === null) throw new Error(`embedder ${key} was not used with this library`);
  return embedder;
}

function widthIn(info: string): number {
  return parsed(ModelInfo, info).embeddingSize;
}

/** What this library wrote itself: anything else is damage. */
function parsed<T>(schema: z.ZodType<T>, json: string): T {
  const result = schema.safeParse(JSON.parse(json));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Error(`corrupt: ${issue?.path.join('.')} of a study or embedder: ${issue?.message}`);
}
