import { expect, test } from 'vitest';
import type { ImageAnalysis } from '../../../src/shared/analysis';
import { demandAgreement } from '../../../tools/bench/agreement';

const analysis: ImageAnalysis = {
  width: 1,
  height: 1,
  crop: { left: 0, top: 0, width: 1, height: 1 },
  latents: Int32Array.of(3, 7),
  activations: Float32Array.of(1, 1),
  directions: [{ similarity: 0.25, total: 1.5, attributions: Float32Array.of(2, -0.5), mode: 'reverse' }],
};
const same = { score: 0.25, latents: [3, 7], attributions: Float32Array.of(2, -0.5) };
const check = (change: Partial<typeof same>) => () =>
  demandAgreement(analysis, { ...same, ...change }, 'own');

test('the same numbers are timed', () => {
  expect(check({})).not.toThrow();
  expect(check({ score: 0.25005, attributions: Float32Array.of(2.0001, -0.5) })).not.toThrow();
});

test('others are not', () => {
  expect(check({ score: 0.2502 })).toThrow('Nothing was timed');
  expect(check({ attributions: Float32Array.of(2, -0.4997) })).toThrow('Nothing was timed');
  expect(check({ score: Number.NaN })).toThrow('Nothing was timed');
  expect(check({ attributions: Float32Array.of(Number.NaN, -0.5) })).toThrow('Nothing was timed');
});

test('a latent that one of the two does not have counts as 0', () => {
  expect(check({ latents: [3], attributions: Float32Array.of(2) })).toThrow('Nothing was timed');
  expect(check({ latents: [3, 7, 9], attributions: Float32Array.of(2, -0.5, 0.1) })).toThrow(
    'Nothing was timed',
  );
  expect(check({ latents: [3, 7, 9], attributions: Float32Array.of(2, -0.5, 0) })).not.toThrow();
});
