import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type * as z from 'zod';

/** What an earlier run left in a file, else what is computed now, which is left there. */
export async function keptOr<T>(file: string, schema: z.ZodType<T>, compute: () => Promise<T>): Promise<T> {
  if (existsSync(file)) return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const fresh = await compute();
  writeFileSync(file, JSON.stringify(fresh));
  return fresh;
}

/** Names what a file depends on. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
