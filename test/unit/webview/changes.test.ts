import { describe, expect, it } from 'vitest';
import { Changes } from '../../../src/webview/attribution/changes';
import { factorsOf, noFactors } from '../../../src/webview/attribution/factors';

function begun() {
  let changes = 0;
  const edited = new Changes(() => {
    changes += 1;
  });
  edited.study('one');
  return { edited, count: () => changes };
}
const entries = (edited: Changes) => [...edited.factors];

describe('Changes', () => {
  it('can all be undone and redone', () => {
    const { edited } = begun();
    edited.set(5, 0);
    edited.set(8, 1.5);
    edited.replace(noFactors);
    expect(edited.canRedo).toBe(false);
    edited.undo();
    expect(entries(edited)).toEqual([
      [5, 0],
      [8, 1.5],
    ]);
    edited.undo();
    edited.undo();
    expect(entries(edited)).toEqual([]);
    expect(edited.canUndo).toBe(false);
    edited.redo();
    expect(entries(edited)).toEqual([[5, 0]]);
    edited.set(5, 2);
    expect(edited.canRedo).toBe(false);
  });

  it('are one step however far a drag went, and none if it is taken back', () => {
    const { edited, count } = begun();
    edited.hold(5, 0.7);
    edited.hold(5, 0.4);
    expect(entries(edited)).toEqual([[5, 0.4]]);
    expect(edited.kept).toBeNull();
    expect(count()).toBe(0);
    edited.release();
    expect(edited.kept).toEqual({ key: 'one', intervention: [{ component: 5, factor: 0.4 }] });
    edited.hold(5, 2);
    edited.drop();
    expect(entries(edited)).toEqual([[5, 0.4]]);
    edited.undo();
    expect(entries(edited)).toEqual([]);
    edited.hold(5, 1);
    edited.release();
    expect(edited.canUndo).toBe(false);
  });

  it('stay behind when the study is another, which is told, and are there when it is back', () => {
    const { edited } = begun();
    edited.set(5, 0);
    edited.study('one');
    expect(edited.leftBehind).toBe(0);
    edited.study('two');
    expect(entries(edited)).toEqual([]);
    expect(edited.leftBehind).toBe(1);
    expect(edited.kept).toBeNull();
    // What a number means is another thing there: nothing leads to the changes of the one before.
    expect(edited.canUndo).toBe(false);
    edited.set(8, 2);
    expect(edited.leftBehind).toBe(0);
    edited.study('one');
    expect(entries(edited)).toEqual([[5, 0]]);
    expect(edited.leftBehind).toBe(0);
    edited.undo();
    expect(entries(edited)).toEqual([]);
    edited.study('two');
    expect(entries(edited)).toEqual([[8, 2]]);
  });

  it('are none of another study while one is dragged', () => {
    const { edited } = begun();
    edited.hold(5, 0.4);
    edited.study('two');
    expect(edited.dragging).toBe(false);
    expect(entries(edited)).toEqual([]);
  });

  it('are kept for their own study only', () => {
    const kept = { key: 'one', intervention: [{ component: 5, factor: 0 }] };
    const [same, other] = [begun().edited, begun().edited];
    same.restore(kept);
    same.study('one');
    expect(same.factors).toEqual(factorsOf(kept.intervention));
    other.restore(kept);
    other.study('two');
    expect(other.factors.size).toBe(0);
    expect(other.leftBehind).toBe(1);
    other.dismiss();
    expect(other.leftBehind).toBe(0);
  });
});
