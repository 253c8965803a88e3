/** A string as a literal of SQL, for the places that take no parameter (the target of COPY, options). */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The table of a study's activations: named by the study's row number, never by text from outside. */
export function activationTable(study: number): string {
  return `activation_${study}`;
}

/** The rows of a Parquet file. Folders called `name=value` on the way to it mean nothing. */
export function parquet(path: string): string {
  return `read_parquet(${literal(path)}, hive_partitioning = false)`;
}
