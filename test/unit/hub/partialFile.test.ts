import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { completePartial, layAside, partialSize, takePartial } from '../../../src/engine/hub/partialFile';
import { temporaryFolder } from '../../support/temporaryFolder';

const blobIn = (folder: string) => join(folder, 'blobs', 'abc');
const names = (blob: string) => readdirSync(join(blob, '..')).toSorted();

describe('the part of a blob', () => {
  it('is laid aside and taken up again, by one only', async () => {
    const blob = blobIn(temporaryFolder());
    const first = await takePartial(blob);
    await first.handle.write('half');
    const other = await takePartial(blob);
    expect([first.size, other.size, other.path === first.path]).toEqual([0, 0, false]);
    await layAside(blob, first);
    expect(names(blob)).toContain('abc.clipsight.incomplete');
    expect(await partialSize(blob)).toBe(4);
    const [taken, late] = await Promise.all([takePartial(blob), takePartial(blob)]);
    expect([taken.size, late.size].toSorted()).toEqual([0, 4]);
    for (const part of [taken, late, other]) await layAside(blob, part);
    expect(names(blob)).toEqual(['abc.clipsight.incomplete']);
  });

  it('is kept where it is the longer one', async () => {
    const blob = blobIn(temporaryFolder());
    const [long, short] = [await takePartial(blob), await takePartial(blob)];
    await long.handle.write('longer');
    await short.handle.write('short');
    await layAside(blob, long);
    await layAside(blob, short);
    expect(readFileSync(`${blob}.clipsight.incomplete`, 'utf8')).toBe('longer');
    expect(names(blob)).toHaveLength(1);
  });

  it('becomes the blob, and what others left of it goes', async () => {
    const blob = blobIn(temporaryFolder());
    const part = await takePartial(blob);
    await part.handle.write('whole');
    writeFileSync(`${blob}.clipsight.incomplete`, 'ha');
    writeFileSync(`${blob}.1a2b3c4d.incomplete`, 'of Python');
    await completePartial(blob, part);
    expect(readFileSync(blob, 'utf8')).toBe('whole');
    expect(names(blob)).toEqual(['abc', 'abc.1a2b3c4d.incomplete']);
  });

  it('of another process is left alone while that may be writing', async () => {
    const blob = blobIn(temporaryFolder());
    mkdirSync(join(blob, '..'));
    const elsewhere = `${blob}.00000000-1-00000000.incomplete`;
    writeFileSync(elsewhere, 'from another machine');
    expect(await partialSize(blob)).toBe(0);
    const hourAgo = Date.now() / 1000 - 3600;
    utimesSync(elsewhere, hourAgo, hourAgo);
    const taken = await takePartial(blob);
    expect([taken.size, existsSync(elsewhere)]).toEqual([20, false]);
    await layAside(blob, taken);
  });
});
