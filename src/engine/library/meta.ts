import { bigints, rowsIn } from './columns';
import { bigint, type Session, text } from './duckdb';

/** Numbers of the library itself. */
export type MetaName =
  | 'schema'
  /** The next number of a picture, and of a contribution file: never used twice. */
  | 'next_picture'
  | 'next_contribution_file'
  /** Raised with every change of what snapshots have. */
  | 'changes'
  /** `changes` as of the last snapshot. */
  | 'snapshot';

export const firstMeta: Readonly<Record<Exclude<MetaName, 'schema'>, bigint>> = {
  next_picture: 0n,
  next_contribution_file: 0n,
  changes: 0n,
  snapshot: 0n,
};

export async function getMeta(session: Session, name: MetaName): Promise<number> {
  const found = await session.run('SELECT value FROM meta WHERE name = $1', text(name));
  if (rowsIn(found) !== 1) throw new Error(`corrupt: meta has no "${name}"`);
  return Number(bigints(found, 0)[0]);
}

export async function setMeta(session: Session, name: MetaName, value: number): Promise<void> {
  await session.run('UPDATE meta SET value = $2 WHERE name = $1', text(name), bigint(BigInt(value)));
}

/** The first of `count` new numbers. */
export async function takeNumbers(
  session: Session,
  name: 'next_picture' | 'next_contribution_file',
  count: number,
): Promise<number> {
  const first = await getMeta(session, name);
  await setMeta(session, name, first + count);
  return first;
}

/** To be called in every transaction that changes what snapshots have. */
export async function noteChange(session: Session): Promise<void> {
  await session.run("UPDATE meta SET value = value + 1 WHERE name = 'changes'");
}
