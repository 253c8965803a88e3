import type { Rows } from '../semantics/rows';
import type { Places } from './activationRows';
import { blobs, ints, rowsIn, texts } from './columns';
import { int, type Session, texts as textList } from './duckdb';
import type { EmbeddingChunk } from './library';
import { findEmbedder } from './studies';
import { placeRow } from './vectorBytes';

/** Of more pictures than these all embeddings are read and those asked for taken. */
const mostListed = 2000;

/** Raw embeddings [pictures, embedding]; rows of pictures that have none are zero, and not present. */
export async function embeddingsOf(
  session: Session,
  embedder: string,
  sha256: readonly string[],
): Promise<{ rows: Rows; present: Uint8Array }> {
  const known = await findEmbedder(session, embedder);
  const width = known?.width ?? 0;
  const data = new Float32Array(sha256.length * width);
  const present = new Uint8Array(sha256.length);
  if (known === null) return { rows: { data, width }, present };
  const places = new Map<string, number[]>();
  sha256.forEach((sha, i) => {
    const known = places.get(sha);
    if (known === undefined) places.set(sha, [i]);
    else known.push(i);
  });
  const sql = `SELECT picture.sha256, embedding.vector FROM embedding
    JOIN picture ON picture.number = embedding.picture WHERE embedding.embedder = $1`;
  const pieces =
    sha256.length > mostListed
      ? session.stream(sql, int(known.number))
      : session.stream(
          `${sql} AND picture.sha256 IN (SELECT unnest($2::VARCHAR[]))`,
          int(known.number),
          textList(sha256),
        );
  for await (const piece of pieces) {
    const shas = texts(piece, 0);
    let row = 0;
    for (const bytes of blobs(piece, 1)) {
      for (const place of places.get(shas[row]!) ?? []) {
        placeRow(bytes, data, place, width);
        present[place] = 1;
      }
      row += 1;
    }
  }
  return { rows: { data, width }, present };
}

/** All raw embeddings of pictures of a study, some at a time, in no order. */
export async function* embeddingsIn(
  session: Session,
  embedder: string,
  places: Places,
): AsyncGenerator<EmbeddingChunk> {
  const known = await findEmbedder(session, embedder);
  if (known === null) return;
  const { number, width } = known;
  const sql = 'SELECT picture, vector FROM embedding WHERE embedder = $1';
  for await (const chunk of session.chunks(sql, int(number))) {
    const all = ints(chunk, 0).map(places);
    const data = new Float32Array(rowsIn(chunk) * width);
    let row = 0;
    let kept = 0;
    for (const bytes of blobs(chunk, 1)) {
      if (all[row++] !== -1) placeRow(bytes, data, kept++, width);
    }
    yield {
      pictures: all.filter((place) => place !== -1),
      rows: { data: data.subarray(0, kept * width), width },
    };
  }
}
