import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { drawBlank, drawWord, undrawable } from '../../../../src/engine/audit/kinds/drawnWords';
import { wordLayouts } from '../../../../src/engine/audit/kinds/layouts';
import { write } from '../../../../tools/world/letters';

const size = 96;
const plain = { ...wordLayouts[0]!, width: 0.8, height: 0.3 };

/** [size, size], 0 to 255, of the red channel. */
async function red(png: Uint8Array): Promise<Uint8Array> {
  return await sharp(png).extractChannel(0).raw().toBuffer();
}

/** The box of what differs between two pictures. */
function differing(a: Uint8Array, b: Uint8Array, width: number) {
  let [left, top, right, bottom, count] = [width, width, 0, 0, 0];
  a.forEach((value, i) => {
    if (Math.abs(value - b[i]!) < 40) return;
    const [x, y] = [i % width, Math.floor(i / width)];
    left = Math.min(left, x);
    right = Math.max(right, x + 1);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y + 1);
    count += 1;
  });
  return { left, top, right, bottom, count };
}

describe('drawn words', () => {
  it('put ink in the box that is told, in every layout, and nothing else on the blank picture', async () => {
    for (const [n, layout] of wordLayouts.entries()) {
      const { png, box } = await drawWord('Wölfe 9', layout, size);
      const ink = differing(await red(png), await red(await drawBlank(layout, size)), size);
      // Colours may have the same red: the sixth to eighth are told by the others.
      expect(ink.count, `layout ${n}`).toBeGreaterThan(40);
      expect(ink.left).toBeGreaterThanOrEqual(Math.floor(box.left));
      expect(ink.right).toBeLessThanOrEqual(Math.ceil(box.right));
      expect(ink.top).toBeGreaterThanOrEqual(Math.floor(box.top));
      expect(ink.bottom).toBeLessThanOrEqual(Math.ceil(box.bottom));
      expect(ink.right - ink.left).toBeGreaterThan(0.8 * (box.right - box.left));
    }
  });

  it('have the shapes that the demo world writes', async () => {
    const { png, box } = await drawWord('bear', plain, size);
    const ours = await red(png);
    const height = box.bottom - box.top;
    // The same letters as wide, by another way of drawing them.
    const theirs = {
      layout: 'rgb' as const,
      width: size,
      height: size,
      data: new Uint8Array(size * size * 3).fill(245),
    };
    await write(
      { text: 'bear', x: 0.5, edge: 'top', margin: 0, height: height / size / (2384 / 2048) },
      theirs,
    );
    const dark = (pixel: (i: number) => number) =>
      Float64Array.from({ length: size * size }, (_, i) => (pixel(i) < 128 ? 1 : 0));
    const [a, b] = [dark((i) => ours[i]!), dark((i) => theirs.data[3 * i]!)];
    const shifted = (x: number, y: number) => {
      let [both, either] = [0, 0];
      for (let i = 0; i < size * size; i++) {
        const other = b[i + y * size + x] ?? 0;
        if (a[i] === 1 && other === 1) both++;
        if (a[i] === 1 || other === 1) either++;
      }
      return both / either;
    };
    let best = 0;
    const down = -Math.round(box.top);
    for (let y = down - 6; y <= down + 6; y++)
      for (let x = -6; x <= 6; x++) best = Math.max(best, shifted(x, y));
    expect(best).toBeGreaterThan(0.7);
  });

  it('are of different pixels for different words, and the same for the same', async () => {
    const [wolf, again, bear] = await Promise.all(
      ['wolf', 'wolf', 'bear'].map(async (word) => red((await drawWord(word, plain, size)).png)),
    );
    expect(again).toEqual(wolf);
    expect(differing(wolf!, bear!, size).count).toBeGreaterThan(100);
  });

  it('have words on lines of their own where they are larger so', async () => {
    const one = await drawWord('fire engine', { ...plain, height: 0.1 }, size);
    const two = await drawWord('fire engine', { ...plain, height: 0.6 }, size);
    expect(two.box.bottom - two.box.top).toBeGreaterThan(3 * (one.box.bottom - one.box.top));
  });

  it('say which letters there are none for', () => {
    expect(undrawable('Größe, naïve: Ωμέγα Ёж 12 – “q”')).toEqual([]);
    expect(undrawable('e\u0301')).toEqual([]);
    expect(undrawable('狼 wolf 狼 🐺')).toEqual(['狼', '🐺']);
  });
});
