import { describe, expect, it } from 'vitest';
import type { ConfidenceInterval, Faithfulness, Method } from '../../../../src/shared/measurement';
import type { StudyInfo } from '../../../../src/shared/study';
import { faithfulnessSentences } from '../../../../src/webview/attribution/faithfulnessSentences';

type Areas = Partial<Record<Method, number>>;

interface Given {
  readonly pairs?: number;
  /** Of deletion; insertion mirrors it. */
  readonly areas: Areas;
  /** Of the difference from activation × gradient, of deletion. */
  readonly intervals?: Partial<Record<Method, [number, number]>>;
  readonly failures?: number;
}

function found({ pairs = 1, areas, intervals = {}, failures = 0 }: Given): Faithfulness {
  const curve = (auc: number, ci: ConfidenceInterval) => ({
    auc,
    ci: null,
    curve: [auc],
    difference: { mean: auc - areas['activation-gradient']!, ci },
  });
  return {
    study: {} as StudyInfo,
    pairs,
    fractions: [0, 1],
    methods: (Object.keys(areas) as Method[]).map((method) => {
      const ci = intervals[method] ?? null;
      return {
        method,
        deletion: curve(areas[method]!, ci),
        insertion: curve(1 - areas[method]!, ci && [-ci[1], -ci[0]]),
        rankCorrelation: method === 'activation-gradient' ? { mean: 0.934, ci: null } : null,
      };
    }),
    failures: Array.from({ length: failures }, (_, image) => ({
      image,
      error: { code: 'image' as const, message: 'no' },
    })),
    notes: [],
  };
}

const areas = { 'activation-gradient': 0.31, ablation: 0.3, random: 0.5 };

describe('of one image', () => {
  it('tells what was seen and that it says nothing of others', () => {
    expect(faithfulnessSentences(found({ areas }))).toEqual([
      'In this image removing components in the order of activation × gradient lowers the score about as fast as the exact order.',
      'In this image putting them back in that order raises it about as fast as the exact order.',
      'Spearman’s rank correlation of its values with exact ablation is 0.93.',
      'This is one image and one random order: it says nothing of other images.',
    ]);
  });

  it.each([
    [0.4, 'faster than a random order, and slower than the exact one'],
    [0.5, 'no faster than a random order'],
    [0.6, 'slower than a random order'],
    [0.25, 'faster than the exact order'],
  ])('places an area of %d', (auc, words) => {
    const [deletion, insertion] = faithfulnessSentences(
      found({ areas: { ...areas, 'activation-gradient': auc } }),
    );
    expect(deletion).toContain(words);
    expect(insertion).toContain(words);
  });

  it('claims nothing where no order can be told from another', () => {
    const [deletion] = faithfulnessSentences(found({ areas: { ...areas, random: 0.3004 } }));
    expect(deletion).toContain('nothing can be said for or against it');
    const [worse] = faithfulnessSentences(found({ areas: { ...areas, random: 0.2 } }));
    expect(worse).toContain('nothing can be said for or against it');
  });

  it('is silent without the orders to hold it against', () => {
    expect(faithfulnessSentences(found({ areas: { 'activation-gradient': 0.3, random: 0.5 } }))[0]).toContain(
      'rank correlation',
    );
  });
});

describe('of several images', () => {
  const of = (random: [number, number], ablation: [number, number]) =>
    faithfulnessSentences(found({ pairs: 12, areas, intervals: { random, ablation } }))[0];

  it('says “about as fast” only where the whole interval is within a tenth of the way', () => {
    expect(of([0.15, 0.22], [-0.018, 0.005])).toBe(
      'Over 12 images removing components in the order of activation × gradient lowers the score faster than a random order; about as fast as the exact one.',
    );
    expect(of([0.15, 0.22], [-0.03, 0.005])).toContain('do not tell whether it is as fast as the exact one');
  });

  it('says slower or faster only where the interval leaves zero out', () => {
    expect(of([0.15, 0.22], [-0.08, -0.03])).toContain('; slower than the exact one');
    expect(of([0.15, 0.22], [0.03, 0.08])).toContain('; faster than the exact one');
  });

  it('does not claim to beat a random order where the interval has zero in it', () => {
    expect(of([-0.01, 0.3], [-0.3, 0.3])).toContain('not measurably faster than a random order');
    expect(of([-0.3, -0.1], [-0.3, -0.2])).toContain('slower than a random order');
  });

  it('falls back to what was seen where there are no intervals, and says so', () => {
    const sentences = faithfulnessSentences(found({ pairs: 3, areas, failures: 2 }));
    expect(sentences[0]).toMatch(/^Over 3 images .* about as fast as the exact order\.$/);
    expect(sentences).toContain('3 images are too few for an interval: it says nothing of others.');
    expect(sentences).toContain('2 images could not be measured.');
  });

  it('names methods that are better by their intervals', () => {
    const sentences = faithfulnessSentences(
      found({
        pairs: 12,
        areas: { ...areas, 'integrated-gradients': 0.29, energy: 0.3 },
        intervals: {
          random: [0.1, 0.2],
          ablation: [-0.02, 0],
          'integrated-gradients': [-0.03, -0.01],
          energy: [-0.03, 0.01],
        },
      }),
    );
    expect(sentences).toContain('Faster at removing by their intervals: integrated gradients.');
  });
});
