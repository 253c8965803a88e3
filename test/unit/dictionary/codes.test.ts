import { describe, expect, it } from 'vitest';
import {
  componentsOf,
  denseCodes,
  overTokens,
  toCodes,
  writtenActivations,
} from '../../../src/engine/dictionary/codes';

describe('toCodes', () => {
  const entries = {
    tokens: Int32Array.of(1, 0, 0, 1, 1),
    latents: Int32Array.of(7, 2, 7, 5, 2),
    values: Float32Array.of(-1, 3, 0, 0, 4),
  };

  it('puts entries in any order where they belong, and leaves out latents that are silent everywhere', () => {
    const codes = toCodes(entries, 2, 9);
    expect([...codes.latents]).toEqual([2, 7]);
    expect([...codes.activations]).toEqual([3, 0, 4, -1]);
  });

  it('has peaks over tokens, a silent token counting as 0', () => {
    expect([...overTokens(toCodes(entries, 2, 9), 1).max]).toEqual([4, 0]);
  });

  it('has means over tokens, and the first token with the peak', () => {
    const { mean, token } = overTokens(toCodes(entries, 2, 9), 1);
    expect([...mean]).toEqual([3.5, -0.5]);
    expect([...token]).toEqual([1, 0]);
  });

  it('writes z times what the dictionary took out of each token', () => {
    expect([...writtenActivations(toCodes(entries, 2, 9))]).toEqual([3, 0, 4, -1]);
    expect([...writtenActivations(toCodes(entries, 2, 9, Float32Array.of(2, 0.5)))]).toEqual([6, 0, 2, -0.5]);
  });

  it('is empty where nothing is active', () => {
    const none = { tokens: new Int32Array(0), latents: new Int32Array(0), values: new Float32Array(0) };
    const codes = toCodes(none, 2, 9);
    expect(codes.latents).toHaveLength(0);
    expect(codes.activations).toHaveLength(0);
  });
});

describe('denseCodes', () => {
  const values = Float32Array.of(0, 1, 0, 0, 3, 4, /* next token */ 0, -2, 0, 0, 0, 5);

  it('leaves out latents that are silent on every token', () => {
    const codes = denseCodes(values, 2, 1);
    expect([...codes.latents]).toEqual([1, 4, 5]);
    expect([...codes.activations]).toEqual([1, 3, 4, -2, 0, 5]);
    expect([...componentsOf(codes, 1)]).toEqual([1, 4, 5]);
    expect([...overTokens(codes, 1).max]).toEqual([1, 3, 5]);
  });

  it('keeps components whole, and shows how long their vectors of activations are', () => {
    const codes = denseCodes(values, 2, 2);
    expect([...codes.latents]).toEqual([0, 1, 4, 5]);
    expect([...codes.activations]).toEqual([0, 1, 3, 4, 0, -2, 0, 5]);
    expect([...componentsOf(codes, 2)]).toEqual([0, 2]);
    expect([...overTokens(codes, 2).max]).toEqual([2, 5]);
  });
});
