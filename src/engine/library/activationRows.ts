import { type Chunks, floats, ints } from './columns';
import { int, type Session } from './duckdb';
import type { ActivationChunk } from './library';
import { activationTable } from './sqlText';
import { findStudy } from './studies';

/** Place of a picture among those of a study by its number in the database; −1 where it is none of them. */
export type Places = (number: number) => number;

/** All activations of a study, in the order of the pictures' SHA-256 and of the components. */
export async function* activationsIn(
  session: Session,
  study: string,
  places: Places,
): AsyncGenerator<ActivationChunk> {
  const known = await findStudy(session, study);
  if (known === null) return;
  const pieces = session.stream(
    `SELECT activation.picture, component, max, mean, token
     FROM ${activationTable(known.number)} AS activation
     JOIN (SELECT number, row_number() OVER (ORDER BY sha256) AS place FROM picture) AS ranked
       ON ranked.number = activation.picture
     ORDER BY ranked.place, component`,
  );
  for await (const piece of pieces) yield placed(piece, places);
}

export async function liveComponentsOf(session: Session, study: string): Promise<number> {
  const known = await findStudy(session, study);
  if (known === null) return 0;
  const found = await session.run(
    `SELECT count(DISTINCT component)::INTEGER FROM ${activationTable(known.number)} WHERE max > 0`,
  );
  return ints(found, 0)[0]!;
}

/** Activations of one component, in the order of the pictures' places. */
export async function activationsOfComponent(
  session: Session,
  study: string,
  component: number,
  places: Places,
): Promise<ActivationChunk> {
  const known = await findStudy(session, study);
  const found: Chunks =
    known === null
      ? []
      : await session.run(
          `SELECT picture, component, max, mean, token FROM ${activationTable(known.number)}
           WHERE component = $1`,
          int(component),
        );
  const chunk = placed(found, places);
  const order = Int32Array.from(chunk.pictures.keys()).sort(
    (a, b) => chunk.pictures[a]! - chunk.pictures[b]!,
  );
  return taken(chunk, order);
}

function placed(chunks: Chunks, places: Places): ActivationChunk {
  const pictures = ints(chunks, 0).map(places);
  const chunk = {
    pictures,
    components: ints(chunks, 1),
    max: floats(chunks, 2),
    mean: floats(chunks, 3),
    tokens: ints(chunks, 4),
  };
  if (!pictures.includes(-1)) return chunk;
  return taken(
    chunk,
    Int32Array.from(pictures.keys()).filter((i) => pictures[i] !== -1),
  );
}

function taken(
  { pictures, components, max, mean, tokens }: ActivationChunk,
  which: Int32Array,
): ActivationChunk {
  return {
    pictures: which.map((i) => pictures[i]!),
    components: which.map((i) => components[i]!),
    max: Float32Array.from(which, (i) => max[i]!),
    mean: Float32Array.from(which, (i) => mean[i]!),
    tokens: which.map((i) => tokens[i]!),
  };
}
