import type { DuckDBAppender, DuckDBDataChunk, DuckDBVector } from '@duckdb/node-api';
import { duckdb } from './duckdbPackage';
import type { TableDefinition } from './tables';

/** DuckDB's own number of rows in a vector. */
const rowsPerChunk = 2048;

/** Values of one column, one per row: numbers as a typed array where there are many. */
export type ColumnValues =
  | Int32Array
  | Float32Array
  | readonly (number | bigint | boolean | string | Uint8Array | null)[];

/** One for each column of a table, all equally long. */
export type RowsFor<T extends TableDefinition> = { readonly [K in keyof T]: ColumnValues };

/** Appends rows to a table within the transaction of the appender's connection. Synchronous work: pass a batch at a time. */
export function append<T extends TableDefinition>(
  appender: DuckDBAppender,
  definition: T,
  rows: RowsFor<T>,
): void {
  const names = Object.keys(definition);
  const columns = names.map((name) => rows[name]!);
  const count = columns[0]?.length ?? 0;
  if (columns.some(({ length }) => length !== count)) throw new Error('columns of different lengths');
  for (let from = 0; from < count; from += rowsPerChunk) {
    const size = Math.min(rowsPerChunk, count - from);
    const chunk = duckdb().DuckDBDataChunk.create(
      names.map((name) => duckdb()[definition[name]!]),
      size,
    );
    columns.forEach((values, at) => {
      fill(chunk, at, values, from, size);
    });
    appender.appendDataChunk(chunk);
  }
}

function fill(
  chunk: DuckDBDataChunk,
  column: number,
  values: ColumnValues,
  from: number,
  size: number,
): void {
  const vector = chunk.getColumnVector(column);
  const items = itemsOf(vector);
  if (values instanceof Int32Array && items instanceof Int32Array) {
    items.set(values.subarray(from, from + size));
  } else if (values instanceof Float32Array && items instanceof Float32Array) {
    items.set(values.subarray(from, from + size));
  } else {
    for (let i = 0; i < size; i++) {
      const value = values[from + i] ?? null;
      vector.setItem(i, value instanceof Uint8Array ? new (duckdb().DuckDBBlobValue)(value) : value);
    }
  }
  vector.flush();
}

/** Numbers of a vector as they lie in it: one call of DuckDB, where getItem is one per value. */
function itemsOf(vector: DuckDBVector): unknown {
  return 'items' in vector ? vector.items : null;
}

export type Chunks = readonly DuckDBDataChunk[];

export function rowsIn(chunks: Chunks): number {
  return chunks.reduce((sum, { rowCount }) => sum + rowCount, 0);
}

/** A column without nulls. */
export function ints(chunks: Chunks, column: number): Int32Array {
  const values = new Int32Array(rowsIn(chunks));
  let at = 0;
  for (const chunk of chunks) {
    const items = itemsOf(chunk.getColumnVector(column));
    if (!(items instanceof Int32Array)) throw new Error(`column ${column} has another type`);
    values.set(items, at);
    at += chunk.rowCount;
  }
  return values;
}

/** A column without nulls. */
export function floats(chunks: Chunks, column: number): Float32Array {
  const values = new Float32Array(rowsIn(chunks));
  let at = 0;
  for (const chunk of chunks) {
    const items = itemsOf(chunk.getColumnVector(column));
    if (!(items instanceof Float32Array)) throw new Error(`column ${column} has another type`);
    values.set(items, at);
    at += chunk.rowCount;
  }
  return values;
}

export function bigints(chunks: Chunks, column: number): bigint[] {
  return chunks.flatMap((chunk) => {
    const items = itemsOf(chunk.getColumnVector(column));
    if (!(items instanceof BigInt64Array || items instanceof BigUint64Array)) {
      throw new Error(`column ${column} has another type`);
    }
    return Array.from(items);
  });
}

/** A column without nulls. */
export function texts(chunks: Chunks, column: number): string[] {
  return nullableTexts(chunks, column).map((text) => {
    if (text === null) throw new Error(`column ${column} has no value`);
    return text;
  });
}

export function nullableTexts(chunks: Chunks, column: number): (string | null)[] {
  return chunks.flatMap((chunk) =>
    chunk.getColumnValues(column).map((value) => {
      if (value !== null && typeof value !== 'string') throw new Error(`column ${column} is no text`);
      return value;
    }),
  );
}

export function booleans(chunks: Chunks, column: number): boolean[] {
  return chunks.flatMap((chunk) => chunk.getColumnValues(column).map((value) => value === true));
}

/** A column without nulls; the bytes are good as long as the chunks are. */
export function* blobs(chunks: Chunks, column: number): Generator<Uint8Array> {
  for (const chunk of chunks) {
    const vector = chunk.getColumnVector(column);
    if (!(vector instanceof duckdb().DuckDBBlobVector)) throw new Error(`column ${column} is ${vector.type}`);
    for (let i = 0; i < chunk.rowCount; i++) {
      const bytes = vector.getItemBytes(i);
      if (bytes === null) throw new Error(`column ${column} has no value`);
      yield bytes;
    }
  }
}
