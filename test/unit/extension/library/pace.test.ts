import { describe, expect, it } from 'vitest';
import { advance, indexingState, noPace, paceLine } from '../../../../src/extension/library/pace';
import { indexingStage } from '../../../../src/shared/library';

const at = (done: number) => ({ stage: indexingStage, done, total: 5000 });

describe('the pace of an indexing', () => {
  it('is told in images per second, and in the time that is left', () => {
    const pace = advance(advance(noPace, at(1000), 0), at(1240), 2000);
    const state = indexingState('running', pace);
    expect(state.imagesPerSecond).toBeCloseTo(120);
    expect(state.secondsLeft).toBeCloseTo(3760 / 120);
    expect(paceLine(state)).toBe('1,240 of 5,000 images · 120 images/s · 31\u00a0s left');
  });

  it('is not told before there is one, nor while it is paused', () => {
    const pace = advance(noPace, at(1000), 0);
    expect(indexingState('running', pace)).toMatchObject({ imagesPerSecond: null, secondsLeft: null });
    const known = advance(pace, at(1240), 2000);
    expect(indexingState('paused', known)).toMatchObject({ imagesPerSecond: null, secondsLeft: null });
    expect(paceLine(indexingState('paused', known))).toBe('1,240 of 5,000 images');
  });

  it('is of images only: another stage has none', () => {
    const pace = advance(advance(noPace, at(0), 0), at(240), 2000);
    const other = advance(pace, { stage: 'Writing', done: 1, total: 4 }, 4000);
    expect(indexingState('running', other).imagesPerSecond).toBeNull();
    expect(paceLine(indexingState('running', other))).toBe('Writing · 25\u00a0%');
    expect(indexingState('running', advance(other, at(250), 9000)).imagesPerSecond).toBeNull();
  });
});
