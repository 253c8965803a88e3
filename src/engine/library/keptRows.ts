import { bigints, blobs, texts } from './columns';
import { bigint, type Session, texts as textList } from './duckdb';
import { keptColumns } from './tables';

/**
 * Room for results. An audit switches 64 components off in 50 000 pictures, 512 numbers each: 3.3 GB in half precision.
 * Where less is kept than one audit reads in turn, nothing of it is there for the next.
 */
export const defaultKeptBytes = 4 * 1024 ** 3;

/** Names asked about at a time: binding a list of texts blocks the event loop. */
const mostAsked = 5000;
/** When a result was used is written once in so many milliseconds: reading is not to write each time. */
const hour = 3_600_000;
/** Share of the room that is left filled where there is too little. */
const kept = 0.8;

/** Results by name, and the names of those whose last use is to be written. */
export async function keptOf(
  session: Session,
  names: readonly string[],
  now: number,
): Promise<{ readonly results: ReadonlyMap<string, Uint8Array>; readonly stale: readonly string[] }> {
  const results = new Map<string, Uint8Array>();
  const stale: string[] = [];
  for (let from = 0; from < names.length; from += mostAsked) {
    const pieces = session.stream(
      'SELECT name, bytes, used FROM kept WHERE name IN (SELECT unnest($1::VARCHAR[]))',
      textList(names.slice(from, from + mostAsked)),
    );
    for await (const piece of pieces) {
      const [found, used] = [texts(piece, 0), bigints(piece, 2)];
      let row = 0;
      for (const bytes of blobs(piece, 1)) {
        results.set(found[row]!, bytes.slice());
        if (Number(used[row]) < now - hour) stale.push(found[row]!);
        row += 1;
      }
    }
  }
  return { results, stale };
}

export async function touchKept(session: Session, names: readonly string[], now: number): Promise<void> {
  for (let from = 0; from < names.length; from += mostAsked) {
    await session.run(
      'UPDATE kept SET used = $1 WHERE name IN (SELECT unnest($2::VARCHAR[]))',
      bigint(BigInt(now)),
      textList(names.slice(from, from + mostAsked)),
    );
  }
}

/** Keeps results whose names are not there yet, and forgets those not used for the longest time to make room. */
export async function putKept(
  session: Session,
  results: ReadonlyMap<string, Uint8Array>,
  now: number,
  room: number,
): Promise<void> {
  const all = [...results];
  for (let from = 0; from < all.length; from += mostAsked) {
    const some = all.slice(from, from + mostAsked);
    const known = new Set(
      await namesIn(
        session,
        some.map(([name]) => name),
      ),
    );
    const fresh = some.filter(([name]) => !known.has(name));
    await session.append('kept', keptColumns, {
      name: fresh.map(([name]) => name),
      bytes: fresh.map(([, bytes]) => bytes),
      size: Int32Array.from(fresh, ([, { length }]) => length),
      used: fresh.map(() => BigInt(now)),
    });
  }
  const [taken] = bigints(await session.run('SELECT coalesce(sum(size), 0)::BIGINT FROM kept'), 0);
  if (Number(taken) > room) await forgetOldest(session, Math.floor(kept * room));
}

async function namesIn(session: Session, names: readonly string[]): Promise<readonly string[]> {
  return texts(
    await session.run('SELECT name FROM kept WHERE name IN (SELECT unnest($1::VARCHAR[]))', textList(names)),
    0,
  );
}

/** Leaves what was used last, as much as fits. */
async function forgetOldest(session: Session, room: number): Promise<void> {
  await session.run(
    `DELETE FROM kept WHERE name IN (
       SELECT name FROM (SELECT name, sum(size) OVER (ORDER BY used DESC, name) AS taken FROM kept)
       WHERE taken > $1)`,
    bigint(BigInt(room)),
  );
}
