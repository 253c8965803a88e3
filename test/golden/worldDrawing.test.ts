import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawScene } from '../../tools/world/draw';
import { openGlyphs } from '../../tools/world/glyphs';
import { readWorldReference } from '../support/worldReference';

const reference = await readWorldReference();
const glyphs = openGlyphs(join(__dirname, '../../tools/world/glyphs'));

describe('scenes are drawn as the recipe draws them', () => {
  it.each(reference.drawings.map((drawing, i) => ({ ...drawing, i, about: drawing.scene.caption })))(
    '$i: $about',
    async ({ scene, size, boxes, rgb }) => {
      const drawn = await drawScene({ ...scene, grain: '' }, { glyphs, size, grain: false });
      const differences = Array.from(rgb, (level, i) => Math.abs(level - drawn.picture.data[i]!));
      const far = differences.filter((difference) => difference > 2).length / differences.length;
      console.log(
        scene.background.kind,
        scene.word?.text,
        scene.artefacts.join(),
        Math.max(...differences),
        far,
        differences.reduce((a, b) => a + b) / differences.length,
      );
      expect(drawn.boxes).toEqual(boxes);
    },
  );
});
