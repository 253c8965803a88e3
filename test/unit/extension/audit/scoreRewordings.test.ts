import { describe, expect, it } from 'vitest';
import { scoreWordings } from '../../../../src/extension/audit/scoreRewordings';
import type { AttributionResponse } from '../../../../src/shared/analysis';
import type { Direction } from '../../../../src/shared/direction';
import { engineRemote } from '../../../support/engineRemote';
import { expectError } from '../../../support/expectError';
import { studyInfo } from '../../fixtures';

const direction = (text: string): Direction => ({ kind: 'prompt', text });
const study = studyInfo();
const broken = { code: 'image', message: 'broken' } as const;

/** @param rows per direction its score and the attributions of components 2, 5 and 9 */
function outcome(
  rows: readonly (readonly [number, readonly number[]])[],
): AttributionResponse['images'][number] {
  return {
    kind: 'analysis',
    analysis: {
      width: 1,
      height: 1,
      crop: { left: 0, top: 0, width: 1, height: 1 },
      latents: Int32Array.of(2, 5, 9),
      activations: Float32Array.of(1, 1, 1),
      directions: rows.map(([similarity, attributions]) => ({
        similarity,
        total: 0,
        attributions: Float32Array.from(attributions),
        mode: 'forward',
      })),
    },
  };
}

function engine(images: AttributionResponse['images'], key = study.key) {
  return engineRemote({
    attribute: async () => ({ study: { ...study, key }, images, notes: [] }),
    compare: async () => ({
      study,
      failures: [null, broken, null],
      // Two others over the two images that can be read.
      similarities: Float32Array.of(0.2, 0.1, 0.1, 0.45),
      components: new Int32Array(),
      attributions: new Float32Array(),
      activations: new Float32Array(),
      totals: new Float32Array(2),
      readings: [[], []],
    }),
  });
}

const question = {
  study: { model: '/m', dictionary: '/d' },
  key: study.key,
  component: 5,
  images: ['a', 'b', 'c'].map((path) => ({ kind: 'file' as const, path })),
  wordings: [direction('own'), direction('other')],
  others: [direction('x'), direction('y')],
};
const images = [
  outcome([
    [0.3, [0.3, 0.1, -1]],
    [0.25, [0.4, -0.2, 0]],
  ]),
  { kind: 'failure' as const, error: broken },
  outcome([
    [0.4, [0, 0, -1]],
    [0.5, [0.1, 0.3, 0]],
  ]),
];

describe('wordings on the images of a prompt', () => {
  it('have their mean score, the mean share of the component, and how many images they win', async () => {
    const { images: read, scores } = await scoreWordings(engine(images), question, {});
    expect(read).toBe(2);
    const rounded = scores.map((score) =>
      Object.fromEntries(Object.entries(score).map(([name, value]) => [name, Number(value.toFixed(4))])),
    );
    expect(rounded).toEqual([
      // Shares 0.1/0.4 and none where nothing speaks for it; 0.3 > 0.2, but 0.4 < 0.45.
      { similarity: 0.35, share: 0.125, accuracy: 0.5 },
      // 0 where it speaks against, 0.3/0.4; 0.25 > 0.2 and 0.5 > 0.45.
      { similarity: 0.375, share: 0.375, accuracy: 1 },
    ]);
  });

  it('have no accuracy where there is nothing to be told apart from', async () => {
    const { scores } = await scoreWordings(engine(images), { ...question, others: [] }, {});
    expect(scores.map(({ accuracy }) => accuracy)).toEqual([null, null]);
  });

  it('are not scored by another model than the component is of', async () => {
    await expectError(scoreWordings(engine(images, 'another'), question, {}), 'library', 'changed');
  });
});
