import { expect, test } from 'vitest';
import { DirectionResult } from '../../../src/shared/analysis';
import { engineProtocol } from '../../../src/shared/engineProtocol';
import { finiteFloats } from '../../../src/shared/typedArrays';

test('numbers that are none do not cross', () => {
  expect(finiteFloats.safeParse(Float32Array.of(-1, 0, 3e38)).success).toBe(true);
  for (const wrong of [
    Float32Array.of(1, Number.NaN),
    Float32Array.of(Number.NEGATIVE_INFINITY),
    Float64Array.of(1),
    [1],
  ]) {
    expect(finiteFloats.safeParse(wrong).success).toBe(false);
  }
});

test('an attribution that is NaN is refused, though the score is a number', () => {
  const result = (attribution: number) => ({
    similarity: 0.3,
    total: 0.1,
    attributions: Float32Array.of(0.1, attribution),
    mode: 'reverse',
  });
  expect(DirectionResult.safeParse(result(0.2)).success).toBe(true);
  expect(DirectionResult.safeParse(result(Number.NaN)).success).toBe(false);
  const { components } = engineProtocol.componentsAt.result.shape;
  expect(components.safeParse(Int32Array.of(1)).success).toBe(true);
});
