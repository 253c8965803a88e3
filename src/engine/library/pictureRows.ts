import { type Chunks, ints, rowsIn, texts } from './columns';
import { int, integers, type Session, text, texts as textList } from './duckdb';
import { hasPicture } from './fileRows';
import type { Pictures } from './library';
import { activationTable } from './sqlText';
import { findEmbedder, findStudy } from './studies';

/** Pictures asked about at a time: binding a list of texts blocks the event loop. */
const mostAsked = 5000;
/** Of more pictures than these all that have a row are read: each question passes over the whole table. */
const mostListed = 20_000;

/** A study's pictures with their numbers in the database, in the same order. */
export interface NumberedPictures {
  readonly pictures: Pictures;
  readonly numbers: Int32Array;
}

export async function picturesOf(session: Session, study: string): Promise<NumberedPictures> {
  const known = await findStudy(session, study);
  const found: Chunks =
    known === null
      ? []
      : await session.run(
          `SELECT picture.number, picture.sha256, picture.width, picture.height, first.path
           FROM done JOIN picture ON picture.number = done.picture
           JOIN (SELECT sha256, min(path) AS path FROM file WHERE ${hasPicture} GROUP BY sha256) AS first
             ON first.sha256 = picture.sha256
           WHERE done.study = $1 ORDER BY picture.sha256`,
          int(known.number),
        );
  return {
    numbers: ints(found, 0),
    pictures: {
      sha256: texts(found, 1),
      width: ints(found, 2),
      height: ints(found, 3),
      paths: texts(found, 4),
    },
  };
}

export async function lackingOf(
  session: Session,
  sha256: readonly string[],
  need: { readonly study: string; readonly embedders: readonly string[] },
): Promise<{ codes: ReadonlySet<string>; embeddings: readonly ReadonlySet<string>[] }> {
  const study = await findStudy(session, need.study);
  const codes = new Set(sha256);
  const embeddings = need.embedders.map(() => new Set(sha256));
  const embedders = await Promise.all(need.embedders.map((key) => findEmbedder(session, key)));
  const listed = sha256.length > mostListed ? null : sha256;
  if (study !== null) await strike(session, codes, listed, 'done', 'study', study.number);
  for (const [i, embedder] of embedders.entries()) {
    if (embedder === null) continue;
    await strike(session, embeddings[i]!, listed, 'embedding', 'embedder', embedder.number);
  }
  return { codes, embeddings };
}

/** Of the pictures named, those with codes of which no file has contributions, with how many components are active. */
export async function lackingContributionsOf(
  session: Session,
  study: number,
  sha256: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const lacking = new Map<string, number>();
  for (let from = 0; from < sha256.length; from += mostAsked) {
    const found = await session.run(
      `SELECT number, sha256 FROM picture WHERE sha256 IN (SELECT unnest($2::VARCHAR[]))
       AND number NOT IN (SELECT picture FROM contribution_picture WHERE study = $1)`,
      int(study),
      textList(sha256.slice(from, from + mostAsked)),
    );
    const numbers = [...ints(found, 0)];
    if (numbers.length === 0) continue;
    const names = texts(found, 1);
    const shaOf = new Map(numbers.map((number, i) => [number, names[i]!]));
    const counted = await session.run(
      `SELECT picture, count(*)::INTEGER FROM ${activationTable(study)}
       WHERE picture IN (SELECT unnest($1::INTEGER[])) GROUP BY picture`,
      integers(numbers),
    );
    const counts = ints(counted, 1);
    ints(counted, 0).forEach((picture, i) => {
      lacking.set(shaOf.get(picture)!, counts[i]!);
    });
  }
  return lacking;
}

/** Whether the picture has codes in which no component is active. */
export async function isSilent(session: Session, study: number, sha256: string): Promise<boolean> {
  const found = await session.run(
    `SELECT done.picture FROM done JOIN picture ON picture.number = done.picture
     WHERE done.study = $1 AND picture.sha256 = $2`,
    int(study),
    text(sha256),
  );
  const [number] = ints(found, 0);
  if (number === undefined) return false;
  const active = await session.run(
    `SELECT 1 FROM ${activationTable(study)} WHERE picture = $1 LIMIT 1`,
    int(number),
  );
  return rowsIn(active) === 0;
}

/** Takes from the set those that have a row in the table. `listed`: all of the set; null for as many as there are. */
async function strike(
  session: Session,
  lacking: Set<string>,
  listed: readonly string[] | null,
  table: 'done' | 'embedding',
  column: 'study' | 'embedder',
  number: number,
): Promise<void> {
  const sql = `SELECT picture.sha256 FROM ${table} JOIN picture ON picture.number = ${table}.picture
    WHERE ${table}.${column} = $1`;
  if (listed === null) {
    for await (const piece of session.stream(sql, int(number))) {
      for (const sha of texts(piece, 0)) lacking.delete(sha);
    }
    return;
  }
  for (let from = 0; from < listed.length; from += mostAsked) {
    const found = await session.run(
      `${sql} AND picture.sha256 IN (SELECT unnest($2::VARCHAR[]))`,
      int(number),
      textList(listed.slice(from, from + mostAsked)),
    );
    for (const sha of texts(found, 0)) lacking.delete(sha);
  }
}

/** Numbers of those of the pictures that the library has. */
export async function numbersOf(
  session: Session,
  sha256: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const found = await session.run(
    'SELECT number, sha256 FROM picture WHERE sha256 IN (SELECT unnest($1::VARCHAR[]))',
    textList(sha256),
  );
  const numbers = ints(found, 0);
  return new Map(texts(found, 1).map((sha, i) => [sha, numbers[i]!]));
}

/** Of the pictures numbered, those with a row in the table. */
export async function alreadyIn(
  session: Session,
  table: 'done' | 'embedding' | 'contribution_picture',
  owner: number,
  pictures: readonly number[],
): Promise<ReadonlySet<number>> {
  const found = await session.run(
    `SELECT picture FROM ${table} WHERE ${table === 'embedding' ? 'embedder' : 'study'} = $1
     AND picture IN (SELECT unnest($2::INTEGER[]))`,
    int(owner),
    integers(pictures),
  );
  return new Set(ints(found, 0));
}
