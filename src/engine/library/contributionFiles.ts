import { rename, rm } from 'node:fs/promises';
import { blobs, floats, ints, rowsIn, texts } from './columns';
import type { PendingContributions } from './contributionBuffer';
import {
  contributionNumber,
  contributionPath,
  makeStudyFolder,
  sizeOf,
  unfinished,
} from './contributionFolder';
import { int, integers, type Session, text, texts as textList } from './duckdb';
import { fromHalfRow } from './halfPrecision';
import type { ComponentContributions, ContributionSize } from './library';
import { noteChange, takeNumbers } from './meta';
import { activationTable, literal } from './sqlText';
import { findStudy, type KnownStudy } from './studies';
import { contributionColumns, createTable, tables } from './tables';
import { bytesOf } from './vectorBytes';

/** DuckDB's least: a component is read by whole groups. */
export const contributionOptions = 'FORMAT parquet, ROW_GROUP_SIZE 2048, COMPRESSION uncompressed';

/** Writes the contributions of some pictures of one study as a file and registers it, in the same transaction. */
export async function writeContributions(
  session: Session,
  folder: string,
  study: KnownStudy,
  pictures: readonly PendingContributions[],
): Promise<void> {
  const number = await takeNumbers(session, 'next_contribution_file', 1);
  const path = contributionPath(folder, study.number, number);
  await makeStudyFolder(folder, study.number);
  await writeParquet(session, unfinished(path), study.width, pictures);
  await rename(unfinished(path), path);
  await registerFile(
    session,
    study.number,
    number,
    path,
    pictures.map(({ picture }) => picture),
  );
}

/** Registers a file that is in place. Its pictures that the library has forgotten meanwhile are left out; `inFile` counts all in it. */
export async function registerFile(
  session: Session,
  study: number,
  number: number,
  path: string,
  pictures: readonly number[],
  inFile = pictures.length,
): Promise<void> {
  await session.append('contribution_file', tables.contribution_file, {
    number: [number],
    study: [study],
    bytes: [BigInt(await sizeOf(path))],
    pictures: [inFile],
  });
  await session.run(
    `INSERT INTO contribution_picture
     SELECT $1, number, $2 FROM picture WHERE number IN (SELECT unnest($3::INTEGER[]))
       AND number NOT IN (SELECT picture FROM contribution_picture WHERE study = $1) ORDER BY number`,
    int(study),
    int(number),
    integers(pictures),
  );
  await noteChange(session);
}

async function writeParquet(
  session: Session,
  path: string,
  width: number,
  pictures: readonly PendingContributions[],
): Promise<void> {
  const rows = pictures.flatMap((picture, at) =>
    Array.from(picture.components, (component, row) => ({ picture, at, component, row })),
  );
  rows.sort((a, b) => a.component - b.component || a.at - b.at);
  await session.run(createTable('pending', contributionColumns).replace('TABLE', 'TEMP TABLE'));
  await session.append('pending', contributionColumns, {
    component: Int32Array.from(rows, ({ component }) => component),
    sha256: rows.map(({ picture }) => picture.sha256),
    vector: rows.map(({ picture, row }) =>
      bytesOf(picture.rows.halves.subarray(row * width, (row + 1) * width)),
    ),
    scale: Float32Array.from(rows, ({ picture, row }) => picture.rows.scales[row]!),
  });
  await session.run(`COPY (SELECT * FROM pending) TO ${literal(path)} (${contributionOptions})`);
  await session.run('DROP TABLE pending');
}

/** Files of a study, by number. */
export async function contributionFilesOf(session: Session, study: number): Promise<readonly number[]> {
  const found = await session.run(
    'SELECT number FROM contribution_file WHERE study = $1 ORDER BY number',
    int(study),
  );
  return [...ints(found, 0)];
}

/** Contribution vectors of one component in files, by SHA-256 of the picture; [rows, embedding] in no order. */
export async function readComponent(
  session: Session,
  folder: string,
  study: KnownStudy,
  component: number,
  placeOf: (sha256: string) => number | undefined,
): Promise<ComponentContributions> {
  const files = await contributionFilesOf(session, study.number);
  const pictures: number[] = [];
  const parts: Float32Array[] = [];
  if (files.length > 0) {
    const fileOf = await liveFiles(session, study.number);
    const pieces = session.stream(
      'SELECT filename, sha256, vector, scale FROM read_parquet($1, filename = true, hive_partitioning = false) WHERE component = $2',
      textList(files.map((file) => contributionPath(folder, study.number, file))),
      int(component),
    );
    for await (const piece of pieces) {
      const [names, shas, scales] = [texts(piece, 0), texts(piece, 1), floats(piece, 3)];
      let row = 0;
      for (const bytes of blobs(piece, 2)) {
        const place = placeOf(shas[row]!);
        if (place !== undefined && fileOf.get(shas[row]!) === contributionNumber(names[row]!)) {
          pictures.push(place);
          parts.push(widened(bytes, scales[row]!, study.width));
        }
        row += 1;
      }
    }
  }
  return { pictures: Int32Array.from(pictures), contributions: stacked(parts, study.width) };
}

/** Contributions of one picture in a file; null where no file has them. */
export async function readPicture(
  session: Session,
  folder: string,
  study: KnownStudy,
  sha256: string,
): Promise<{ components: Int32Array; contributions: { data: Float32Array; width: number } } | null> {
  const registered = await session.run(
    `SELECT contribution_picture.file FROM contribution_picture
     JOIN picture ON picture.number = contribution_picture.picture WHERE study = $1 AND sha256 = $2`,
    int(study.number),
    text(sha256),
  );
  if (rowsIn(registered) === 0) return null;
  const path = contributionPath(folder, study.number, ints(registered, 0)[0]!);
  const found = await session.run(
    'SELECT component, vector, scale FROM read_parquet($1, hive_partitioning = false) WHERE sha256 = $2 ORDER BY component',
    textList([path]),
    text(sha256),
  );
  const scales = floats(found, 2);
  const parts = Array.from(blobs(found, 1), (bytes, row) => widened(bytes, scales[row]!, study.width));
  return { components: ints(found, 0), contributions: stacked(parts, study.width) };
}

export async function contributionSizeOf(session: Session, study: string): Promise<ContributionSize> {
  const known = await findStudy(session, study);
  if (known === null) return { bytes: 0, dead: 0, pictures: 0, vectors: 0 };
  const found = await session.run(
    `SELECT (SELECT coalesce(sum(bytes), 0)::VARCHAR FROM contribution_file WHERE study = $1),
       (SELECT count(*)::INTEGER FROM contribution_picture WHERE study = $1),
       (SELECT count(*)::INTEGER FROM ${activationTable(known.number)}
        WHERE picture IN (SELECT picture FROM contribution_picture WHERE study = $1)),
       (SELECT coalesce(sum(bytes * (pictures - live) // nullif(pictures, 0)), 0)::VARCHAR
        FROM (SELECT bytes, pictures, (SELECT count(*) FROM contribution_picture AS of
                WHERE of.study = $1 AND of.file = file.number) AS live
              FROM contribution_file AS file WHERE study = $1))`,
    int(known.number),
  );
  return {
    bytes: Number(texts(found, 0)[0]),
    dead: Number(texts(found, 3)[0]),
    pictures: ints(found, 1)[0]!,
    vectors: ints(found, 2)[0]!,
  };
}

/** The file that counts for each picture. */
async function liveFiles(session: Session, study: number): Promise<ReadonlyMap<string, number>> {
  const found = await session.run(
    `SELECT sha256, file FROM contribution_picture JOIN picture ON picture.number = contribution_picture.picture
     WHERE study = $1`,
    int(study),
  );
  const files = ints(found, 1);
  return new Map(texts(found, 0).map((sha, i) => [sha, files[i]!]));
}

/** Removes files that are no longer registered. What cannot be removed now is removed as an orphan later. */
export async function removeContributionFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) await rm(path, { force: true }).catch(() => undefined);
}

function widened(bytes: Uint8Array, scale: number, width: number): Float32Array {
  const row = new Float32Array(width);
  widen(bytes, scale, row, 0, width);
  return row;
}

function widen(bytes: Uint8Array, scale: number, target: Float32Array, row: number, width: number): void {
  if (bytes.length !== width * 2) {
    throw new Error(`corrupt: a contribution vector has ${bytes.length} bytes, not ${width * 2}`);
  }
  fromHalfRow(new Uint16Array(bytes.slice().buffer), scale, target, row * width);
}

function stacked(parts: readonly Float32Array[], width: number): { data: Float32Array; width: number } {
  const data = new Float32Array(parts.length * width);
  parts.forEach((part, i) => {
    data.set(part, i * width);
  });
  return { data, width };
}
