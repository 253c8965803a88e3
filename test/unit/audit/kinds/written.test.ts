import { describe, expect, it } from 'vitest';
import { wordLayouts } from '../../../../src/engine/audit/kinds/layouts';
import { insideBox } from '../../../../src/engine/audit/kinds/letterEvidence';
import type { WordReading, WordReadings } from '../../../../src/engine/audit/kinds/wordReadings';
import { controlsOf, phrasesOf } from '../../../../src/engine/audit/kinds/words';
import { firedLayouts, onLetters, writtenTest } from '../../../../src/engine/audit/kinds/written';
import { axis, cloud, normalSource, share } from './drawn';

const level = 0.05;
const width = 16;
const component = 7;
const controls = Array.from({ length: 38 }, (_, i) => `other${i}`);
const letters = axis(width, 0);
const lettering = axis(width, 0, 0.3);

/** Activations on each layout, of one component. */
function readings(own: number, other: (word: number) => number, blank = 0): WordReadings {
  const reading = (z: number): WordReading => ({
    activations: new Float32Array(wordLayouts.length).fill(z),
    lettering,
  });
  return {
    components: Int32Array.of(component),
    blank: new Float32Array(wordLayouts.length).fill(blank),
    words: new Map([
      ['wolf', reading(own)],
      ...controls.map((text, i) => [text, reading(other(i))] as const),
    ]),
  };
}

const images = {
  active: cloud(letters, 12, 0.1, 1),
  silent: cloud(axis(width, 1), 12, 0.1, 2),
  activations: Float32Array.from({ length: 12 }, (_, i) => 4 + i / 4),
};
const classes = cloud(axis(width, 1), 40, 0.1, 3);
const test = (read: WordReadings, own = images) =>
  writtenTest(read, component, 'wolf', controls, own, classes, level);

describe('written', () => {
  it('holds of what reads this word, and of what fires on any', () => {
    const word = test(readings(5, () => 0.1));
    expect(word.holds).toBe(true);
    expect(word.pWord).toBeLessThan(level);
    const any = test(readings(5, (i) => 4 + 0.1 * i));
    expect(any.holds).toBe(true);
    expect(any.pWord).toBeGreaterThan(level);
  });

  it('does not hold of what fires on the colours, or hardly', () => {
    expect(test(readings(5, () => 5, 5)).holds).toBe(false);
    expect(test(readings(0, () => 0)).holds).toBe(false);
    // Less than in any of the subject's images.
    expect(test(readings(1, () => 0)).holds).toBe(false);
  });

  it('does not hold where the images do not look written on', () => {
    expect(
      test(
        readings(5, () => 0.1),
        { ...images, active: cloud(axis(width, 1), 12, 0.1, 4) },
      ).holds,
    ).toBe(false);
  });

  it('holds the images against classes where it fires in all of them', () => {
    const none = { data: new Float32Array(), width };
    expect(
      test(
        readings(5, () => 0.1),
        { ...images, silent: none },
      ).holds,
    ).toBe(true);
    const plain = { ...images, active: cloud(axis(width, 1), 12, 0.1, 5), silent: none };
    expect(
      test(
        readings(5, () => 0.1),
        plain,
      ).pLettered,
    ).toBeGreaterThan(level);
  });

  it('is at its level on images that have nothing to do with letters', () => {
    let seed = 10;
    const rate = share(50, () => {
      const own = {
        ...images,
        active: cloud(axis(width, 1), 10, 0.2, seed++),
        silent: cloud(axis(width, 1), 10, 0.2, seed++),
      };
      return test(
        readings(5, () => 0.1),
        own,
      ).holds;
    });
    expect(rate).toBeLessThan(0.18);
  });

  it('looks first where it fires most', () => {
    const read = readings(0, () => 0);
    const { activations } = read.words.get('wolf')!;
    activations[3] = 2;
    activations[8] = 5;
    expect(firedLayouts(read, 'wolf', component)).toEqual([8, 3]);
  });
});

describe('evidence on letters', () => {
  it('is the positive part inside, against the part of the picture', () => {
    const found = insideBox(Float32Array.of(3, -5, 1, 0), Float64Array.of(1, 1, 0, 0))!;
    expect(found.inside).toBe(0.75);
    expect(found.area).toBe(0.5);
    expect(insideBox(Float32Array.of(-1, 0), Float64Array.of(1, 0))).toBeNull();
  });

  it('holds where it is inside in nearly all layouts, not of one or two', () => {
    expect(onLetters([0.9, 0.8, 0.9, 0.7, 0.9], [0.3, 0.3, 0.2, 0.3, 0.3], level).holds).toBe(true);
    expect(onLetters([0.9, 0.8], [0.3, 0.3], level).holds).toBe(false);
    expect(onLetters([0.3, 0.2, 0.4, 0.3, 0.3], [0.3, 0.3, 0.2, 0.4, 0.35], level).holds).toBe(false);
    expect(onLetters([], [], level).holds).toBe(false);
  });

  it('is below its level where evidence lies anywhere', () => {
    const normals = normalSource(2);
    const rate = share(150, () => {
      const inside = [...normals(8)].map((x) => 0.4 + 0.1 * x);
      return onLetters(inside, new Array(8).fill(0.4), level).holds;
    });
    expect(rate).toBeLessThan(0.1);
  });
});

describe('words to compare with', () => {
  it('are as many, none of the subject’s, nearest in length first', () => {
    expect(
      controlsOf('wolf', ['a wolf', 'dog', 'fox', 'lion', 'hot dog', 'elephant', '狼', 'lion'], 3),
    ).toEqual(['lion', 'dog', 'fox']);
  });

  it('are made of a vocabulary where they are of several words', () => {
    expect(phrasesOf(['ant', 'bee', 'sea lion', 'cat', 'dog', 'eel'], 2)).toEqual(['ant cat', 'bee dog']);
  });
});
