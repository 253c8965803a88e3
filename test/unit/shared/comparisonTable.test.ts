import { describe, expect, it, test } from 'vitest';
import {
  heatRows,
  rankedComponents,
  relationRows,
  scoreRows,
  twoBest,
} from '../../../src/shared/comparisonTable';
import { promptConfidences } from '../../../src/shared/confidence';

const clip = { logitScale: 10, logitBias: null };
const broken = { code: 'image', message: 'Broken.' } as const;

describe('scores', () => {
  // Three directions over the two images that were scored; the last is a difference.
  const compared = {
    failures: [null, broken, null],
    similarities: Float32Array.of(0.5, 0.25, 0.25, 0.5, 0.25, -0.25),
  };

  it('are means over the images, with shares of each image averaged', () => {
    const [first, second] = scoreRows(compared, clip, [0, 1]);
    expect(first).toMatchObject({ direction: 0, similarities: [0.5, 0.25], similarity: 0.375 });
    expect(second).toMatchObject({ direction: 1, similarities: [0.25, 0.5], similarity: 0.375 });
    // Each wins one image by as much: half of all, which the difference has no share in.
    expect(first!.confidence).toBeCloseTo(0.5, 12);
    expect(second!.confidence).toBeCloseTo(0.5, 12);
    expect(scoreRows(compared, clip, [0, 1, 2])[0]!.confidence).toBeLessThan(0.5);
  });

  it('have shares that sum to 1, which those of the means need not be', () => {
    const uneven = { failures: [null, null], similarities: Float32Array.of(1, 0, 0, 0.25) };
    const rows = scoreRows(uneven, clip, [0, 1]);
    expect(rows[0]!.confidence + rows[1]!.confidence).toBeCloseTo(1, 12);
    expect(rows[0]!.confidence).not.toBeCloseTo(promptConfidences([0.5, 0.125], clip)[0]!, 2);
  });

  it('of SigLIP have probabilities, each for itself', () => {
    const siglip = { logitScale: 10, logitBias: -5 };
    const one = scoreRows(compared, siglip, [0])[0]!.confidence;
    expect(one).toBeCloseTo((0.5 + 1 / (1 + Math.exp(2.5))) / 2, 12);
    expect(scoreRows(compared, siglip, [0, 1])[0]!.confidence).toBe(one);
  });

  it('name the two best, of equal ones the first', () => {
    const rows = scoreRows(compared, clip, [2, 0, 1]);
    expect(twoBest(rows)?.map(({ direction }) => direction)).toEqual([0, 1]);
    expect(twoBest(rows.slice(0, 1))).toBeNull();
  });
});

describe('components', () => {
  const compared = {
    components: Int32Array.of(9, 4, 6),
    activations: Float32Array.of(1, 2, 3),
    // Of two directions.
    attributions: Float32Array.of(0.5, -0.25, 0, -0.5, 1, 0),
    totals: Float32Array.of(2, 4),
  };

  it('are rows, the one with the largest magnitude first', () => {
    expect(heatRows(compared, [0, 1])).toEqual([
      { component: 4, activation: 2, attributions: [-0.25, 1], largest: 1, spread: 1.25 },
      { component: 9, activation: 1, attributions: [0.5, -0.5], largest: 0.5, spread: 1 },
      { component: 6, activation: 3, attributions: [0, 0], largest: 0, spread: 0 },
    ]);
  });

  it('are ordered by the directions that are shown', () => {
    expect(heatRows(compared, [0]).map(({ component }) => component)).toEqual([9, 4, 6]);
  });

  it('of one direction have their share of all, and are left out without any', () => {
    expect(rankedComponents(compared, 1, 10)).toEqual([
      { component: 4, attribution: 1, share: 0.25, activation: 2 },
      { component: 9, attribution: -0.5, share: 0.125, activation: 1 },
    ]);
    expect(rankedComponents(compared, 1, 1)).toHaveLength(1);
  });
});

test('a relation has a row per direction', () => {
  expect(relationRows({ cosines: Float32Array.of(1, 0.5, 0.5, 1) })).toEqual([
    [1, 0.5],
    [0.5, 1],
  ]);
});
