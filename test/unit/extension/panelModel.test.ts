import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  openPanel,
  type PanelModel,
  type RunReport,
  report,
  startRun,
} from '../../../src/extension/views/panelModel';
import { PanelState } from '../../../src/shared/panelProtocol';
import { analysisOutcome, engineInfo, studyInfo } from '../fixtures';

const outcome = analysisOutcome([1], [2], [[0.5]]);
const opened = startRun(openPanel(['a.jpg', 'b.jpg', 'c.jpg'], []), ['a wolf'], ['known beforehand']);

const outcomes = (first: number, count: number, notes: string[] = []): RunReport => ({
  kind: 'outcomes',
  first,
  response: { study: studyInfo(), images: Array(count).fill(outcome), notes },
});
const computed = ({ state }: PanelModel) => state.images.map((image) => image.outcome !== null);

describe('a run', () => {
  it('begins with nothing computed', () => {
    expect(computed(opened)).toEqual([false, false, false]);
    expect(opened.state).toMatchObject({
      prompts: ['a wolf'],
      progress: { done: 0, total: 3 },
      error: null,
      notes: ['known beforehand'],
    });
  });

  it('is not begun without prompts', () => {
    expect(startRun(opened, []).state).toMatchObject({ prompts: [], progress: null });
  });

  it('puts outcomes in their places and keeps the others', () => {
    const first = report(opened, 1, outcomes(1, 2, ['cut short']));
    expect(computed(first)).toEqual([false, true, true]);
    const all = report(first, 1, outcomes(0, 1, ['cut short']));
    expect(computed(all)).toEqual([true, true, true]);
    expect(all.state.notes).toEqual(['known beforehand', 'cut short']);
    expect(all.state.study).toEqual(studyInfo());
  });

  it('keeps what was computed when the rest fails', () => {
    const failed = report(report(opened, 1, outcomes(0, 1)), 1, {
      kind: 'failed',
      error: { code: 'engine-stopped', message: 'The engine stopped.' },
    });
    expect(computed(failed)).toEqual([true, false, false]);
    expect(failed.state).toMatchObject({ error: { code: 'engine-stopped' }, progress: null });
  });

  it('forgets outcomes, study and error when another begins', () => {
    const again = startRun(report(opened, 1, outcomes(0, 3)), ['a dog']);
    expect(computed(again)).toEqual([false, false, false]);
    expect(again.state).toMatchObject({ prompts: ['a dog'], study: null, error: null, notes: [] });
  });
});

describe('any sequence of runs and reports', () => {
  const event: fc.Arbitrary<RunReport> = fc.oneof(
    fc.constant<RunReport>({ kind: 'engine', engine: engineInfo() }),
    fc.constant<RunReport>({ kind: 'finished' }),
    fc.constant<RunReport>({ kind: 'progress', progress: { stage: 'images', done: 1, total: 3 } }),
    fc.constant<RunReport>({ kind: 'failed', error: { code: 'internal', message: 'x' } }),
    fc.tuple(fc.nat(2), fc.integer({ min: 1, max: 3 })).map(([first, count]) => outcomes(first, count)),
  );
  const step = fc.oneof(
    fc.record({ prompts: fc.array(fc.string(), { maxLength: 3 }) }),
    fc.record({ run: fc.nat(4), event }),
  );
  const apply = (model: PanelModel, next: { prompts: string[] } | { run: number; event: RunReport }) =>
    'prompts' in next ? startRun(model, next.prompts) : report(model, next.run, next.event);

  it('never shows a report of another run', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let model = opened;
        for (const next of steps) {
          const after = apply(model, next);
          if ('run' in next && next.run !== model.run) expect(after).toBe(model);
          else expect(after.state.revision).toBe(model.state.revision + 1);
          model = after;
        }
      }),
    );
  });

  it('always has a state that may cross to the view, with the images it was opened with', () => {
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const { state } = steps.reduce(apply, opened);
        expect(PanelState.parse(state)).toEqual(state);
        expect(state.images.map(({ name }) => name)).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
      }),
    );
  });
});
