import type { Rows } from '../semantics/rows';
import type { NewContributions } from './batches';
import { fromHalfRow, type HalfRows, toHalfRows } from './halfPrecision';
import type { KnownStudy } from './studies';

/** A file is written of so many pictures, or before, when they take so many bytes. */
const mostPictures = 512;
const mostBytes = 64 * 1024 * 1024;

export interface PendingContributions {
  readonly study: KnownStudy;
  readonly picture: number;
  readonly sha256: string;
  readonly components: Int32Array;
  /** [components, embedding] */
  readonly rows: HalfRows;
}

/** Contributions that wait to be written together: files of one picture each could not be read by component. */
export interface ContributionBuffer {
  add(contributions: readonly NewContributions[]): void;
  readonly isFull: boolean;
  /** What waits for a study, or for all. */
  pending(study: number | null): readonly PendingContributions[];
  /** To be called when they are in a file, or given up. */
  drop(written: readonly PendingContributions[]): void;
}

export function contributionBuffer(): ContributionBuffer {
  const waiting = new Map<string, PendingContributions>();
  let bytes = 0;
  const keyOf = (study: number, picture: number) => `${study}/${picture}`;
  return {
    add(contributions) {
      for (const { study, picture, sha256, components, contributions: vectors } of contributions) {
        const key = keyOf(study.number, picture);
        if (waiting.has(key)) continue;
        const rows = toHalfRows(vectors, study.width);
        waiting.set(key, { study, picture, sha256, components: components.slice(), rows });
        bytes += rows.halves.byteLength;
      }
    },
    get isFull() {
      return waiting.size >= mostPictures || bytes >= mostBytes;
    },
    pending: (study) =>
      [...waiting.values()].filter((picture) => study === null || picture.study.number === study),
    drop(written) {
      for (const { study, picture, rows } of written) {
        if (waiting.delete(keyOf(study.number, picture))) bytes -= rows.halves.byteLength;
      }
    },
  };
}

/** All contributions of a waiting picture. */
export function widenedRows({ components, rows, study: { width } }: PendingContributions): Rows {
  const data = new Float32Array(components.length * width);
  components.forEach((_, row) => {
    widenRow(rows, row, width, data, row * width);
  });
  return { data, width };
}

export function widenRow(rows: HalfRows, row: number, width: number, target: Float32Array, at: number): void {
  fromHalfRow(rows.halves.subarray(row * width, (row + 1) * width), rows.scales[row]!, target, at);
}
