import { blobs, ints, rowsIn } from './columns';
import { blob, int, type Session, text } from './duckdb';
import type { KeptThumbnail } from './library';

export async function thumbnailOf(
  session: Session,
  sha256: string,
  size: number,
): Promise<KeptThumbnail | null> {
  const found = await session.run(
    `SELECT jpeg, width, height FROM thumbnail JOIN picture ON picture.number = thumbnail.picture
     WHERE picture.sha256 = $1 AND size = $2`,
    text(sha256),
    int(size),
  );
  if (rowsIn(found) === 0) return null;
  const [jpeg] = blobs(found, 0);
  return { jpeg: jpeg!.slice(), width: ints(found, 1)[0]!, height: ints(found, 2)[0]! };
}

/** Keeps a thumbnail of a picture that the library has; of others nothing is kept. */
export async function putThumbnail(
  session: Session,
  sha256: string,
  size: number,
  jpeg: Uint8Array,
): Promise<void> {
  await session.run(
    'DELETE FROM thumbnail WHERE size = $2 AND picture IN (SELECT number FROM picture WHERE sha256 = $1)',
    text(sha256),
    int(size),
  );
  await session.run(
    'INSERT INTO thumbnail SELECT number, $2, $3 FROM picture WHERE sha256 = $1',
    text(sha256),
    int(size),
    blob(jpeg),
  );
}
