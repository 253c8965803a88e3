import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { deflate } from '../../../tools/package/deflate';
import { withoutLocalLinks } from '../../../tools/package/documents';
import { type ExtensionManifest, vsixFrame } from '../../../tools/package/vsix';
import { writeZip } from '../../../tools/package/zip';

it('writes zip files whose directory tells where each file is, with its mode', () => {
  const data = Buffer.from('one line\n'.repeat(100));
  const zip = Buffer.from(
    writeZip([
      { name: 'a/ü.txt', data, deflated: null, isExecutable: false },
      { name: 'b.js', data, deflated: data.subarray(0, 50), isExecutable: true },
    ]),
  );
  const end = zip.length - 22;
  expect([zip.readUInt32LE(end), zip.readUInt16LE(end + 10)]).toEqual([0x06054b50, 2]);
  const first = zip.readUInt32LE(end + 16);
  expect(zip.readUInt32LE(first)).toBe(0x02014b50);
  expect(zip.readUInt32LE(first + 38) >>> 16).toBe(0o100644);
  const nameLength = zip.readUInt16LE(first + 28);
  expect(zip.subarray(first + 46, first + 46 + nameLength).toString()).toBe('a/ü.txt');
  const second = first + 46 + nameLength;
  expect(zip.readUInt32LE(second + 38) >>> 16).toBe(0o100755);
  const local = zip.readUInt32LE(second + 42);
  expect([zip.readUInt32LE(local), zip.readUInt16LE(local + 8)]).toEqual([0x04034b50, 8]);
  expect([zip.readUInt32LE(local + 18), zip.readUInt32LE(local + 22)]).toEqual([50, 900]);
});

it('packs large data the same each time, so that zlib reads it', async () => {
  const data = Uint8Array.from({ length: 200_000 }, (_, i) => (i * i * 7) % 251);
  const packed = await deflate(data);
  expect(Buffer.compare(inflateRawSync(packed!), data)).toBe(0);
  expect(Buffer.compare((await deflate(data))!, packed!)).toBe(0);
});

it('stores what does not get smaller', async () => {
  const noise = createHash('shake256', { outputLength: 5000 }).update('noise').digest();
  expect(await deflate(noise)).toBeNull();
});

it('says in the manifest for which platform a package is, and escapes', () => {
  const manifest: ExtensionManifest = {
    ...{ name: 'n', displayName: 'A & B', description: '<d>', version: '1.2.3', publisher: 'p' },
    ...{ icon: 'media/i.png', keywords: ['k'], categories: ['c'], extensionKind: ['workspace'] },
    engines: { vscode: '^1.100.0' },
  };
  const frame = vsixFrame(manifest, 'darwin-arm64', ['dist/a.js', 'LICENSE']);
  expect(frame.get('extension.vsixmanifest')).toContain(
    '<Identity Language="en-US" Id="n" Version="1.2.3" Publisher="p" TargetPlatform="darwin-arm64"/>',
  );
  expect(frame.get('extension.vsixmanifest')).toContain('<DisplayName>A &#38; B</DisplayName>');
  expect(frame.get('[Content_Types].xml')).toContain(
    '<Override PartName="/LICENSE" ContentType="text/plain"/>',
  );
});

it('takes pictures and links to files out of documents, and keeps their words and other links', () => {
  expect(withoutLocalLinks('a\n\n![x](media/x.png)\n\nb [c](docs/c.md#d), [e](https://e) [f](#g)')).toBe(
    'a\n\nb c, [e](https://e) [f](#g)',
  );
});
