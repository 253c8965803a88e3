import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawScene } from '../../tools/world/draw';
import { openGlyphs } from '../../tools/world/glyphs';
import { type Scene, sampleScene } from '../../tools/world/scene';
import { demoWorld } from '../../tools/world/world';
import { readWorldReference, Sample, standardErrors } from '../support/worldReference';

/**
 * Levels of 255. Letters are smoothed otherwise than FreeType does it, and fall on a few other pixels; so does the end of
 * a stamp's line.
 */
function toleranceOf({ word, artefacts }: Pick<Scene, 'word' | 'artefacts'>) {
  if (word !== null) return { largest: 255, mean: 3 };
  return artefacts.includes('watermark') ? { largest: 120, mean: 0.1 } : { largest: 2, mean: 0.06 };
}

const reference = await readWorldReference();
const glyphs = openGlyphs(join(__dirname, '../../tools/world/glyphs'));

describe('scenes are drawn as the recipe draws them', () => {
  it.each(reference.drawings.map((drawing, i) => ({ ...drawing, i, about: drawing.scene.caption })))(
    '$i: $about',
    async ({ scene, size, boxes, rgb }) => {
      const drawn = await drawScene({ ...scene, grain: '' }, { glyphs, size, grain: false });
      const differences = Array.from(rgb, (level, i) => Math.abs(level - drawn.picture.data[i]!));
      const { largest, mean } = toleranceOf(scene);
      expect(Math.max(...differences)).toBeLessThanOrEqual(largest);
      expect(differences.reduce((sum, difference) => sum + difference) / differences.length).toBeLessThan(
        mean,
      );
      expect(drawn.boxes).toEqual(boxes);
    },
  );
});

describe('things lie where the recipe puts them', async () => {
  const sample = new Sample();
  for (let k = 0; k < 500; k++) {
    const { boxes } = await drawScene(sampleScene(demoWorld, [3, k]), { glyphs, size: 64 });
    const count = boxes.length === 1 ? 'one' : 'two';
    for (const [left, top, right, bottom] of boxes) {
      const sides = { left, top, right, bottom, area: (right - left) * (bottom - top) };
      for (const [side, value] of Object.entries(sides)) sample.add(`${count} ${side}`, value);
    }
  }
  const moments = sample.moments();
  it.each(Object.entries(reference.boxes))('%s', (name, expected) => {
    const errors = standardErrors(moments[name]!, expected);
    expect(errors.mean).toBeLessThan(4.6);
    expect(errors.deviation).toBeLessThan(4.6);
  });
});
