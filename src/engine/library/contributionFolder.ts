import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Where a library keeps its contribution vectors: `<folder>/<study>/<number>.parquet`. */
export function contributionFolder(library: string): string {
  return `${library}.contributions`;
}

export function contributionPath(folder: string, study: number, number: number): string {
  return join(folder, String(study), contributionName(number));
}

export function contributionName(number: number): string {
  return `${String(number).padStart(6, '0')}.parquet`;
}

/** Number of a contribution file by its path, as DuckDB gives it back. */
export function contributionNumber(path: string): number {
  return Number(/(\d+)\.parquet$/.exec(path)?.[1]);
}

/** A name that no contribution file has, to write one under until it is whole. */
export function unfinished(path: string): string {
  return `${path}.unfinished`;
}

export async function makeStudyFolder(folder: string, study: number): Promise<void> {
  await mkdir(join(folder, String(study)), { recursive: true });
}

export async function sizeOf(path: string): Promise<number> {
  return (await stat(path)).size;
}

/** Removes the files that are not registered: what a killed run left. Failing costs disk space only. */
export async function removeOrphans(folder: string, registered: ReadonlySet<string>): Promise<void> {
  const studies = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const study of studies) {
    if (!study.isDirectory() || !/^\d+$/.test(study.name)) continue;
    const inside = join(folder, study.name);
    for (const name of await readdir(inside).catch(() => [])) {
      const path = join(inside, name);
      if (!/^\d+\.parquet(\.unfinished)?$/.test(name) || registered.has(path)) continue;
      await rm(path, { force: true }).catch(() => undefined);
    }
  }
}
