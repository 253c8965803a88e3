import { bigints, ints, rowsIn } from './columns';
import { bigint, type Session } from './duckdb';
import { activationTable } from './sqlText';
import { studyNumbers } from './studies';

/** Rows that may lie in the order in which they came: eight of DuckDB's row groups, read in some milliseconds. */
const mostLoose = 1_000_000;
/** Beyond that, the share of a table that may: so that each row is written anew a few times only. */
const looseShare = 1 / 8;

/**
 * Puts the activations of each study in the order of their components, where many came since that was done: DuckDB knows
 * the least and the largest value of each row group, and so reads of one component only the groups that it lies in.
 * What is in the tables does not change.
 */
export async function clusterActivations(session: Session, loose = mostLoose): Promise<void> {
  for (const table of (await studyNumbers(session)).map(activationTable)) {
    const { rows, unordered } = await orderOf(session, table);
    if (unordered <= Math.max(loose, rows * looseShare)) continue;
    await session.run(`CREATE TABLE clustered AS SELECT * FROM ${table} ORDER BY component, picture`);
    await session.run(`DROP TABLE ${table}`);
    await session.run(`ALTER TABLE clustered RENAME TO ${table}`);
  }
}

/** Rows of a table, and those from the first one on that lies behind a higher component. */
async function orderOf(session: Session, table: string): Promise<{ rows: number; unordered: number }> {
  const found = await session.run(
    `SELECT min(place) FROM (SELECT rowid AS place, component, lag(component) OVER () AS before FROM ${table})
     WHERE component < before HAVING min(place) IS NOT NULL`,
  );
  if (rowsIn(found) === 0) return { rows: 0, unordered: 0 };
  const counts = await session.run(
    `SELECT count(*)::INTEGER, (count(*) FILTER (rowid >= $1))::INTEGER FROM ${table}`,
    bigint(bigints(found, 0)[0]!),
  );
  return { rows: ints(counts, 0)[0]!, unordered: ints(counts, 1)[0]! };
}
