import { describe, expect, it } from 'vitest';
import {
  arrange,
  everything,
  isConfirmed,
  type Ordering,
  setOf,
} from '../../../../src/webview/audit/findings';
import { findingOf } from './fixtures';

const effect = (similarity: number, interval: [number, number] | null = null) => ({
  images: 20,
  similarity,
  interval,
  accuracy: null,
  absent: null,
});

const findings = [
  findingOf({
    prompt: 'a wolf',
    label: 'snow',
    component: 5,
    score: 0.12,
    effect: effect(-0.012, [-0.02, -0.005]),
  }),
  findingOf({ prompt: 'a drake', label: null, component: 17, score: 0.09, kind: 'homonym' }),
  findingOf({
    prompt: 'a wolf',
    label: 'Water',
    component: 9,
    score: 0.09,
    effect: effect(-0.001, [-0.003, 0.001]),
  }),
  findingOf({
    prompt: 'bat',
    probe: 'animals.npz',
    label: 'a fence',
    component: 3,
    score: 0.04,
    effect: effect(-2),
    decision: { verdict: 'todo', note: 'ask Ana' },
  }),
];
const byScore: Ordering = { by: 'score', descending: true };
const listed = (change: Partial<typeof everything>, text = '', ordering = byScore) =>
  arrange(findings, { ...everything, ...change }, text, ordering);

describe('arrange', () => {
  it('keeps the order of the report among equals, both ways', () => {
    expect(listed({})).toEqual([0, 1, 2, 3]);
    expect(listed({}, '', { by: 'score', descending: false })).toEqual([3, 1, 2, 0]);
  });

  it('puts what has no value last, whichever way', () => {
    expect(listed({}, '', { by: 'component', descending: false })).toEqual([3, 0, 2, 1]);
    expect(listed({}, '', { by: 'component', descending: true })).toEqual([2, 0, 3, 1]);
  });

  it('orders effects within their unit, prompts first, as logits are no points', () => {
    expect(listed({}, '', { by: 'effect', descending: false })).toEqual([0, 2, 3, 1]);
    expect(listed({}, '', { by: 'effect', descending: true })).toEqual([2, 0, 3, 1]);
  });

  it('orders decisions as a person goes through them', () => {
    expect(listed({}, '', { by: 'decision', descending: false })).toEqual([0, 1, 2, 3]);
    expect(listed({}, '', { by: 'decision', descending: true })).toEqual([3, 0, 1, 2]);
  });

  it('finds text in prompts, labels, numbers and notes, whatever the case', () => {
    expect(listed({}, ' WATER ')).toEqual([2]);
    expect(listed({}, '17')).toEqual([1]);
    expect(listed({}, 'ana')).toEqual([3]);
    expect(listed({}, 'wolf')).toEqual([0, 2]);
  });

  it('filters by kind, decision, set and effect, all of which must hold', () => {
    expect(listed({ kind: 'homonym' })).toEqual([1]);
    expect(listed({ decision: 'undecided' })).toEqual([0, 1, 2]);
    expect(listed({ decision: 'todo' })).toEqual([3]);
    expect(listed({ set: 'prompts' })).toEqual([0, 1, 2]);
    expect(listed({ set: setOf(findings[3]!) })).toEqual([3]);
    expect(listed({ confirmed: true })).toEqual([0, 3]);
    expect(listed({ confirmed: true, set: 'prompts' }, 'water')).toEqual([]);
  });
});

it('confirms what lowers the score by more than chance', () => {
  expect(findings.map(isConfirmed)).toEqual([true, false, false, true]);
  expect(isConfirmed({ effect: effect(0.3) })).toBe(false);
});
