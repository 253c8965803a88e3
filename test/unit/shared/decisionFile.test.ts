import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findDecision,
  formatDecisionFile,
  mergeDecisions,
  parseDecisionFile,
  withDecision,
  withoutDecision,
} from '../../../src/shared/decisionFile';
import type { Decision } from '../../../src/shared/decisions';
import type { ClipsightError } from '../../../src/shared/errors';

function decision(prompt: string, change: Partial<Decision> = {}): Decision {
  return { prompt, key: 'study', component: 708, verdict: 'expected', ...change };
}

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const anyDecision = fc.record<Decision>(
  {
    prompt: fc.oneof(fc.constantFrom('a wolf', 'a dog', 'probes/pets.json#wolf'), text),
    key: fc.constantFrom('a', 'b'),
    component: fc.nat(5),
    verdict: fc.constantFrom('expected', 'spurious', 'todo'),
    note: text,
    label: text,
    model: text,
    dictionary: text,
  },
  { requiredKeys: ['prompt', 'key', 'component', 'verdict'] },
) as fc.Arbitrary<Decision>;
const idOf = ({ prompt, key, component }: Decision) => JSON.stringify([prompt, key, component]);
const several = fc.uniqueArray(anyDecision, { selector: idOf, maxLength: 8 });

function errorOf(content: string): ClipsightError {
  try {
    parseDecisionFile(content, 'x/decisions.json');
  } catch (thrown) {
    return thrown as ClipsightError;
  }
  throw new Error('it was read');
}

describe('a file of decisions', () => {
  it('gives back what was written, in one order, each in a line of its own', () => {
    fc.assert(
      fc.property(several, (all) => {
        const written = formatDecisionFile(all);
        const read = parseDecisionFile(written, 'f');
        expect(new Map(read.map((one) => [idOf(one), one]))).toEqual(
          new Map(all.map((one) => [idOf(one), one])),
        );
        expect(formatDecisionFile(all.toReversed())).toBe(written);
        expect(formatDecisionFile(read)).toBe(written);
        const lines = written.split('\n');
        for (const one of all) {
          expect(
            lines.filter((line) => line.includes(`"prompt":${JSON.stringify(one.prompt)},`)),
          ).not.toEqual([]);
        }
        expect(lines).toHaveLength(all.length === 0 ? 5 : all.length + 6);
      }),
    );
  });

  it('reads as it is written', () => {
    expect(formatDecisionFile([decision('b', { note: 'so' }), decision('a', { label: 'snow' })])).toBe(
      [
        '{',
        '  "version": 1,',
        '  "decisions": [',
        '    {"prompt":"a","component":708,"verdict":"expected","label":"snow","key":"study"},',
        '    {"prompt":"b","component":708,"verdict":"expected","note":"so","key":"study"}',
        '  ]',
        '}',
        '',
      ].join('\n'),
    );
  });

  it('changes one decision and no other, those of other studies included', () => {
    fc.assert(
      fc.property(several, anyDecision, (all, one) => {
        const others = all.filter((other) => idOf(other) !== idOf(one));
        const after = withDecision(all, one);
        expect(findDecision(after, one)).toEqual(one);
        expect(formatDecisionFile(withoutDecision(after, one))).toBe(formatDecisionFile(others));
        expect(findDecision(withoutDecision(after, one), one)).toBeNull();
        expect(withDecision(after, one)).toEqual(after);
      }),
    );
  });

  it('merges with the first file being right', () => {
    fc.assert(
      fc.property(several, several, (ours, theirs) => {
        const merged = mergeDecisions(ours, theirs);
        expect(new Set(merged.map(idOf))).toEqual(new Set([...ours, ...theirs].map(idOf)));
        expect(merged).toHaveLength(new Set(merged.map(idOf)).size);
        for (const one of ours) expect(findDecision(merged, one)).toEqual(one);
        expect(mergeDecisions(merged, theirs)).toEqual(merged);
      }),
    );
  });

  it('names itself and a remedy where it is broken', () => {
    const broken: readonly (readonly [string, RegExp])[] = [
      ['{', /is no JSON/],
      ['<<<<<<< HEAD\n{}\n=======\n>>>>>>> other\n', /merge conflict/],
      ['{"version": 2, "decisions": []}', /newer than this Clipsight/],
      ['{"version": 1}', /at decisions/],
      ['{"version": 1, "decisions": [{"prompt": "a"}]}', /at decisions\.0\.key/],
      [
        JSON.stringify({ version: 1, decisions: [{ ...decision('a'), verdict: 'maybe' }] }),
        /at decisions\.0\.verdict/,
      ],
      [
        JSON.stringify({ version: 1, decisions: [decision('a'), decision('a', { verdict: 'todo' })] }),
        /two decisions about component 708 of “a”/,
      ],
    ];
    for (const [content, what] of broken) {
      const error = errorOf(content);
      expect(error.code).toBe('configuration');
      expect(error.message).toMatch(/^x\/decisions\.json /);
      expect(error.message).toMatch(what);
      expect(error.remedy).toBeTruthy();
    }
  });

  it('is read with a byte order mark and with the white space of other programs', () => {
    const all = [decision('a')];
    expect(parseDecisionFile(`\uFEFF${formatDecisionFile(all)}`, 'f')).toEqual(all);
    expect(parseDecisionFile(JSON.stringify({ version: 1, decisions: all }, null, 4), 'f')).toEqual(all);
  });
});
