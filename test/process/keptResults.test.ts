import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openLibrary } from '../../src/engine/library/openLibrary';
import type { StoreOptions } from '../../src/engine/library/storedLibrary';
import { temporaryFolder } from '../support/temporaryFolder';

async function opened(file: string, options: StoreOptions = {}) {
  const library = await openLibrary(file, options);
  onTestFinished(() => library.close());
  return library;
}

const bytes = (...values: number[]) => Uint8Array.from(values);

it('keeps results by name, the first that was kept, beyond the process', async () => {
  const file = join(temporaryFolder(), 'library.duckdb');
  const library = await openLibrary(file);
  await library.keep(
    new Map([
      ['a', bytes(1, 2)],
      ['b', bytes()],
    ]),
  );
  await library.keep(
    new Map([
      ['a', bytes(9)],
      ['c', bytes(3)],
    ]),
  );
  const { version } = library;
  const all = new Map([
    ['a', bytes(1, 2)],
    ['b', bytes()],
    ['c', bytes(3)],
  ]);
  expect(await library.kept(['c', 'x', 'b', 'a'])).toEqual(all);
  expect(library.version).toBe(version);
  await library.close();
  expect(await (await opened(file)).kept(['a', 'b', 'c'])).toEqual(all);
});

it('forgets what was used longest ago where there is no room', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const library = await opened(join(temporaryFolder(), 'library.duckdb'), { keptBytes: 10 });
  const day = 86_400_000;
  for (const [i, name] of ['a', 'b', 'c'].entries()) {
    vi.setSystemTime((1000 + i) * day);
    await library.keep(new Map([[name, bytes(i, i, i)]]));
  }
  vi.setSystemTime(1010 * day);
  await library.kept(['a']);
  await library.keep(new Map([['d', bytes(0, 0, 0)]]));
  expect([...(await library.kept(['a', 'b', 'c', 'd'])).keys()].sort()).toEqual(['a', 'd']);
});

it('gives a table for results to a library that was made before there was one', async () => {
  const file = join(temporaryFolder(), 'library.duckdb');
  await (await openLibrary(file)).close();
  const database = await DuckDBInstance.create(file);
  const connection = await database.connect();
  await connection.run('DROP TABLE kept');
  connection.closeSync();
  database.closeSync();
  const library = await opened(file);
  await library.keep(new Map([['a', bytes(1)]]));
  expect(await library.kept(['a'])).toEqual(new Map([['a', bytes(1)]]));
});
