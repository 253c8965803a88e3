import { blobs, ints, rowsIn, texts } from './columns';
import { int, type Session, text } from './duckdb';
import type { ClassCount, ClassSum } from './library';
import { noteChange } from './meta';
import { demandStudy, findStudy } from './studies';
import { tables } from './tables';
import { bytesOf, placeRow, vectorOf } from './vectorBytes';

/** Classes of files, and those that have a sum, by name. `summed` counts all pictures in the sum. */
export async function classesOf(session: Session, study: string): Promise<readonly ClassCount[]> {
  const known = await findStudy(session, study);
  if (known === null) return [];
  const found = await session.run(
    `WITH has AS (
       SELECT DISTINCT class_folder, file.sha256
       FROM file JOIN picture ON picture.sha256 = file.sha256 JOIN done ON done.picture = picture.number
       WHERE done.study = $1 AND file.failure IS NULL
     ), summed AS (
       SELECT class_folder, sha256 FROM class_member WHERE study = $1
     )
     SELECT coalesce(has.class_folder, summed.class_folder) AS name, count(summed.sha256)::INTEGER,
       count(has.sha256)::INTEGER, (count(*) FILTER (has.sha256 = summed.sha256))::INTEGER
     FROM has FULL JOIN summed ON has.class_folder = summed.class_folder AND has.sha256 = summed.sha256
     GROUP BY name ORDER BY name`,
    int(known.number),
  );
  const [summed, pictures, both] = [ints(found, 1), ints(found, 2), ints(found, 3)];
  return texts(found, 0).map((name, i) => ({
    name,
    summed: summed[i]!,
    pictures: pictures[i]!,
    both: both[i]!,
  }));
}

export async function classSumOf(
  session: Session,
  study: string,
  classFolder: string,
): Promise<ClassSum | null> {
  const known = await findStudy(session, study);
  if (known === null) return null;
  const { number, width } = known;
  const members = await session.run(
    'SELECT sha256 FROM class_member WHERE study = $1 AND class_folder = $2 ORDER BY sha256',
    int(number),
    text(classFolder),
  );
  if (rowsIn(members) === 0) return null;
  const found = await session.run(
    'SELECT component, sum FROM class_sum WHERE study = $1 AND class_folder = $2 ORDER BY component',
    int(number),
    text(classFolder),
  );
  const components = ints(found, 0);
  const data = new Float32Array(components.length * width);
  let row = 0;
  for (const bytes of blobs(found, 1)) placeRow(bytes, data, row++, width);
  return { classFolder, pictures: texts(members, 0), components, sums: { data, width } };
}

/** The rows of one component in the sums of all classes that have it, in the order of their names. */
export async function classSumsOfComponent(
  session: Session,
  study: string,
  component: number,
): Promise<readonly { readonly classFolder: string; readonly sum: Float32Array }[]> {
  const known = await findStudy(session, study);
  if (known === null) return [];
  const found = await session.run(
    'SELECT class_folder, sum FROM class_sum WHERE study = $1 AND component = $2 ORDER BY class_folder',
    int(known.number),
    int(component),
  );
  const sums = [...blobs(found, 1)];
  return texts(found, 0).map((classFolder, i) => ({ classFolder, sum: vectorOf(sums[i]!) }));
}

/** Puts the sum in the place of the class's; one of no pictures removes it. */
export async function putClassSum(session: Session, study: string, sum: ClassSum): Promise<void> {
  const { number, width } = await demandStudy(session, study);
  const { classFolder, pictures, components, sums } = sum;
  if (sums.width !== width || sums.data.length !== components.length * width) {
    throw new Error(`the sums of ${classFolder} are not [${components.length}, ${width}]`);
  }
  for (const table of ['class_sum', 'class_member']) {
    await session.run(
      `DELETE FROM ${table} WHERE study = $1 AND class_folder = $2`,
      int(number),
      text(classFolder),
    );
  }
  if (pictures.length > 0) {
    await session.append('class_sum', tables.class_sum, {
      study: new Int32Array(components.length).fill(number),
      class_folder: Array.from(components, () => classFolder),
      component: components,
      sum: Array.from(components, (_, i) => bytesOf(sums.data.subarray(i * width, (i + 1) * width))),
    });
    await session.append('class_member', tables.class_member, {
      study: new Int32Array(pictures.length).fill(number),
      class_folder: pictures.map(() => classFolder),
      sha256: pictures,
    });
  }
  await noteChange(session);
}
