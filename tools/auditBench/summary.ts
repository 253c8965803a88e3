import type { Results } from './results';
import { tables } from './tables';

/** The tables, for people at a terminal. */
export function summary(results: Results): string {
  return [...tables(results)].map(([name, table]) => `${name}\n\n${table}\n`).join('\n');
}
