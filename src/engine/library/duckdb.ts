import type { DuckDBConnection, DuckDBType, DuckDBValue } from '@duckdb/node-api';
import { append, type Chunks, type RowsFor } from './columns';
import { duckdb, loadDuckdb } from './duckdbPackage';
import { invalidates, libraryError } from './libraryErrors';
import type { TableDefinition } from './tables';

/** A parameter of a statement with its type: left to guess, DuckDB takes numbers for DOUBLE and compares as such. */
export interface Parameter {
  readonly value: DuckDBValue;
  readonly type: DuckDBType;
}

export const int = (value: number): Parameter => ({ value, type: duckdb().INTEGER });
export const bigint = (value: bigint): Parameter => ({ value, type: duckdb().BIGINT });
export const float = (value: number): Parameter => ({ value, type: duckdb().FLOAT });
export const bool = (value: boolean): Parameter => ({ value, type: duckdb().BOOLEAN });
export const text = (value: string | null): Parameter => ({ value, type: duckdb().VARCHAR });
export const blob = (value: Uint8Array): Parameter => ({
  value: duckdb().blobValue(value),
  type: duckdb().BLOB,
});
export const texts = (values: readonly string[]): Parameter => ({
  value: duckdb().listValue([...values]),
  type: duckdb().LIST(duckdb().VARCHAR),
});
export const integers = (values: readonly number[]): Parameter => ({
  value: duckdb().listValue([...values]),
  type: duckdb().LIST(duckdb().INTEGER),
});

/** Statements of one transaction. */
export interface Session {
  /** Runs a statement with parameters $1, $2, …; what it gives, whole. */
  run(sql: string, ...parameters: readonly Parameter[]): Promise<Chunks>;
  /** The same in pieces of at most 2048 rows, for results whose rows are large. */
  chunks(sql: string, ...parameters: readonly Parameter[]): AsyncGenerator<Chunks>;
  /** The same in pieces of about 64 000 rows, for results that should not be in memory whole. */
  stream(sql: string, ...parameters: readonly Parameter[]): AsyncGenerator<Chunks>;
  append<T extends TableDefinition>(table: string, definition: T, rows: RowsFor<T>): Promise<void>;
}

/** A DuckDB database. All that it throws are ClipsightErrors `library` that name the library. */
export interface Database {
  /** Runs `work` on one state of the database, whatever is written meanwhile. */
  read<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** As `read`, for what is given piece by piece. */
  readPieces<T>(work: (session: Session) => AsyncGenerator<T>): AsyncGenerator<T>;
  /** Runs `work` as a transaction, after those asked for before: all of it is kept when it is done, or nothing. */
  write<T>(work: (session: Session) => Promise<T>): Promise<T>;
  /** Whether DuckDB gave it up: it answers nothing more, and is to be closed and opened anew. */
  readonly isInvalid: boolean;
  /** Waits for what runs. */
  close(): Promise<void>;
}

const chunksPerPiece = 32;
/** Connections kept for the next read. */
const mostIdle = 4;

/**
 * Opens a database file, or one in memory. `owner` names the library in errors.
 *
 * @param spill Folder for what does not fit into memory.
 * @throws what DuckDB throws.
 */
export async function openDatabase(
  path: string | ':memory:',
  options: { readonly owner: string; readonly spill: string; readonly threads: number },
): Promise<Database> {
  const { DuckDBInstance } = await loadDuckdb();
  const instance = await DuckDBInstance.create(path, {
    memory_limit: '512MB',
    threads: String(options.threads),
    temp_directory: options.spill,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const setting = await instance.connect();
  // Contribution files never change: with their footers in memory, reading a component of many takes half as long.
  await setting.run('SET GLOBAL parquet_metadata_cache = true');
  setting.closeSync();
  const { owner } = options;
  const idle: DuckDBConnection[] = [];
  const running = new Set<Promise<unknown>>();
  let writing: Promise<unknown> = Promise.resolve();
  let isInvalid = false;
  let closed = false;

  function explained(thrown: unknown): unknown {
    isInvalid ||= invalidates(thrown);
    return libraryError(owner, thrown);
  }

  async function transaction<T>(mode: string, work: (session: Session) => Promise<T>): Promise<T> {
    const connection = idle.pop() ?? (await instance.connect());
    try {
      await connection.run(`BEGIN TRANSACTION ${mode}`);
      const result = await work(sessionOf(connection));
      await connection.run('COMMIT');
      if (idle.length < mostIdle) idle.push(connection);
      else connection.closeSync();
      return result;
    } catch (thrown) {
      await connection.run('ROLLBACK').catch(() => undefined);
      connection.closeSync();
      throw thrown;
    }
  }

  function noted<T>(work: Promise<T>): Promise<T> {
    const ended = work.catch(() => undefined).finally(() => running.delete(ended));
    running.add(ended);
    return work.catch((thrown: unknown) => {
      throw explained(thrown);
    });
  }

  return {
    read: (work) => noted(transaction('READ ONLY', work)),
    async *readPieces(work) {
      let ended = (): void => undefined;
      const whole = new Promise<void>((resolve) => {
        ended = resolve;
      });
      void noted(whole);
      const connection = await instance.connect();
      try {
        await connection.run('BEGIN TRANSACTION READ ONLY');
        yield* work(sessionOf(connection));
        await connection.run('COMMIT');
      } catch (thrown) {
        throw explained(thrown);
      } finally {
        connection.closeSync();
        ended();
      }
    },
    write(work) {
      const turn = writing.then(() => transaction('READ WRITE', work));
      writing = turn.catch(() => undefined);
      return noted(turn);
    },
    get isInvalid() {
      return isInvalid;
    },
    async close() {
      while (running.size > 0) await Promise.all(running);
      if (closed) return;
      closed = true;
      for (const connection of idle.splice(0)) connection.closeSync();
      instance.closeSync();
    },
  };
}

function sessionOf(connection: DuckDBConnection): Session {
  async function* chunks(sql: string, ...parameters: readonly Parameter[]): AsyncGenerator<Chunks> {
    const result = await connection.stream(sql, valuesOf(parameters), typesOf(parameters));
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) return;
      yield [chunk];
    }
  }
  return {
    chunks,
    async run(sql, ...parameters) {
      const result = await connection.run(sql, valuesOf(parameters), typesOf(parameters));
      return (await result.fetchAllChunks()).filter(({ rowCount }) => rowCount > 0);
    },
    async *stream(sql, ...parameters) {
      let piece = [];
      for await (const chunk of chunks(sql, ...parameters)) {
        piece.push(...chunk);
        if (piece.length < chunksPerPiece) continue;
        yield piece;
        piece = [];
      }
      if (piece.length > 0) yield piece;
    },
    async append(table, definition, rows) {
      const appender = await connection.createAppender(table);
      try {
        append(appender, definition, rows);
      } finally {
        appender.closeSync();
      }
    },
  };
}

function valuesOf(parameters: readonly Parameter[]): DuckDBValue[] {
  return parameters.map(({ value }) => value);
}

function typesOf(parameters: readonly Parameter[]): DuckDBType[] {
  return parameters.map(({ type }) => type);
}
