import { dirname, join } from 'node:path';
import * as z from 'zod';
import { ClipsightError } from '../../shared/errors';
import { isAbsence, parseJson, readAt, readJson, withFile } from '../checkpoint/files';

/** Names of classes from a file beside a probe. */
export interface NamesBeside {
  readonly file: string;
  readonly names: readonly string[];
}

const candidates = ['classes.txt', 'classes.json', 'labels.txt', 'labels.json'];

/** Far more than names take. */
const largestList = 16 * 1024 * 1024;

const Name = z.string().min(1).max(1000);
const ByNumber = z.record(z.string().regex(/^\d+$/), Name);
/** A list, or names by the number of their class, as Hugging Face's configurations have them. */
export const ClassNames = z
  .union([z.array(Name), z.object({ id2label: ByNumber }).transform(({ id2label }) => id2label), ByNumber])
  .transform((names) => (Array.isArray(names) ? names : inOrder(names)))
  .refine((names) => names !== null, 'the classes are not numbered from 0 without a gap')
  .transform((names) => names!);

/**
 * The first of `classes.txt`, `classes.json`, `labels.txt` and `labels.json` that lies in the folder of the probe: one
 * name per line, or JSON. Throws ClipsightError `probe` where it cannot be read.
 */
export async function namesBeside(probe: string): Promise<NamesBeside | null> {
  for (const candidate of candidates) {
    const file = join(dirname(probe), candidate);
    try {
      const names = candidate.endsWith('.json')
        ? parseJson(ClassNames, await readJson(file, 'probe'), file, 'probe')
        : await linesOf(file);
      return { file, names };
    } catch (thrown) {
      if (!isAbsence(thrown)) throw thrown;
    }
  }
  return null;
}

async function linesOf(file: string): Promise<readonly string[]> {
  const bytes = await withFile(file, 'probe', (handle) => readAt(handle, 0, largestList + 1));
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (bytes.length > largestList || text.includes('\0')) {
    throw new ClipsightError('probe', `${file} is no list of names.`, 'Write one name per line.');
  }
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

function inOrder(names: Readonly<Record<string, string>>): readonly string[] | null {
  const count = Object.keys(names).length;
  const listed = Array.from({ length: count }, (_, i) => names[i]);
  return listed.every((name) => name !== undefined) ? listed : null;
}
