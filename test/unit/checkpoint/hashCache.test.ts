import { createHash } from 'node:crypto';
import {
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { identify, sameFile } from '../../../src/engine/checkpoint/fileIdentity';
import { HashCache } from '../../../src/engine/checkpoint/hashCache';
import { ClipsightError } from '../../../src/shared/errors';
import type { Progress } from '../../../src/shared/rpc/protocol';
import { expectError } from '../../support/expectError';
import { temporaryFolder } from '../../support/temporaryFolder';

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

function fileWith(content: string | Uint8Array): string {
  const file = join(temporaryFolder(), 'weights');
  writeFileSync(file, content);
  return file;
}

/** The hash, and whether the file had to be read for it. */
async function ask(cache: HashCache, file: string): Promise<{ hash: string; read: boolean }> {
  const reports: Progress[] = [];
  const hash = await cache.sha256(file, 'checkpoint', { onProgress: (progress) => reports.push(progress) });
  return { hash, read: reports.length > 0 };
}

describe('identity', () => {
  test('is the same for an untouched file', async () => {
    const file = fileWith('abc');
    expect(sameFile(await identify(file), await identify(file))).toBe(true);
  });

  test.each([
    ['its content', (file: string) => writeFileSync(file, 'abcd')],
    ['its time', (file: string) => utimesSync(file, 1, 1)],
    [
      'the file in its place',
      (file: string) => {
        const { atime, mtime } = { atime: 5, mtime: 5 };
        utimesSync(file, atime, mtime);
        writeFileSync(`${file}.new`, 'abd');
        utimesSync(`${file}.new`, atime, mtime);
        renameSync(`${file}.new`, file);
      },
    ],
  ])('changes with %s', async (_name, change) => {
    const file = fileWith('abc');
    utimesSync(file, 5, 5);
    const before = await identify(file);
    change(file);
    expect(sameFile(before, await identify(file))).toBe(false);
  });

  test('changes when a link is turned to another file', async () => {
    const folder = temporaryFolder();
    const link = join(folder, 'link');
    writeFileSync(join(folder, 'a'), 'abc');
    writeFileSync(join(folder, 'b'), 'abd');
    symlinkSync('a', link);
    const before = await identify(link);
    rmSync(link);
    symlinkSync('b', link);
    expect(sameFile(before, await identify(link))).toBe(false);
  });

  test('of no file is an error', async () => {
    await expectError(identify('/no/such/file', 'dictionary'), 'dictionary', '/no/such/file');
  });
});

describe.each([
  ['in a folder', () => join(temporaryFolder(), 'deep', 'cache')],
  ['in memory', () => null],
])('hashes remembered %s', (_name, makeFolder) => {
  test('are those of the content, and read once', async () => {
    const content = Buffer.alloc(5_000_001, 7);
    const file = fileWith(content);
    const cache = new HashCache(makeFolder());
    expect(await ask(cache, file)).toEqual({ hash: sha256(content), read: true });
    expect(await ask(cache, file)).toEqual({ hash: sha256(content), read: false });
  });

  test('are computed again when the file changed', async () => {
    const file = fileWith('one');
    const cache = new HashCache(makeFolder());
    await ask(cache, file);
    writeFileSync(file, 'another');
    expect(await ask(cache, file)).toEqual({ hash: sha256('another'), read: true });
  });
});

describe('the cache folder', () => {
  test('serves the next process', async () => {
    const folder = temporaryFolder();
    const file = fileWith('abc');
    await ask(new HashCache(folder), file);
    expect(await ask(new HashCache(folder), file)).toEqual({ hash: sha256('abc'), read: false });
    expect(await ask(new HashCache(null), file)).toEqual({ hash: sha256('abc'), read: true });
  });

  test('holds one entry per path, and no temporary files', async () => {
    const folder = temporaryFolder();
    const file = fileWith('abc');
    await ask(new HashCache(folder), file);
    writeFileSync(file, 'abcd');
    await ask(new HashCache(folder), file);
    expect(readdirSync(folder)).toEqual(['hashes.json']);
    expect(JSON.parse(readFileSync(join(folder, 'hashes.json'), 'utf8')).files).toHaveLength(1);
  });

  test.each([
    ['is not JSON', '{"version":1,'],
    ['is another version', '{"version":2,"files":[]}'],
    ['holds what is no hash', '{"version":1,"files":[{"identity":{},"sha256":"x"}]}'],
    ['is empty', ''],
  ])('is ignored and written anew when it %s', async (_name, content) => {
    const folder = temporaryFolder();
    const file = fileWith('abc');
    writeFileSync(join(folder, 'hashes.json'), content);
    expect(await ask(new HashCache(folder), file)).toEqual({ hash: sha256('abc'), read: true });
    expect(await ask(new HashCache(folder), file)).toEqual({ hash: sha256('abc'), read: false });
  });

  test('is shared by many at once without harm', async () => {
    const folder = temporaryFolder();
    const files = Array.from({ length: 12 }, (_, i) => fileWith(`content ${i}`));
    const hashes = await Promise.all(files.map((file) => new HashCache(folder).sha256(file)));
    expect(hashes).toEqual(files.map((_, i) => sha256(`content ${i}`)));
    expect(readdirSync(folder)).toEqual(['hashes.json']);
    expect(JSON.parse(readFileSync(join(folder, 'hashes.json'), 'utf8')).version).toBe(1);
  });

  test('keeps what another process wrote while this one was reading', async () => {
    const folder = temporaryFolder();
    const [theirs, ours] = [fileWith('theirs'), fileWith('ours')];
    const elsewhere = temporaryFolder();
    await ask(new HashCache(elsewhere), theirs);
    await new HashCache(folder).sha256(ours, 'checkpoint', {
      onProgress: () => copyFileSync(join(elsewhere, 'hashes.json'), join(folder, 'hashes.json')),
    });
    const next = new HashCache(folder);
    expect(await ask(next, theirs)).toEqual({ hash: sha256('theirs'), read: false });
    expect(await ask(next, ours)).toEqual({ hash: sha256('ours'), read: false });
  });

  test('that cannot be written costs nothing but time', async () => {
    const notAFolder = fileWith('');
    const file = fileWith('abc');
    expect(await ask(new HashCache(notAFolder), file)).toEqual({ hash: sha256('abc'), read: true });
  });
});

describe('hashing', () => {
  test('reports growing progress up to the size', async () => {
    const reports: Progress[] = [];
    const file = fileWith(Buffer.alloc(9_000_000));
    await new HashCache(null).sha256(file, 'checkpoint', {
      onProgress: (progress) => reports.push(progress),
    });
    const done = reports.map((report) => report.done);
    expect(reports.every(({ total, stage }) => total === 9_000_000 && stage === 'Hashing weights')).toBe(
      true,
    );
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(done.length).toBeGreaterThan(2);
    expect(done.at(-1)).toBe(9_000_000);
  });

  test('stops when it is cancelled on the way, and remembers nothing', async () => {
    const cache = new HashCache(null);
    const file = fileWith(Buffer.alloc(9_000_000));
    const abort = new AbortController();
    const hashing = cache.sha256(file, 'checkpoint', {
      signal: abort.signal,
      onProgress: ({ done }) => {
        if (done > 0) {
          abort.abort();
        }
      },
    });
    await expect(hashing).rejects.toThrow(ClipsightError);
    await expect(hashing).rejects.toMatchObject({ code: 'cancelled' });
    expect((await ask(cache, file)).read).toBe(true);
  });

  test('of a file that changes meanwhile is an error', async () => {
    const file = fileWith(Buffer.alloc(9_000_000));
    const hashing = new HashCache(null).sha256(file, 'checkpoint', {
      onProgress: () => writeFileSync(file, 'other'),
    });
    await expectError(hashing, 'checkpoint', file, 'changed while it was read');
  });
});
