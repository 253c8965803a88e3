import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decode, largestPicture } from '../../../src/engine/image/decode';
import { ClipsightError } from '../../../src/shared/errors';

const golden = join(__dirname, '../../golden/pixels');
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'clipsight-decode-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function refusal(image: Parameters<typeof decode>[0]): Promise<ClipsightError> {
  const thrown: unknown = await decode(image).then(
    () => 'decoded',
    (error: unknown) => error,
  );
  if (!(thrown instanceof ClipsightError))
    throw new Error(`expected a ClipsightError, got ${String(thrown)}`);
  expect(thrown.code).toBe('image');
  return thrown;
}

/** The message for a file of these bytes, which must name the file; returned without the path. */
async function refusalOf(name: string, content: Uint8Array | string): Promise<string> {
  const path = join(folder, name);
  writeFileSync(path, content);
  const error = await refusal({ kind: 'file', path });
  expect(error.message).toContain(path);
  expect(error.remedy).toBeTruthy();
  return error.message.replace(path, name);
}

/** A PNG whose header promises more than its data holds: whoever decodes it finds it damaged. */
async function pngOfSize(width: number, height: number): Promise<Buffer> {
  const png = await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  png.writeUInt32BE(width, 16);
  png.writeUInt32BE(height, 20);
  png.writeUInt32BE(crc32(png.subarray(12, 29)), 29);
  return png;
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

describe('what is not an image', () => {
  it('is refused when it is not there', async () => {
    const path = join(folder, 'gone.png');
    expect((await refusal({ kind: 'file', path })).message).toBe(`There is no file ${path}.`);
    const below = join(golden, 'rgb.png', 'x.png');
    expect((await refusal({ kind: 'file', path: below })).message).toBe(`There is no file ${below}.`);
  });

  it('is refused when it is a folder', async () => {
    const { message } = await refusal({ kind: 'file', path: folder });
    expect(message).toBe(`${folder} is a folder, not an image.`);
  });

  it('is refused when it is no regular file, without waiting on it', async () => {
    const { message } = await refusal({ kind: 'file', path: '/dev/zero' });
    expect(message).toBe('/dev/zero is not a regular file, not an image.');
  });

  it('is refused when it is empty, as a file and as bytes', async () => {
    expect(await refusalOf('empty.png', '')).toBe('empty.png is empty.');
    const { message } = await refusal({ kind: 'bytes', name: 'paste', bytes: new Uint8Array() });
    expect(message).toBe('paste is empty.');
  });

  it('is refused when it is text, whatever its name', async () => {
    expect(await refusalOf('text.png', 'hello')).toBe('text.png is not an image of a known format.');
  });

  it.each([
    ['a BMP picture', Buffer.from('BM\x46\0\0\0', 'latin1')],
    ['an SVG drawing', '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'],
    ['an SVG drawing', '\ufeff<?xml version="1.0"?>\n<!-- drawn -->\n<svg width="9" height="9"/>'],
    ['a HEIC picture', Buffer.from('\0\0\0\x18ftypheic\0\0\0\0', 'latin1')],
    ['an AVIF picture', Buffer.from('\0\0\0\x18ftypavif\0\0\0\0', 'latin1')],
    ['a BigTIFF picture', Buffer.from('II+\0\x08\0\0\0', 'latin1')],
  ])('is refused as %s', async (what, content) => {
    const path = join(folder, 'picture.png');
    writeFileSync(path, content);
    const { message, remedy } = await refusal({ kind: 'file', path });
    expect(message).toBe(`${path} is ${what}, which is not read.`);
    expect(remedy).toBe('Convert it to JPEG, PNG, WebP, GIF or TIFF.');
  });
});

describe('what is too large', () => {
  it('is refused from its header, with its size and the limit', async () => {
    const message = await refusalOf('huge.png', await pngOfSize(50_000, 50_000));
    expect(message).toBe(`huge.png has 50000 × 50000 pixels; at most ${largestPicture} pixels are read.`);
  });

  it('is decoded up to the limit', async () => {
    // 178956970 = 2 · 5 · 17895697; the data then turn out to be missing.
    expect(await refusalOf('limit.png', await pngOfSize(10, 17_895_697))).toContain('damaged or incomplete');
    expect(await refusalOf('over.png', await pngOfSize(11, 17_895_697))).toContain('at most');
  });
});

describe('what is cut off', () => {
  const files = readdirSync(golden).filter((file) => !file.endsWith('.json'));

  it.each(files)('%s is refused, or decoded in full', async (file) => {
    const bytes = readFileSync(join(golden, file));
    const whole = await decode({ kind: 'bytes', name: file, bytes });
    for (let tenths = 1; tenths < 10; tenths++) {
      const image = {
        kind: 'bytes',
        name: file,
        bytes: bytes.subarray(0, (bytes.length * tenths) / 10),
      } as const;
      // What is lost late in the file may be a second frame, a closing mark or a comment.
      const outcome = tenths <= 5 ? await refusal(image) : await decode(image).catch((error) => error);
      if (!(outcome instanceof ClipsightError)) expect(outcome).toEqual(whole);
      else
        expect(outcome.message).toMatch(
          new RegExp(`^${file} .*(damaged or incomplete|kind that is not read)`),
        );
    }
  });

  it('is refused where a large picture lacks its last lines', async () => {
    const data = Buffer.from(Array.from({ length: 200 * 300 * 3 }, (_, i) => (i * i) % 251));
    const picture = sharp(data, { raw: { width: 200, height: 300, channels: 3 } });
    const encoded = {
      'noise.jpg': await picture.jpeg().toBuffer(),
      'noise.png': await picture.png().toBuffer(),
      'noise.gif': await picture.gif().toBuffer(),
      'noise.webp': await picture.webp().toBuffer(),
      'noise.tif': await picture.tiff({ compression: 'lzw' }).toBuffer(),
    };
    for (const [name, bytes] of Object.entries(encoded)) {
      const message = await refusalOf(name, bytes.subarray(0, Math.floor(bytes.length * 0.97)));
      expect(message).toMatch(new RegExp(`^${name} .*damaged or incomplete`));
    }
  });
});

describe('what is whole but not read', () => {
  it('names the kind of TIFF', async () => {
    const bytes = readFileSync(join(golden, 'rgba16.tif'));
    const tags = bytes.readUInt32LE(4);
    // Entry 9 is ExtraSamples: 1 is alpha that colours are already multiplied by.
    bytes.writeUInt32LE(1, tags + 2 + 9 * 12 + 8);
    expect(await refusalOf('float.tif', bytes)).toBe(
      'float.tif is a TIFF of a kind that is not read: RGB 16,16,16,16 premultiplied-alpha.',
    );
  });

  it('names a GIF whose frame leaves its canvas', async () => {
    const bytes = readFileSync(join(golden, 'palette.gif'));
    bytes.writeUInt16LE(20, 6);
    expect(await refusalOf('wide.gif', bytes)).toContain('whose first frame is larger than its canvas');
  });
});

it('reads bytes as it reads files', async () => {
  const path = join(golden, 'palette-alpha.png');
  const fromFile = await decode({ kind: 'file', path });
  expect(await decode({ kind: 'bytes', name: 'pasted', bytes: readFileSync(path) })).toEqual(fromFile);
  expect(fromFile).toMatchObject({ layout: 'indexed', width: 37, height: 23 });
});

it('ignores the orientation of a JPEG', async () => {
  expect(await decode({ kind: 'file', path: join(golden, 'turned.jpg') })).toMatchObject({
    width: 61,
    height: 47,
  });
});
