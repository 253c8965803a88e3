import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SelfTest } from '../../shared/selfTest';
import { keepFile } from '../checkpoint/replaceFile';

/**
 * Self-tests that were made, by the key of what they depend on. Besides saving minutes, this keeps a reading that only
 * the test could decide the same from one day to the next.
 */
export interface SelfTestStore {
  get(key: string): Promise<SelfTest | null>;
  set(key: string, test: SelfTest): Promise<void>;
}

/** In a folder, one file each; in memory where it is null. Keys are file names. */
export function selfTestStore(folder: string | null): SelfTestStore {
  const known = new Map<string, SelfTest>();
  const fileOf = (key: string) => (folder === null ? null : join(folder, 'self-tests', `${key}.json`));
  return {
    async get(key) {
      const file = fileOf(key);
      return known.get(key) ?? (file === null ? null : readStored(file));
    },
    async set(key, test) {
      known.set(key, test);
      const file = fileOf(key);
      if (file !== null) await keepFile(file, JSON.stringify(test));
    },
  };
}

/** Nothing where there is no file, or not one of ours: then the test is made again. */
async function readStored(file: string): Promise<SelfTest | null> {
  try {
    return SelfTest.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}
