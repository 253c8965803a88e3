/** Types of columns, as DuckDB and its Parquet files name them. */
export type ColumnType = 'INTEGER' | 'BIGINT' | 'UBIGINT' | 'FLOAT' | 'BOOLEAN' | 'VARCHAR' | 'BLOB';

/** Columns by name, in order. */
export type TableDefinition = Readonly<Record<string, ColumnType>>;

/** Raised when the meaning of a table changes. Libraries, snapshots and shards of other versions are refused. */
export const schemaVersion = 1;

/**
 * The tables of a library, which are also the files of its snapshots and shards. Studies, embedders, pictures and
 * contribution files have numbers that are never used again; vectors are float32, little-endian. No table has keys or
 * indices: whoever writes looks first (only one does), and DuckDB scans columns faster than it keeps an index.
 */
export const tables = {
  embedder: { number: 'INTEGER', key: 'VARCHAR', info: 'VARCHAR' },
  study: { number: 'INTEGER', key: 'VARCHAR', info: 'VARCHAR', embedder: 'INTEGER' },
  picture: { number: 'INTEGER', sha256: 'VARCHAR', width: 'INTEGER', height: 'INTEGER' },
  file: {
    path: 'VARCHAR',
    size: 'BIGINT',
    mtime_ns: 'BIGINT',
    inode: 'UBIGINT',
    sha256: 'VARCHAR',
    class_folder: 'VARCHAR',
    failure: 'VARCHAR',
  },
  embedding: { embedder: 'INTEGER', picture: 'INTEGER', vector: 'BLOB' },
  /** Pictures that have codes, even if no component fired. */
  done: { study: 'INTEGER', picture: 'INTEGER' },
  contribution_file: {
    number: 'INTEGER',
    study: 'INTEGER',
    bytes: 'BIGINT',
    pictures: 'INTEGER',
  },
  /** The file that holds a picture's contributions: rows about it in other files count for nothing. */
  contribution_picture: { study: 'INTEGER', picture: 'INTEGER', file: 'INTEGER' },
  class_sum: { study: 'INTEGER', class_folder: 'VARCHAR', component: 'INTEGER', sum: 'BLOB' },
  class_member: { study: 'INTEGER', class_folder: 'VARCHAR', sha256: 'VARCHAR' },
  annotation: {
    study: 'INTEGER',
    component: 'INTEGER',
    name: 'VARCHAR',
    note: 'VARCHAR',
    mark: 'VARCHAR',
    pinned: 'BOOLEAN',
  },
  text: {
    embedder: 'INTEGER',
    text: 'VARCHAR',
    vector: 'BLOB',
    truncated: 'BOOLEAN',
    read_as: 'VARCHAR',
  },
} as const satisfies Readonly<Record<string, TableDefinition>>;

export type TableName = keyof typeof tables;

export const tableNames = Object.keys(tables) as readonly TableName[];

/** Of one study: one table each, so that a study's activations are read without passing over the others'. */
export const activationColumns = {
  picture: 'INTEGER',
  component: 'INTEGER',
  max: 'FLOAT',
  mean: 'FLOAT',
  token: 'INTEGER',
} as const satisfies TableDefinition;

/** Made anew from the image files at any time, so neither in snapshots nor in shards. */
export const thumbnailColumns = {
  picture: 'INTEGER',
  size: 'INTEGER',
  jpeg: 'BLOB',
} as const satisfies TableDefinition;

/**
 * Results that took runs of a model, by a name that is a hash of all that they depend on: never wrong, computed anew at
 * any time, and so neither in snapshots nor in shards, nor counted as a change.
 */
export const keptColumns = {
  name: 'VARCHAR',
  bytes: 'BLOB',
  /** Length of `bytes`. */
  size: 'INTEGER',
  /** When it was last asked for, in milliseconds since 1970, to the hour. */
  used: 'BIGINT',
} as const satisfies TableDefinition;

/** Numbers of the library itself, by name. */
export const metaColumns = { name: 'VARCHAR', value: 'BIGINT' } as const satisfies TableDefinition;

/** Contribution vectors of some pictures in one study, in order of component and picture: a Parquet file of its own. */
export const contributionColumns = {
  component: 'INTEGER',
  sha256: 'VARCHAR',
  /** float16, little-endian, to be multiplied by `scale`. */
  vector: 'BLOB',
  scale: 'FLOAT',
} as const satisfies TableDefinition;

export function createTable(name: string, columns: TableDefinition): string {
  const list = Object.entries(columns).map(([column, type]) => `"${column}" ${type}`);
  return `CREATE TABLE ${name} (${list.join(', ')})`;
}
