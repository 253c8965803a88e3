import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withFile } from '../../../src/engine/checkpoint/files';
import { readEntry, readZip, type ZipEntry } from '../../../src/engine/checkpoint/zip';
import { expectError } from '../../support/expectError';
import { temporaryFolder } from '../../support/temporaryFolder';
import { type EndToWrite, type EntryToWrite, zipBytes } from '../../support/zipFile';

const text = (words: string) => new TextEncoder().encode(words);
const two: readonly EntryToWrite[] = [
  { name: 'a/stored', data: text('as it is') },
  { name: 'a/deflated', data: text('again and again and again'), deflated: true },
];

/** Every entry of the archive, and what is read of it. */
async function read(bytes: Uint8Array, base = 0, limit = 1000) {
  const path = join(temporaryFolder(), 'archive.zip');
  writeFileSync(path, bytes);
  return withFile(path, 'checkpoint', async (handle) => {
    const source = { handle, path, owner: 'checkpoint' } as const;
    const entries = await readZip(source, base);
    const contents = new Map<string, string>();
    for (const [name, entry] of entries) {
      contents.set(name, Buffer.from(await readEntry(source, entry, limit)).toString());
    }
    return { entries, contents };
  });
}

const refused = (bytes: Uint8Array, ...parts: string[]) =>
  expectError(read(bytes), 'checkpoint', 'archive.zip', ...parts);

describe('an archive', () => {
  const expected = new Map([
    ['a/stored', 'as it is'],
    ['a/deflated', 'again and again and again'],
  ]);

  test.each<[string, EndToWrite]>([
    ['plain', {}],
    ['with a comment', { comment: 'PK and so on' }],
    ['of zip64', { zip64: true }],
  ])('%s is read', async (_name, end) => {
    const { entries, contents } = await read(zipBytes(two, end));
    expect(contents).toEqual(expected);
    expect(entries.get('a/stored')).toEqual({
      name: 'a/stored',
      method: 0,
      packedSize: 8,
      size: 8,
      offset: 38,
      crc32: 0,
    } satisfies ZipEntry);
  });

  test('with zip64 sizes and offsets is read', async () => {
    expect((await read(zipBytes(two.map((entry) => ({ ...entry, zip64: true }))))).contents).toEqual(
      expected,
    );
  });

  test('that begins later in its file is read, its offsets counted from the start of the file', async () => {
    const { entries, contents } = await read(Buffer.concat([text('{}\n'), zipBytes(two)]), 3);
    expect(contents).toEqual(expected);
    expect(entries.get('a/stored')?.offset).toBe(41);
  });

  test('with nothing in it is read', async () => {
    expect((await read(zipBytes([]))).entries.size).toBe(0);
  });
});

describe('what is refused', () => {
  const one = (entry: Partial<EntryToWrite>) => zipBytes([{ name: 'a', data: text('abc'), ...entry }]);

  test.each(['../a', 'a/../b', '/a', 'C:/a', 'a\\b', 'a\0b', ''])('the name %j', async (name) => {
    await refused(one({ name }), 'name');
  });

  test('a name that is not UTF-8', async () => {
    const bytes = one({});
    await refused(Buffer.from(bytes.toString('latin1').replaceAll('a', '\xff'), 'latin1'), 'UTF-8');
  });

  test.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(0), 'directory at the end'],
    ['a file without a directory', text('PK\x03\x04 and nothing else'), 'directory at the end'],
    ['bytes after the end', Buffer.concat([zipBytes(two), text('x')]), 'directory at the end'],
    ['an encrypted entry', one({ flags: 1 }), 'encrypted'],
    ['an unknown compression', one({ method: 99 }), 'unknown way (99)'],
    ['a stored entry of two sizes', one({ size: 4 }), 'two sizes'],
    ['an entry beyond the file', one({ size: 4000, packedSize: 4000 }), 'beyond the file'],
    ['a zip64 size beyond any file', one({ size: 2 ** 60, packedSize: 2 ** 60, zip64: true }), 'beyond'],
    ['a size that is left to a zip64 field that is missing', one({ size: 0xffffffff }), 'beyond the file'],
    ['an offset beyond the file', one({ headerOffset: 4000 }), 'beyond the file'],
    ['an offset elsewhere', zipBytes([two[1]!, { ...two[0]!, headerOffset: 61 }]), 'not where'],
    ['another name in the local header', one({ localName: 'b' }), 'not where'],
    ['two entries in one place', zipBytes([two[0]!, { ...two[0]!, headerOffset: 0 }]), 'overlaps'],
    ['two entries of one name', zipBytes([two[0]!, two[0]!]), 'two entries'],
    [
      'an entry that reaches into the next',
      zipBytes([{ ...two[0]!, size: 20, packedSize: 20 }, two[1]!]),
      'overlaps',
    ],
    ['more entries than the directory has room for', zipBytes(two, { entries: 40 }), 'claims 40'],
    ['more entries than there are', zipBytes(two, { entries: 3, size: 170 }), 'directory'],
    ['absurdly many entries', zipBytes(two, { entries: 2 ** 50, zip64: true }), 'claims'],
    ['a directory beyond the file', zipBytes(two, { size: 5000 }), 'beyond the file'],
    ['a directory elsewhere', zipBytes(two, { offset: 1 }), 'breaks off'],
    ['a part of several', zipBytes(two, { disk: 1 }), 'several'],
  ])('%s', async (_name, bytes, part) => {
    await refused(bytes, part);
  });

  test('a bomb: an entry that unpacks to more than it says, or says more than is read', async () => {
    const zeros = { name: 'data.pkl', data: new Uint8Array(50_000_000), deflated: true };
    const path = 'archive.zip';
    await expectError(
      read(zipBytes([{ ...zeros, size: 900 }]), 0, 100_000),
      'checkpoint',
      path,
      'to 900 bytes',
    );
    await expectError(read(zipBytes([zeros]), 0, 100_000), 'checkpoint', path, 'more than the 100000');
  });

  test('an entry that unpacks to less than it says, or to nothing', async () => {
    await refused(zipBytes([{ ...two[1]!, size: 26 }]), 'truncated');
    await refused(one({ method: 8 }), 'cannot be unpacked');
  });
});
