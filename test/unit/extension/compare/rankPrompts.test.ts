import { describe, expect, it } from 'vitest';
import { bestOf, nearestTo } from '../../../../src/extension/compare/rankPrompts';
import type { ComparisonRequest } from '../../../../src/shared/comparison';
import { studyInfo } from '../../fixtures';
import { groupOf } from './groups';

const fallback = { parts: ['a photo of a ', ''], changes: [] };

/** An engine to whom a text is worth its number. */
function engineOf(asked: ComparisonRequest[]) {
  return {
    compare: async (request: ComparisonRequest) => {
      asked.push(request);
      const worth = request.directions.map((of) =>
        of.kind === 'prompt' ? Number(of.text.replace(/\D/g, '')) : 0,
      );
      return {
        study: studyInfo(),
        failures: [null],
        similarities: Float32Array.from(worth, (value) => value / 100),
        components: new Int32Array(0),
        attributions: new Float32Array(0),
        activations: new Float32Array(0),
        totals: new Float32Array(worth.length),
        readings: worth.map(() => []),
      };
    },
  };
}

describe('prompts of a large group', () => {
  it('are ranked by their mean score, asked for in one go and without attributions', async () => {
    const asked: ComparisonRequest[] = [];
    const input = {
      engine: engineOf(asked),
      study: { model: '/m', dictionary: '/d' },
      images: [{ kind: 'file' as const, path: '/a.png' }],
      fallback,
    };
    const group = groupOf(['p5', 'p9', 'p1', 'p7']);
    expect(await bestOf(group, 2, input, {})).toEqual([1, 3]);
    expect(asked.map(({ most, directions }) => [most, directions.length])).toEqual([[0, 4]]);
  });

  it('are those nearest to a line, in the order of the file', () => {
    const group = groupOf(['a', 'b', 'c', 'd', 'e']);
    expect(nearestTo(group, 5, 3)).toEqual([2, 3, 4]);
    expect(nearestTo(group, 0, 2)).toEqual([0, 1]);
  });
});
