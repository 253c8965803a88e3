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
  // Place and row in one number each: numbers are sorted many times as fast as by a function.
  const { pictures } = chunk;
  const { length } = pictures;
  const keys = Float64Array.from(pictures, (place, row) => place * length + row).sort();
  return taken(
    chunk,
    Int32Array.from(keys, (each) => each % length),
  );
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
  const ints = (of: Int32Array) => which.map((i) => of[i]!);
  const floats = (of: Float32Array) => new Float32Array(which.length).map((_, n) => of[which[n]!]!);
  return {
    pictures: ints(pictures),
    components: ints(components),
    max: floats(max),
    mean: floats(mean),
    tokens: ints(tokens),
  };
}
