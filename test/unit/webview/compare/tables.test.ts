import { describe, expect, it } from 'vitest';
import type { ComparedColumn } from '../../../../src/shared/compareProtocol';
import type { StudyInfo } from '../../../../src/shared/study';
import {
  cosineRows,
  differenceRows,
  heatTableRows,
  promptScores,
  shownPrompts,
} from '../../../../src/webview/compare/tables';

const column = (id: number, direction: string, draftOf: number | null = null): ComparedColumn => ({
  id,
  text: direction,
  scored: direction,
  texts: 1,
  kind: 'prompt',
  direction,
  place: null,
  draftOf,
});
const study = { model: { logitScale: 10, logitBias: null } } as StudyInfo;
const failed = { code: 'image' as const, message: 'broken' };
const scores = {
  directions: ['a', 'b', 'a2'],
  failures: [null, failed, null],
  similarities: Float32Array.of(0.1, 0.3, 0.2, 0.2, 0.4, 0.4),
  readings: [[], ['cut'], []],
};
const softmax = (...ys: number[]) => {
  const sum = ys.reduce((total, y) => total + Math.exp(10 * y), 0);
  return ys.map((y) => Math.exp(10 * y) / sum);
};

describe('scores of the prompts shown', () => {
  const columns = [column(0, 'a'), column(2, 'a2', 0), column(1, 'b')];
  const images = ['x.png', 'y.png', 'z.png'];

  it('leave out of the mean what failed, and keep its place', () => {
    const [a, , b] = promptScores({ columns, scores, study, images });
    expect(a!.similarity).toBeCloseTo(0.2);
    expect(a!.perImage.map((y) => (y === null ? null : Number(y.toFixed(3))))).toEqual([0.1, null, 0.3]);
    expect(b!.readings).toEqual(['cut']);
  });

  it('share among themselves image by image; a rewording in the place of its prompt', () => {
    const [a, draft, b] = promptScores({ columns, scores, study, images });
    const own = [softmax(0.1, 0.2), softmax(0.3, 0.2)];
    expect(a!.confidence).toBeCloseTo((own[0]![0]! + own[1]![0]!) / 2, 5);
    expect(a!.confidence! + b!.confidence!).toBeCloseTo(1, 5);
    expect(draft!.confidence).toBeCloseTo(softmax(0.4, 0.2)[0]!, 5);
  });

  it('have no shares while one of them has no score', () => {
    const all = promptScores({ columns: [...columns, column(3, 'new')], scores, study, images });
    expect(all.map(({ confidence }) => confidence)).toEqual([null, null, null, null]);
    expect(all.map(({ similarity }) => similarity === null)).toEqual([false, false, false, true]);
  });

  it('are not held up by what can have none', () => {
    const [a] = promptScores({ columns: [column(0, 'a'), column(1, '')], scores, study, images });
    expect(a!.confidence).toBeCloseTo(1);
  });
});

describe('components of the prompts shown', () => {
  const heat = {
    directions: ['a', 'b'],
    components: Int32Array.of(4, 7, 9),
    attributions: Float32Array.of(0.5, -0.25, 0, 0.5, 0.25, 0),
    activations: Float32Array.of(1, 1, 1),
    totals: Float32Array.of(1, 1),
  };
  const columns = [column(0, 'a'), column(1, 'new'), column(2, 'b')];
  const components = (...args: Parameters<typeof heatTableRows>) =>
    heatTableRows(...args).rows.map(({ component }) => component);

  it('have a cell for each prompt, empty where nothing is computed; those without effect are left out', () => {
    const { rows, largest } = heatTableRows(columns, heat, { by: 'largest' });
    expect(rows.map(({ component, cells }) => [component, cells])).toEqual([
      [4, [0.5, null, 0.5]],
      [7, [-0.25, null, 0.25]],
    ]);
    expect(largest).toBe(0.5);
  });

  it('are ordered by what tells the prompts apart, or by one of them', () => {
    expect(components(columns, heat, { by: 'spread' })).toEqual([7, 4]);
    expect(components(columns, heat, { by: 'column', column: 0, descending: false })).toEqual([7, 4]);
    expect(components(columns, heat, { by: 'column', column: 0, descending: true })).toEqual([4, 7]);
    // A prompt that is gone orders nothing.
    expect(components(columns, heat, { by: 'column', column: 99, descending: true })).toEqual([4, 7]);
  });
});

describe('what separates two', () => {
  const difference = {
    of: 'a',
    against: 'b',
    comparison: {
      failures: [null, null],
      similarities: Float32Array.of(0.5, 0.25, 0.75, 0.5, 0.25, 0.25),
      components: Int32Array.of(4, 7),
      attributions: Float32Array.of(0.25, -0.5, 0.25, 0, 0, 0.5),
      activations: Float32Array.of(1, 1),
      totals: Float32Array.of(1, 1, 1),
    },
  };

  it('is the direction of their difference, its components by size', () => {
    const rows = differenceRows(difference, column(0, 'a'), column(1, 'b'));
    expect(rows).toEqual({
      similarity: 0.375,
      total: 1,
      rows: [
        { component: 7, attribution: -0.5, of: 0, against: 0.5 },
        { component: 4, attribution: 0.25, of: 0.25, against: 0 },
      ],
    });
  });

  it('ends where the list of its largest components may have gaps', () => {
    const components = Int32Array.from({ length: 80 }, (_, i) => i);
    const long = {
      ...difference,
      comparison: {
        ...difference.comparison,
        components,
        attributions: new Float32Array(240).fill(0.5),
        activations: new Float32Array(80),
      },
    };
    expect(differenceRows(long, column(0, 'a'), column(1, 'b'))?.rows).toHaveLength(50);
  });

  it('is not shown of two others', () => {
    expect(differenceRows(difference, column(1, 'b'), column(0, 'a'))).toBeNull();
  });
});

it('rewordings are called by what they reword', () => {
  const labels = shownPrompts([column(5, 'a'), column(8, 'a2', 5), column(6, 'b')]).map(({ label }) => label);
  expect(labels).toEqual(['1', '1′', '2']);
});

it('cosines go by what they are of', () => {
  const relation = { directions: ['b', 'a'], cosines: Float32Array.of(1, 0.5, 0.25, 1) };
  expect(cosineRows([column(0, 'a'), column(1, 'b'), column(2, 'c')], relation)).toEqual([
    [1, 0.25, null],
    [0.5, 1, null],
    [null, null, null],
  ]);
});
