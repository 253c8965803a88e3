import { copyFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { prepareImage } from '../../../src/engine/clip/prepareImage';
import { prepareHere } from '../../../src/engine/clip/preparePictures';
import { openAiPreprocessing } from '../../../src/engine/clip/preprocessing';
import { type Need, readPictures } from '../../../src/engine/library/readPictures';
import { scan } from '../../../src/engine/library/scan';
import { startedWithin } from '../../../src/engine/sequences';
import { temporaryFolder } from '../../support/temporaryFolder';

const model = openAiPreprocessing(16);
const judge = openAiPreprocessing(8);
const all: Need = { codes: true, embedding: true, judged: true };

async function pictures(folder: string, names: readonly string[]): Promise<void> {
  for (const [i, name] of names.entries()) {
    const background = { r: 20 * i, g: 100, b: 50 };
    await sharp({ create: { width: 20, height: 30, channels: 3, background } })
      .png()
      .toFile(path.join(folder, name));
  }
}

async function read(folder: string, needs: (sha256: readonly string[]) => readonly Need[]) {
  const { files } = await scan([{ folder }], { isNetworkPath: () => false });
  const found = [];
  for await (const one of readPictures(files, {
    model,
    judge,
    prepare: prepareHere,
    needs: async (shas) => needs(shas),
  })) {
    found.push(one);
  }
  return found;
}

describe('reading pictures', () => {
  it('prepares each as model and judge do, in the order of the files', async () => {
    const folder = temporaryFolder();
    const names = Array.from({ length: 40 }, (_, i) => `${String(i).padStart(2, '0')}.png`);
    await pictures(folder, names);
    const found = await read(folder, (shas) => shas.map(() => all));
    expect(found.map(({ file }) => path.basename(file.path))).toEqual(names);
    const [first] = found;
    const source = { kind: 'file', path: path.join(folder, '00.png') } as const;
    expect(first!.picture).toMatchObject({ width: 20, height: 30, need: all, sha256: first!.file.sha256 });
    expect(first!.picture!.pixels).toEqual((await prepareImage(source, model)).pixels);
    expect(first!.picture!.judgePixels).toEqual((await prepareImage(source, judge)).pixels);
  });

  it('decodes only for whom something lacks', async () => {
    const folder = temporaryFolder();
    await pictures(folder, ['a.png', 'b.png', 'c.png']);
    const needs = [
      { codes: false, embedding: false, judged: false },
      { codes: false, embedding: false, judged: true },
      { codes: false, embedding: true, judged: false },
    ];
    const found = await read(folder, () => needs);
    expect(found[0]!.picture).toBeNull();
    expect(found[1]!.picture).toMatchObject({ pixels: null, need: needs[1] });
    expect(found[1]!.picture!.judgePixels).not.toBeNull();
    expect(found[2]!.picture).toMatchObject({ judgePixels: null, need: needs[2] });
  });

  it('prepares a picture once that comes twice, and has a reason for each file where it cannot', async () => {
    const folder = temporaryFolder();
    await pictures(folder, ['a.png']);
    copyFileSync(path.join(folder, 'a.png'), path.join(folder, 'b.png'));
    for (const name of ['x.png', 'y.png']) writeFileSync(path.join(folder, name), 'no picture');
    writeFileSync(path.join(folder, 'z.png'), '');
    const [a, b, x, y, z] = await read(folder, (shas) => shas.map(() => all));
    expect(a!.picture).not.toBeNull();
    expect(b!.picture).toBeNull();
    expect(b!.file).toMatchObject({ sha256: a!.file.sha256, failure: null });
    expect(x!.file.failure).toContain('x.png');
    expect(y!.file.failure).toContain('y.png');
    expect(x!.file.sha256).toBe(y!.file.sha256);
    expect(z!.file).toMatchObject({ sha256: null, size: 0 });
    expect(z!.file.failure).toContain('empty');
  });
});

describe('startedWithin', () => {
  it('starts no more than the budget allows, one at least, and keeps the order', async () => {
    const items = [3, 1, 4, 1, 5, 9, 2, 6];
    let running = 0;
    let most = 0;
    const results: number[] = [];
    const start = async (item: number) => {
      running += item;
      most = Math.max(most, running);
      await new Promise((done) => setTimeout(done, item));
      return item;
    };
    for await (const item of startedWithin(items, { most: 3, budget: 8, cost: (item) => item }, start)) {
      running -= item;
      results.push(item);
    }
    expect(results).toEqual(items);
    expect(most).toBe(9);
  });
});
