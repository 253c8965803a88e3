import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Puts a file in place whole: whoever reads it sees the old content or the new one, never half of it. */
export async function replaceFile(path: string, content: string): Promise<void> {
  const temporary = `${path}.${process.pid}.${randomUUID()}`;
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(temporary, content);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** The same for what can be computed again: failing to write costs time, not correctness, so it is no error. */
export async function keepFile(path: string, content: string): Promise<void> {
  await replaceFile(path, content).catch(() => undefined);
}
