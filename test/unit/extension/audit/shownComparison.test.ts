import { expect, it } from 'vitest';
import type { AuditedPrompt, AuditOutcome } from '../../../../src/extension/audit/auditSession';
import { shownComparison } from '../../../../src/extension/audit/shownComparison';
import type { Finding } from '../../../../src/shared/audit';
import { finding, report } from './fixtures';

const subject = (name: string): AuditedPrompt => ({
  name,
  direction: { kind: 'prompt', text: name },
  text: name,
  set: 'prompts',
  images: { kind: 'matches', most: 50 },
  expected: [],
  beside: null,
  place: null,
});

function outcomeOf(
  findings: readonly Finding[],
  key: string,
  untested: readonly number[] = [],
): AuditOutcome {
  const made = report(3, findings);
  const error = { code: 'prompt', message: 'It has 3 images.' } as const;
  return {
    report: {
      ...made,
      study: { ...made.study, key },
      subjects: made.subjects.map((one, i) => (untested.includes(i) ? { ...one, error } : one)),
    },
    subjects: ['a wolf', 'a bat', 'an owl'].map(subject),
    ended: '',
  };
}

it('names findings of both and of one by their places, and tells nothing found from not looked', () => {
  const left = outcomeOf(
    [
      finding({ component: 1, label: 'fence', score: 0.3 }),
      finding({ component: 2, label: 'snow', score: 0.1 }),
      finding({ subject: 1, component: 3, label: null }),
    ],
    'k',
    [2],
  );
  const right = outcomeOf(
    [
      finding({ component: 1, label: 'Snow', score: 0.2 }),
      finding({ component: 9, label: 'grass', score: 0.4 }),
      finding({ subject: 2, component: 8, label: 'a box' }),
    ],
    'other',
  );
  const tested = { left: false, right: false };
  expect(shownComparison(left, right)).toEqual({
    matchedBy: 'label',
    prompts: [
      {
        untested: tested,
        matches: [
          { left: 1, right: 0 },
          { left: null, right: 1 },
          { left: 0, right: null },
        ],
      },
      { untested: tested, matches: [{ left: 2, right: null }] },
      { untested: { left: true, right: false }, matches: [{ left: null, right: 2 }] },
    ],
  });
});

it('takes the same component for the same within one study, and leaves out prompts of which neither has anything', () => {
  const left = outcomeOf([finding({ component: 4, label: null })], 'k');
  const right = outcomeOf([finding({ component: 4, label: 'snow' })], 'k');
  expect(shownComparison(left, right)).toEqual({
    matchedBy: 'component',
    prompts: [{ untested: { left: false, right: false }, matches: [{ left: 0, right: 0 }] }],
  });
});
