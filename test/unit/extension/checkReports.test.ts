import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CheckReports } from '../../../src/extension/prompts/checkReports';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Reports over a list in which `given` are checked. */
function over(...given: string[]) {
  let known = new Set(given);
  const taken: string[][] = [];
  const reports = new CheckReports(
    () => known,
    (checked) => {
      known = new Set(checked);
      taken.push([...checked]);
    },
  );
  const report = (...checked: string[]) => reports.reported(new Set(checked));
  return { reports, report, taken };
}

describe('CheckReports', () => {
  it('takes what the person checks', () => {
    const { report, taken } = over('a');
    report('a', 'b');
    vi.runAllTimers();
    expect(taken).toEqual([['a', 'b']]);
  });

  it('takes it before whatever the person does next', () => {
    const { reports, report, taken } = over('a');
    report('a', 'b');
    reports.settle();
    expect(taken).toEqual([['a', 'b']]);
    vi.runAllTimers();
    expect(taken).toHaveLength(1);
  });

  it('takes that nothing is checked any more', () => {
    const { report, taken } = over('a');
    report();
    vi.runAllTimers();
    expect(taken).toEqual([[]]);
  });

  it('does not take what the editor reports of a list that it was given', () => {
    const { reports, report, taken } = over('a', 'b');
    reports.listed();
    report();
    report('a', 'b');
    reports.settle();
    vi.runAllTimers();
    expect(taken).toEqual([]);
  });

  it('does not take reports of earlier lists, not even before an acceptance', () => {
    const { reports, report, taken } = over('a', 'b');
    reports.listed();
    report();
    report('a');
    reports.settle();
    report();
    report('a', 'b');
    vi.runAllTimers();
    expect(taken).toEqual([]);
  });

  it('takes what the person checks after the list was reported', () => {
    const { reports, report, taken } = over('a');
    reports.listed();
    report();
    report('a');
    report('a', 'b');
    reports.settle();
    expect(taken).toEqual([['a', 'b']]);
  });

  it('believes in the end a report that nothing corrects', () => {
    const { reports, report, taken } = over('a');
    reports.listed();
    report('b');
    vi.runAllTimers();
    expect(taken).toEqual([['b']]);
    report('b', 'c');
    reports.settle();
    expect(taken).toEqual([['b'], ['b', 'c']]);
  });

  it('does not take half a report of a new list for a person who unchecks, not even before an acceptance', () => {
    const { reports, report, taken } = over('a');
    reports.listed();
    report('a');
    report();
    reports.settle();
    expect(taken).toEqual([]);
    report('a');
    vi.runAllTimers();
    expect(taken).toEqual([]);
  });

  it('takes that nothing is checked in a list that is not new', () => {
    const { reports, report, taken } = over('a');
    reports.listed();
    report('a');
    vi.advanceTimersByTime(600);
    report();
    reports.settle();
    expect(taken).toEqual([[]]);
  });

  it('takes nothing once it is disposed', () => {
    const { reports, report, taken } = over('a');
    report('b');
    reports.dispose();
    vi.runAllTimers();
    expect(taken).toEqual([]);
  });
});
