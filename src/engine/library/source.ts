import type { ContributionBuffer } from './contributionBuffer';
import type { Database } from './duckdb';

/** Where a library's rows are read from. */
export type Source =
  | {
      readonly kind: 'owner';
      readonly database: Database;
      /** Contributions that are in no file yet. */
      readonly buffer: ContributionBuffer;
      /** How often pictures were forgotten since it was opened. */
      forgotten: number;
    }
  | {
      readonly kind: 'snapshot';
      readonly database: Database;
      readonly pid: number | null;
      /** Number of the snapshot; null if there is none yet. */
      readonly number: number | null;
      readonly taken: string | null;
      readonly forgotten: 0;
    };
