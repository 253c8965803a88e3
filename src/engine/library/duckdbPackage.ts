type Package = typeof import('@duckdb/node-api');

let loaded: Package | null = null;

/** Loads DuckDB: 80 ms that an engine without a library is spared at its start. */
export async function loadDuckdb(): Promise<Package> {
  loaded ??= await import('@duckdb/node-api');
  return loaded;
}

/** DuckDB, once a database was opened. */
export function duckdb(): Package {
  if (loaded === null) throw new Error('DuckDB is used before a database was opened');
  return loaded;
}
