import { blobs, booleans, nullableTexts, texts } from './columns';
import { int, type Session, texts as textList } from './duckdb';
import type { KeptText } from './library';
import { noteChange } from './meta';
import { demandEmbedder, findEmbedder } from './studies';
import { tables } from './tables';
import { bytesOf, vectorOf } from './vectorBytes';

/** Texts asked about at a time: binding a list of texts blocks the event loop. */
const mostAsked = 5000;

export async function textsOf(
  session: Session,
  embedder: string,
  asked: readonly string[],
): Promise<ReadonlyMap<string, KeptText>> {
  const kept = new Map<string, KeptText>();
  const known = await findEmbedder(session, embedder);
  if (known === null) return kept;
  for (let from = 0; from < asked.length; from += mostAsked) {
    const found = await session.run(
      `SELECT text, vector, truncated, read_as FROM text
       WHERE embedder = $1 AND text IN (SELECT unnest($2::VARCHAR[]))`,
      int(known.number),
      textList(asked.slice(from, from + mostAsked)),
    );
    const [vectors, truncated, readAs] = [[...blobs(found, 1)], booleans(found, 2), nullableTexts(found, 3)];
    texts(found, 0).forEach((text, i) => {
      kept.set(text, { vector: vectorOf(vectors[i]!), truncated: truncated[i]!, readAs: readAs[i]! });
    });
  }
  return kept;
}

/** Keeps texts, in the place of what was kept of them. */
export async function putTexts(
  session: Session,
  embedder: string,
  kept: ReadonlyMap<string, KeptText>,
): Promise<void> {
  const { number, width } = await demandEmbedder(session, embedder);
  const values = [...kept.values()];
  if (values.some(({ vector }) => vector.length !== width))
    throw new Error(`a text's vector is not [${width}]`);
  await session.run(
    'DELETE FROM text WHERE embedder = $1 AND text IN (SELECT unnest($2::VARCHAR[]))',
    int(number),
    textList([...kept.keys()]),
  );
  await session.append('text', tables.text, {
    embedder: new Int32Array(kept.size).fill(number),
    text: [...kept.keys()],
    vector: values.map(({ vector }) => bytesOf(vector)),
    truncated: values.map(({ truncated }) => truncated),
    read_as: values.map(({ readAs }) => readAs),
  });
  await noteChange(session);
}
