import { describe, expect, it } from 'vitest';
import type { Words } from '../../../../src/shared/words';
import {
  answersTo,
  componentWords,
  disagrees,
  wordMarks,
} from '../../../../src/webview/attribution/wordShares';

const words: Pick<Words, 'tokens' | 'contributions' | 'words'> = {
  tokens: [
    { text: '<s>', word: null },
    { text: 'a', word: 0 },
    { text: 'snow', word: 1 },
    { text: 'field', word: 1 },
    { text: '</s>', word: null },
  ],
  contributions: Float32Array.from([0, -0.01, 0.03, 0.01, 0]),
  words: [
    { text: 'a', start: 0, contribution: -0.01, leaveOneOut: 0.08 },
    { text: 'snowfield', start: 2, contribution: 0.04, leaveOneOut: 0.02 },
  ],
};

describe('wordMarks', () => {
  const marks = wordMarks(words as Words);

  it('has every word once, between what begins and ends a text', () => {
    expect(marks.map(({ text }) => text)).toEqual(['<s>', 'a', 'snowfield', '</s>']);
    expect(marks.map(({ word }) => word)).toEqual([null, 0, 1, null]);
  });

  it('holds both numbers against the largest of either', () => {
    const [, a, snow] = marks;
    expect(a).toMatchObject({ share: 1, contributionShare: -0.125 });
    expect(snow).toMatchObject({ share: 0.25, contributionShare: 0.5 });
  });

  it('tells the tokens of a word that has several', () => {
    expect(marks[1]).toMatchObject({ parts: [] });
    expect((marks[2] as { parts: readonly unknown[] }).parts).toHaveLength(2);
  });
});

describe('disagrees', () => {
  const far = { contribution: 1, leaveOneOut: 0.2 };

  it('is for opposite signs of what matters', () => {
    expect(disagrees({ contribution: 0.5, leaveOneOut: -0.1 }, far)).toBe(true);
    expect(disagrees({ contribution: 0.5, leaveOneOut: 0.1 }, far)).toBe(false);
  });

  it('is for what matters much to one and not to the other', () => {
    expect(disagrees({ contribution: 0.9, leaveOneOut: 0.001 }, far)).toBe(true);
    expect(disagrees({ contribution: 0.3, leaveOneOut: 0.001 }, far)).toBe(false);
  });

  it('is not for noise, nor for a difference of size alone', () => {
    expect(disagrees({ contribution: 0.05, leaveOneOut: -0.01 }, far)).toBe(false);
    expect(disagrees({ contribution: 1, leaveOneOut: 0.2 }, far)).toBe(false);
    expect(disagrees({ contribution: 0, leaveOneOut: 0 }, { contribution: 0, leaveOneOut: 0 })).toBe(false);
  });
});

describe('the words of a component', () => {
  it('are those measured, largest first, beside the sums over their tokens', () => {
    const found = componentWords(words, {
      contributions: Float32Array.from([9, 0.5, 0.25, 0.5, 9]),
      leaveOneOut: Float32Array.from([-0.75, 0.5]),
    });
    expect(found).toEqual([
      { word: 0, text: 'a', value: -0.75, estimate: 0.5 },
      { word: 1, text: 'snowfield', value: 0.5, estimate: 0.75 },
    ]);
  });

  it('answered to are those that push its attribution the way it goes', () => {
    const found = [
      { word: 0, text: 'x', value: 1, estimate: 0 },
      { word: 1, text: 'y', value: -0.8, estimate: 0 },
      { word: 2, text: 'z', value: 0.1, estimate: 0 },
    ];
    expect(answersTo(found, 0.3).map(({ text }) => text)).toEqual(['x']);
    expect(answersTo(found, -0.3).map(({ text }) => text)).toEqual(['y']);
    expect(answersTo([{ word: 0, text: 'x', value: 0, estimate: 0 }], 0.3)).toEqual([]);
  });
});
