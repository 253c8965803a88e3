import { describe, expect, it } from 'vitest';
import {
  amplifiedText,
  effectTexts,
  excuseSentence,
  findingSentence,
  outcomeSentence,
  pText,
  scoreSentence,
  spokenFinding,
} from '../../../../src/webview/audit/sentences';
import { auditOf, findingOf } from './fixtures';

const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('sentences of a finding', () => {
  it('says how much, of what, over what, and what would be usual', () => {
    expect(plain(findingSentence(findingOf({})))).toBe(
      '11.0 % of what “a photo of a wolf” loses when components are switched off, it loses with “snow” (latent 549), on average over 30 images. At an alignment of 0.03, 2.0 % would be usual.',
    );
    expect(
      plain(findingSentence(findingOf({ probe: 'animals.npz', prompt: 'wolf', label: null, images: 1 }))),
    ).toContain(
      'of what the class “wolf” of animals.npz loses when components are switched off, it loses with latent 549, on average over 1 image.',
    );
  });

  it('says what excuses where that is not its own alignment, and why', () => {
    expect(excuseSentence(findingOf({}))).toBeNull();
    // What is written alike is no difference.
    expect(excuseSentence(findingOf({ kind: 'homonym', alignment: 0.031, excuse: 0.03 }))).toBeNull();
    expect(plain(findingSentence(findingOf({ kind: 'compound', alignment: 0.14, excuse: -0.11 })))).toContain(
      'At an alignment of \u22120.11, 2.0 % would be usual.',
    );
    expect(excuseSentence(findingOf({ kind: 'compound', alignment: 0.14, excuse: -0.11 }))).toBe(
      'Its own alignment is 0.14, but a whole is not excused by its part: what counts is the alignment with the whole less that with the part.',
    );
    expect(spokenFinding(findingOf({ kind: 'homonym', excuse: -0.02 }))).toContain(
      'expected 2.0\u00a0% at \u22120.02',
    );
  });

  it('says the score with its interval, and p without a false zero', () => {
    expect(plain(scoreSentence(findingOf({ interval: [-0.004, 0.12] })))).toBe(
      '+9.0 % above what is expected, \u22120.4 to 12.0 % (90 % interval); p < 0.001',
    );
    expect(pText(0.0123)).toBe('= 0.012');
  });

  it('says an effect in the unit that it has', () => {
    const effect = {
      images: 26,
      similarity: -0.012,
      interval: null,
      accuracy: { images: 30, before: 0.96, after: 0.71 },
      absent: null,
    };
    expect(effectTexts(findingOf({ effect }))).toEqual({
      change: '\u22121.20 points',
      accuracy: '96 → 71\u00a0%',
    });
    expect(
      effectTexts(findingOf({ probe: 'p', effect: { ...effect, similarity: -2.41, accuracy: null } })),
    ).toEqual({
      change: '\u22122.41 logits',
      accuracy: null,
    });
    expect(effectTexts(findingOf({}))).toBeNull();
  });

  it('says how much more a probe relies on it, also where the prompt does not at all', () => {
    expect(amplifiedText(findingOf({ measured: 0.2, beside: 0.07 }))).toBe('amplified × 2.9');
    expect(amplifiedText(findingOf({ measured: 0.05, beside: 0.1 }))).toBe('weakened × 0.5');
    expect(amplifiedText(findingOf({ measured: 0.2, beside: 0 }))).toBe('only the probe relies on it');
    expect(amplifiedText(findingOf({}))).toBeNull();
  });
});

describe('the sentence of an audit', () => {
  it('counts findings, prompts and what is undecided', () => {
    const decided = { verdict: 'expected', note: null } as const;
    const findings = [findingOf({}), findingOf({ subject: 1, decision: decided })];
    expect(outcomeSentence(auditOf(findings))).toBe('2 findings, in 2 of 24 prompts; 1 undecided.');
    expect(outcomeSentence(auditOf([findingOf({ decision: decided })]))).toBe(
      '1 finding, in 1 of 24 prompts; all decided.',
    );
    const counts = { images: 1, prompts: 1, classes: 2, tested: 3 };
    expect(outcomeSentence(auditOf(findings.slice(0, 1), { counts }))).toBe(
      '1 finding, in 1 of 3 prompts and classes; none decided yet.',
    );
  });

  it('says over what nothing was found, and where nothing could be', () => {
    expect(plain(outcomeSentence(auditOf([])))).toBe(
      'No finding: nothing of the four kinds has more than 1.0 % above what is expected, among 3,412 pairs of 24 prompts with components.',
    );
    expect(outcomeSentence(auditOf([], { pairs: 0 }))).toBe(
      'No pair of a prompt and a component could be tested.',
    );
  });
});
