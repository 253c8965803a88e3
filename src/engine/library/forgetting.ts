import { rename } from 'node:fs/promises';
import { ints } from './columns';
import { contributionOptions, registerFile } from './contributionFiles';
import { contributionPath, makeStudyFolder, unfinished } from './contributionFolder';
import { int, integers, type Session } from './duckdb';
import { hasPicture } from './fileRows';
import { noteChange, takeNumbers } from './meta';
import { activationTable, literal, parquet } from './sqlText';
import { studyNumbers } from './studies';

/** Forgets the pictures that no file has. Sums of classes stay: whoever keeps them sees what changed. */
export async function forget(session: Session): Promise<boolean> {
  const dead = ints(
    await session.run(
      `SELECT number FROM picture WHERE sha256 NOT IN (SELECT sha256 FROM file WHERE ${hasPicture})`,
    ),
    0,
  );
  if (dead.length === 0) return false;
  await session.run(
    'DELETE FROM picture WHERE number IN (SELECT unnest($1::INTEGER[]))',
    integers([...dead]),
  );
  const activations = (await studyNumbers(session)).map(activationTable);
  for (const table of ['embedding', 'done', 'contribution_picture', 'thumbnail', ...activations]) {
    await session.run(`DELETE FROM ${table} WHERE picture NOT IN (SELECT number FROM picture)`);
  }
  await noteChange(session);
  return true;
}

/**
 * Writes anew the contribution files of which more than half belongs to pictures that are gone.
 *
 * @returns the files that are not needed once the transaction is done.
 */
export async function rewriteDeadFiles(session: Session, folder: string): Promise<readonly string[]> {
  const found = await session.run(
    `SELECT file.study, file.number, count(live.picture)::INTEGER
     FROM contribution_file AS file
     LEFT JOIN contribution_picture AS live ON live.study = file.study AND live.file = file.number
     GROUP BY file.study, file.number HAVING count(live.picture) * 2 < any_value(file.pictures) ORDER BY file.number`,
  );
  const [studies, files, live] = [ints(found, 0), ints(found, 1), ints(found, 2)];
  for (const [i, file] of files.entries()) {
    if (live[i]! > 0) await rewrite(session, folder, studies[i]!, file);
    else await session.run('DELETE FROM contribution_picture WHERE file = $1', int(file));
    await session.run('DELETE FROM contribution_file WHERE number = $1', int(file));
  }
  if (files.length > 0) await noteChange(session);
  return Array.from(files, (file, i) => contributionPath(folder, studies[i]!, file));
}

async function rewrite(session: Session, folder: string, study: number, file: number): Promise<void> {
  const pictures = ints(
    await session.run('SELECT picture FROM contribution_picture WHERE file = $1 ORDER BY picture', int(file)),
    0,
  );
  const number = await takeNumbers(session, 'next_contribution_file', 1);
  const path = contributionPath(folder, study, number);
  await makeStudyFolder(folder, study);
  await session.run('CREATE TEMP TABLE kept (sha256 VARCHAR)');
  await session.run(
    `INSERT INTO kept SELECT sha256 FROM picture WHERE number IN (SELECT unnest($1::INTEGER[]))`,
    integers([...pictures]),
  );
  await session.run(
    `COPY (SELECT * FROM ${parquet(contributionPath(folder, study, file))}
       WHERE sha256 IN (SELECT sha256 FROM kept) ORDER BY component, sha256)
     TO ${literal(unfinished(path))} (${contributionOptions})`,
  );
  await session.run('DROP TABLE kept');
  await rename(unfinished(path), path);
  await session.run('DELETE FROM contribution_picture WHERE file = $1', int(file));
  await registerFile(session, study, number, path, [...pictures]);
}
