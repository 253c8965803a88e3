import { describe, expect, it } from 'vitest';
import {
  artefactResult,
  compoundResult,
  homonymResult,
  writtenResult,
} from '../../../../src/engine/audit/kinds/sentences';
import { namedNumbers } from '../../../../src/webview/audit/testNumbers';

const phrase = { words: 'bear', text: 'a photo of a bear' };
const results = [
  writtenResult(
    'wolf',
    { holds: true, own: 2.3, others: 0.1, pOwn: 0, pAny: 1, pWord: 0.02, reached: 0.6, pLettered: 0 },
    { holds: true, inside: 0.7, area: 0.2, p: 0.001 },
    0.05,
  ),
  compoundResult({ holds: true, phrase, part: 0.14, whole: 0.03, carried: 0.4, pBetter: 0, pDescribed: 0 }),
  homonymResult(
    {
      active: { text: 0, contrast: 0.1, carried: 0.5 },
      silent: { text: 1, contrast: 0.2, carried: 0.6 },
      p: 0.0001,
      isSettled: true,
    },
    true,
    ['a car', 'a cat'],
  ),
  artefactResult(
    { strong: 412, clear: 430, classes: 171, between: -0.0021, bound: 0.0174, above: 0.58, pWeaker: 0.943 },
    true,
    { holds: true, text: 'a border', alignment: 0.09, pBetter: 0.004, pDescribed: 0.01 },
    'judge',
  ),
];

describe('the numbers of a test', () => {
  it.each(results.map((result) => [result.kind, result] as const))(
    'have names for people, every one that %s has',
    (_, result) => {
      const named = namedNumbers(result);
      expect(named).toHaveLength(Object.keys(result.numbers).length);
      for (const [i, key] of Object.keys(result.numbers).entries()) {
        // A number whose name nobody wrote keeps that of the code.
        if (key !== 'classes') expect(named[i]!.name).not.toBe(key);
        expect(named[i]!.hint).toMatch(/ .*\(.+\)$/);
      }
    },
  );

  it('are written as what they are', () => {
    const values = Object.fromEntries(
      namedNumbers(results[3]!).map(({ name, value }) => [name, value.replaceAll('\u00a0', ' ')]),
    );
    expect(values).toMatchObject({
      classes: '171',
      'decided by the class': '\u22120.2 %',
      'at most': '1.7 %',
      'fires less here': 'p = 0.943',
      'alignment with the nuisance': '0.09',
    });
  });
});
