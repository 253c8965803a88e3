import type { Session } from './duckdb';

export async function importShard(
  _session: Session,
  _from: string,
  _contributions: string,
): Promise<{ images: number; added: number; notes: readonly string[] }> {
  throw new Error('not built yet');
}
