import { constants } from 'node:fs';
import { copyFile, rename } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { JobContext } from '../../shared/rpc/protocol';
import { steps } from '../job';
import { classSumOf, putClassSum } from './classSums';
import { blobs, type Chunks, ints, rowsIn, texts } from './columns';
import { registerFile } from './contributionFiles';
import { contributionPath, makeStudyFolder, unfinished } from './contributionFolder';
import { int, type Session, text, texts as textList } from './duckdb';
import type { ClassSum } from './library';
import { noteChange, takeNumbers } from './meta';
import { type CheckedShard, checkShard, type ShardFile, type ShardStudy } from './shardChecks';
import { readManifest, shardFile } from './shards';
import { activationTable, parquet } from './sqlText';
import { demandEmbedder, demandStudy, findEmbedder, findStudy, putEmbedder, putStudy } from './studies';
import { placeRow } from './vectorBytes';

const maps = { theirs: 'INTEGER', ours: 'INTEGER' } as const;

/**
 * Merges a shard, all of it or nothing, also where it is cancelled. Pictures, codes, names and texts that are here stay; of a file, what was seen
 * last (by its time of change) counts.
 *
 * @throws ClipsightError `library` where the shard is not as one should be, naming the file and the column.
 */
export async function importShard(
  session: Session,
  from: string,
  contributions: string,
  job: JobContext,
): Promise<{ images: number; added: number; notes: readonly string[] }> {
  const folder = resolve(from);
  const manifest = await readManifest(folder);
  const shard = await checkShard(session, folder, manifest, job);
  // Pictures, files and embeddings; what each study has; each contribution file; names and texts.
  const step = steps(job, 'Importing', 3 + shard.studies.length + shard.contributions.length + 1);
  const their = (table: string) => parquet(shardFile(folder, table));

  await mapStudies(session, shard);
  await step();
  const { images, added } = await mergePictures(session, their);
  await step();
  await mergeFiles(session, their);
  await step();
  await session.run(
    `INSERT INTO embedding SELECT e.ours, p.ours, t.vector FROM ${their('embedding')} AS t
     JOIN embedder_map AS e ON e.theirs = t.embedder JOIN picture_map AS p ON p.theirs = t.picture
     ANTI JOIN embedding AS known ON known.embedder = e.ours AND known.picture = p.ours
     ORDER BY p.ours, e.ours`,
  );
  const notes: string[] = [];
  for (const study of shard.studies) {
    await step();
    await mergeCodes(session, their, study);
    notes.push(...(await mergeClassSums(session, their, study)));
  }
  for (const file of shard.contributions) {
    await step();
    await mergeContributions(session, their, file, contributions);
  }
  await step();
  await session.run(
    `INSERT INTO annotation SELECT s.ours, t.component, t.name, t.note, t.mark, t.pinned
     FROM ${their('annotation')} AS t JOIN study_map AS s ON s.theirs = t.study
     ANTI JOIN annotation AS known ON known.study = s.ours AND known.component = t.component
     ORDER BY s.ours, t.component`,
  );
  await session.run(
    `INSERT INTO text SELECT e.ours, t.text, t.vector, t.truncated, t.read_as
     FROM ${their('text')} AS t JOIN embedder_map AS e ON e.theirs = t.embedder
     ANTI JOIN text AS known ON known.embedder = e.ours AND known.text = t.text ORDER BY e.ours, t.text`,
  );
  for (const table of ['embedder_map', 'study_map', 'picture_map']) await session.run(`DROP TABLE ${table}`);
  if (manifest.contributions === 'beside' && (await hasRows(session, their('contribution_file')))) {
    notes.push(`${folder} is a snapshot: its contribution vectors lie elsewhere and were not imported.`);
  }
  await noteChange(session);
  return { images, added, notes };
}

/** Makes the studies and embedders that are not here; what numbers theirs have here is in study_map and embedder_map. */
async function mapStudies(session: Session, { embedders, studies }: CheckedShard): Promise<void> {
  const embedderMap: [number, number][] = [];
  for (const { number, key, info } of embedders) {
    if ((await findEmbedder(session, key)) === null) await putEmbedder(session, { key, info });
    embedderMap.push([number, (await demandEmbedder(session, key)).number]);
  }
  const studyMap: [number, number][] = [];
  for (const { number, study } of studies) {
    const { key } = study.info;
    if ((await findStudy(session, key)) === null) await putStudy(session, study);
    studyMap.push([number, (await demandStudy(session, key)).number]);
  }
  for (const [name, map] of [['embedder_map', embedderMap] as const, ['study_map', studyMap] as const]) {
    await session.run(`CREATE TEMP TABLE ${name} (theirs INTEGER, ours INTEGER)`);
    await session.append(name, maps, {
      theirs: map.map(([theirs]) => theirs),
      ours: map.map(([, ours]) => ours),
    });
  }
}

/** Adds pictures that are not here; what numbers theirs have here is in picture_map. */
async function mergePictures(
  session: Session,
  their: (table: string) => string,
): Promise<{ images: number; added: number }> {
  const fresh = `FROM ${their('picture')} WHERE sha256 NOT IN (SELECT sha256 FROM picture)`;
  const added = ints(await session.run(`SELECT count(*)::INTEGER ${fresh}`), 0)[0]!;
  const first = await takeNumbers(session, 'next_picture', added);
  await session.run(
    `INSERT INTO picture
     SELECT (row_number() OVER (ORDER BY sha256) - 1 + $1)::INTEGER, sha256, width, height ${fresh}
     ORDER BY sha256`,
    int(first),
  );
  await session.run(
    `CREATE TEMP TABLE picture_map AS SELECT t.number AS theirs, picture.number AS ours
     FROM ${their('picture')} AS t JOIN picture ON picture.sha256 = t.sha256`,
  );
  const images = ints(await session.run('SELECT count(*)::INTEGER FROM picture_map'), 0)[0]!;
  return { images, added };
}

async function mergeFiles(session: Session, their: (table: string) => string): Promise<void> {
  await session.run(
    `DELETE FROM file USING ${their('file')} AS t WHERE t.path = file.path AND t.mtime_ns > file.mtime_ns`,
  );
  await session.run(
    `INSERT INTO file SELECT path, size, mtime_ns, inode, sha256, class_folder, failure
     FROM ${their('file')} WHERE path NOT IN (SELECT path FROM file) ORDER BY path`,
  );
}

async function mergeCodes(
  session: Session,
  their: (table: string) => string,
  { number: theirs, study }: ShardStudy,
): Promise<void> {
  const { number } = await demandStudy(session, study.info.key);
  await session.run(
    `CREATE TEMP TABLE fresh AS SELECT p.theirs, p.ours FROM ${their('done')} AS t
     JOIN picture_map AS p ON p.theirs = t.picture
     WHERE t.study = $1 AND p.ours NOT IN (SELECT picture FROM done WHERE study = $2)`,
    int(theirs),
    int(number),
  );
  await session.run(
    `INSERT INTO ${activationTable(number)}
     SELECT fresh.ours, t.component, t.max, t.mean, t.token
     FROM ${their(activationTable(theirs))} AS t JOIN fresh ON fresh.theirs = t.picture
     ORDER BY fresh.ours, t.component`,
  );
  await session.run('INSERT INTO done SELECT $1, ours FROM fresh ORDER BY ours', int(number));
  await session.run('DROP TABLE fresh');
}

/** Copies the file if it has pictures whose contributions are not here; only these count in it. */
async function mergeContributions(
  session: Session,
  their: (table: string) => string,
  { number: theirs, study, path }: ShardFile,
  contributions: string,
): Promise<void> {
  const found = await session.run(
    `SELECT s.ours, p.ours, (known.picture IS NULL)::INTEGER FROM ${their('contribution_picture')} AS t
     JOIN study_map AS s ON s.theirs = t.study JOIN picture_map AS p ON p.theirs = t.picture
     LEFT JOIN contribution_picture AS known ON known.study = s.ours AND known.picture = p.ours
     WHERE t.study = $1 AND t.file = $2 ORDER BY p.ours`,
    int(study),
    int(theirs),
  );
  const isFresh = ints(found, 2);
  const pictures = [...ints(found, 1)].filter((_, i) => isFresh[i] === 1);
  const ours = ints(found, 0)[0];
  if (pictures.length === 0 || ours === undefined) return;
  const number = await takeNumbers(session, 'next_contribution_file', 1);
  const target = contributionPath(contributions, ours, number);
  await makeStudyFolder(contributions, ours);
  await copyFile(path, unfinished(target), constants.COPYFILE_FICLONE);
  await rename(unfinished(target), target);
  await registerFile(session, ours, number, target, pictures, rowsIn(found));
}

/**
 * Adds sums of classes whose pictures are not in ours; takes those whose are ours and more. Others stay as they are, said
 * in a note.
 */
async function mergeClassSums(
  session: Session,
  their: (table: string) => string,
  { number: theirs, study }: ShardStudy,
): Promise<readonly string[]> {
  const { key } = study.info;
  const { number, width } = await demandStudy(session, key);
  const found = await session.run(
    `SELECT t.class_folder, count(*)::INTEGER, count(same.sha256)::INTEGER,
       (SELECT count(*) FROM class_member AS own
        WHERE own.study = $2 AND own.class_folder = t.class_folder)::INTEGER
     FROM ${their('class_member')} AS t
     LEFT JOIN class_member AS same
       ON same.study = $2 AND same.class_folder = t.class_folder AND same.sha256 = t.sha256
     WHERE t.study = $1 GROUP BY t.class_folder ORDER BY t.class_folder`,
    int(theirs),
    int(number),
  );
  const [pictures, shared, own] = [ints(found, 1), ints(found, 2), ints(found, 3)];
  const notes: string[] = [];
  const fresh: string[] = [];
  for (const [i, classFolder] of texts(found, 0).entries()) {
    // Theirs is over ours and more.
    if (own[i] === shared[i] && shared[i]! < pictures[i]!) fresh.push(classFolder);
    else if (shared[i] === 0) {
      const mine = (await classSumOf(session, key, classFolder))!;
      const yours = await theirSum(session, their, theirs, classFolder, width);
      await putClassSum(session, key, sumOf(mine, yours, width));
    } else if (shared[i]! < pictures[i]!) {
      notes.push(
        `Images of ${classFolder} are summed on both sides: the others are summed when it is indexed here.`,
      );
    }
  }
  for (const [table, columns] of [
    ['class_sum', 'class_folder, component, sum'],
    ['class_member', 'class_folder, sha256'],
  ] as const) {
    await session.run(
      `DELETE FROM ${table} WHERE study = $1 AND class_folder IN (SELECT unnest($2::VARCHAR[]))`,
      int(number),
      textList(fresh),
    );
    await session.run(
      `INSERT INTO ${table} SELECT $2, ${columns} FROM ${their(table)}
       WHERE study = $1 AND class_folder IN (SELECT unnest($3::VARCHAR[]))`,
      int(theirs),
      int(number),
      textList(fresh),
    );
  }
  return notes;
}

async function theirSum(
  session: Session,
  their: (table: string) => string,
  study: number,
  classFolder: string,
  width: number,
): Promise<ClassSum> {
  const rowsOf = (table: string, columns: string): Promise<Chunks> =>
    session.run(
      `SELECT ${columns} FROM ${their(table)} WHERE study = $1 AND class_folder = $2 ORDER BY 1`,
      int(study),
      text(classFolder),
    );
  const sums = await rowsOf('class_sum', 'component, sum');
  const components = ints(sums, 0);
  const data = new Float32Array(components.length * width);
  let row = 0;
  for (const bytes of blobs(sums, 1)) placeRow(bytes, data, row++, width);
  const pictures = texts(await rowsOf('class_member', 'sha256'), 0);
  return { classFolder, pictures, components, sums: { data, width } };
}

function sumOf(a: ClassSum, b: ClassSum, width: number): ClassSum {
  const components = Int32Array.from(new Set([...a.components, ...b.components])).sort();
  const places = new Map(Array.from(components, (component, place) => [component, place]));
  const data = new Float32Array(components.length * width);
  for (const sum of [a, b]) {
    sum.components.forEach((component, row) => {
      const at = places.get(component)! * width;
      for (let i = 0; i < width; i++) data[at + i]! += sum.sums.data[row * width + i]!;
    });
  }
  return {
    classFolder: a.classFolder,
    pictures: [...a.pictures, ...b.pictures].sort(),
    components,
    sums: { data, width },
  };
}

async function hasRows(session: Session, table: string): Promise<boolean> {
  return rowsIn(await session.run(`SELECT 1 FROM ${table} LIMIT 1`)) > 0;
}
