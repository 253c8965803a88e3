import { describe, expect, it } from 'vitest';
import { scoreWordings } from '../../../../src/extension/audit/scoreRewordings';
import type { Direction } from '../../../../src/shared/direction';
import { ClipsightError } from '../../../../src/shared/errors';
import type { Measurement } from '../../../../src/shared/measurement';
import { engineRemote } from '../../../support/engineRemote';
import { expectError } from '../../../support/expectError';
import { studyInfo } from '../../fixtures';

const direction = (text: string): Direction => ({ kind: 'prompt', text });
const study = studyInfo();

/** @param rows per direction its score and what switching off components 2, 5 and 9 costs it */
function measured(rows: readonly (readonly [number, readonly number[]])[], key = study.key): Measurement {
  return {
    study: { ...study, key },
    components: Int32Array.of(2, 5, 9),
    directions: rows.map(([similarity, costs]) => ({
      similarity,
      without: 0,
      values: [Float32Array.from(costs)],
    })),
    notes: [],
  };
}

function engine(images: readonly (Measurement | ClipsightError)[]) {
  return engineRemote({
    measure: async ({ image, methods }) => {
      expect(methods).toEqual(['ablation']);
      const answer = images[['a', 'b', 'c'].indexOf(image.kind === 'file' ? image.path : '')]!;
      if (answer instanceof ClipsightError) throw answer;
      return answer;
    },
    compare: async () => ({
      study,
      failures: [null, { code: 'image', message: 'broken' }, null],
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
  measured([
    [0.3, [0.3, 0.1, -1]],
    [0.25, [0.4, -0.2, 0]],
  ]),
  new ClipsightError('image', 'broken'),
  measured([
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
    const other = engine([measured([[0.3, [0, 0, 0]]], 'another')]);
    await expectError(scoreWordings(other, question, {}), 'library', 'changed');
  });

  it('fail where no image can be read', async () => {
    const none = engine(images.map(() => new ClipsightError('image', 'broken')));
    await expectError(scoreWordings(none, { ...question, others: [] }, {}), 'image', 'None of the images');
  });
});
