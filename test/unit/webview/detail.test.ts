import { describe, expect, it } from 'vitest';
import type { ImageAnalysis } from '../../../src/shared/analysis';
import type { Method } from '../../../src/shared/measurement';
import type { StudyInfo } from '../../../src/shared/study';
import { detailOf, isQuick, type Sources, wholeOf } from '../../../src/webview/attribution/detail';
import type { Measured } from '../../../src/webview/attribution/measurements';

const analysis = (scale: number): ImageAnalysis => ({
  width: 1,
  height: 1,
  crop: { left: 0, top: 0, width: 1, height: 1 },
  latents: Int32Array.of(3, 9),
  activations: Float32Array.of(2 * scale, 4),
  directions: [
    {
      similarity: 0.5 * scale,
      total: 0,
      attributions: Float32Array.of(0.25 * scale, -0.125),
      mode: 'forward',
    },
    { similarity: 0.25, total: 0, attributions: Float32Array.of(0.5, 0.5), mode: 'forward' },
  ],
});

const measured = (values: readonly (readonly [Method, number[][]])[]): Measured => ({
  asked: { study: '', image: 0, name: '', prompts: [], intervention: [] },
  components: [9, 3],
  wholes: [
    { similarity: 0.5, without: 0.125 },
    { similarity: 0.25, without: 0.5 },
  ],
  values: new Map(values),
});

const sources: Sources = {
  prompt: 0,
  against: [],
  method: 'activation-gradient',
  analysis: analysis(1),
  changed: null,
  values: null,
  valuesBefore: null,
  effects: null,
};

describe('detailOf', () => {
  it('is of the changed model, beside the one as it is', () => {
    const { similarity, before, components } = detailOf({ ...sources, changed: analysis(0) });
    expect([similarity, before]).toEqual([0, 0.5]);
    expect(components![0]).toEqual({
      latent: 3,
      attribution: 0,
      share: 0,
      activation: 0,
      before: { latent: 3, attribution: 0.25, share: 2 / 3, activation: 2, before: null, measured: null },
      measured: null,
    });
    expect(components![1]).toMatchObject({ latent: 9, attribution: -0.125, share: 1 });
  });

  it('takes a method’s values and effects by component, whatever their order', () => {
    const values = measured([['energy', [[1, 3]]]]);
    const effects = measured([['ablation', [[-0.5, 0.25]]]]);
    const { components } = detailOf({ ...sources, method: 'energy', values, effects });
    expect(components).toMatchObject([
      { latent: 3, attribution: 3, share: 0.75, measured: 0.25, before: null },
      { latent: 9, attribution: 1, share: 0.25, measured: -0.5, before: null },
    ]);
    expect(detailOf({ ...sources, method: 'energy' }).components).toBeNull();
  });

  it('subtracts the mean of the opponents from all that is linear', () => {
    const effects = measured([
      [
        'ablation',
        [
          [0.5, 0.25],
          [0.25, 0.5],
        ],
      ],
    ]);
    const { similarity, components } = detailOf({ ...sources, against: [1], effects });
    expect(similarity).toBe(0.25);
    expect(components).toMatchObject([
      { latent: 3, attribution: -0.25, measured: -0.25 },
      { latent: 9, attribution: -0.625, measured: 0.25 },
    ]);
  });
});

describe('wholeOf', () => {
  it('adds up integrated gradients', () => {
    const integrated = [
      'integrated-gradients',
      [
        [0.25, 0.125],
        [0, 0.5],
      ],
    ] as const satisfies readonly [Method, number[][]];
    expect(wholeOf(measured([['integrated-gradients', [[0.25, 0.125]]]])).integrated).toBe(0.375);
    expect(wholeOf(measured([integrated]))).toEqual({
      similarity: 0.25,
      without: -0.375,
      integrated: -0.125,
    });
    expect(wholeOf(measured([])).integrated).toBeNull();
  });
});

describe('isQuick', () => {
  it('goes by the number of components and the blocks after them', () => {
    const study = (blocks: number, layer: number, point = 'resid_post') =>
      ({ model: { blocks }, dictionary: { layer, point } }) as unknown as StudyInfo;
    expect(isQuick(study(12, 10), 64)).toBe(true);
    expect(isQuick(study(12, 10), 65)).toBe(false);
    expect(isQuick(study(12, 8), 10)).toBe(false);
    expect(isQuick(study(12, 0, 'embedding'), 10)).toBe(true);
  });
});
