import { dot, normalise } from '../numeric/vector';

/** A matrix whose rows lie one after the other: [data.length / width, width]. */
export interface Rows {
  readonly data: Float32Array;
  readonly width: number;
}

export function rowCount({ data, width }: Rows): number {
  return data.length / width;
}

/** A view of row i, not a copy. */
export function rowOf({ data, width }: Rows, i: number): Float32Array {
  return data.subarray(i * width, (i + 1) * width);
}

/** The given rows, each v / ‖v‖. Throws at a row that has no direction. */
export function unitRows(rows: Rows, which: Int32Array): Rows {
  const data = new Float32Array(which.length * rows.width);
  which.forEach((i, at) => {
    const row = rowOf(rows, i);
    if (!(dot(row, row) > 0)) throw new Error(`row ${i} has no direction`);
    data.set(normalise(row), at * rows.width);
  });
  return { data, width: rows.width };
}

/** Numbers of the rows that are there and are not 0 throughout: those that have a direction. */
export function directed(rows: Rows, present: Uint8Array): readonly number[] {
  return [...present.keys()].filter((i) => present[i] === 1 && rowOf(rows, i).some((x) => x !== 0));
}
