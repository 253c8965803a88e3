import { describe, expect, it } from 'vitest';
import { noAnnotation } from '../../../../src/shared/library';
import { type AnnotationChange, AnnotationEdits } from '../../../../src/webview/latent/annotationEdits';

/** Edits against a host whose answers the test gives. */
function editing() {
  const sent: { component: number; change: AnnotationChange; answer: () => void; refuse: () => void }[] = [];
  const edits = new AnnotationEdits(
    (component, change) =>
      new Promise((resolve, reject) => {
        sent.push({ component, change, answer: resolve, refuse: () => reject(new Error('no')) });
      }),
    () => {},
  );
  const changes = () => sent.map(({ component, change }) => ({ component, ...change }));
  return { edits, sent, changes };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));
const wolf = { ...noAnnotation, name: 'wolf' };

describe('AnnotationEdits', () => {
  it('shows a change at once and sends only what changed', () => {
    const { edits, changes } = editing();
    edits.edit(7, wolf, { name: 'dog', note: null });
    expect(edits.shown(7, wolf)).toEqual({ ...noAnnotation, name: 'dog' });
    expect(edits.shown(8, wolf)).toEqual(wolf);
    expect(changes()).toEqual([{ component: 7, name: 'dog' }]);
  });

  it('does nothing where nothing changes', () => {
    const { edits, changes } = editing();
    edits.edit(7, wolf, { name: 'wolf' });
    expect(changes()).toEqual([]);
    expect(edits.canUndo).toBe(false);
  });

  it('holds a change that was taken until the host shows something else than before', async () => {
    const { edits, sent } = editing();
    edits.edit(7, wolf, { name: 'dog' });
    sent[0]!.answer();
    await settled();
    edits.hostShows(7, wolf);
    expect(edits.shown(7, wolf).name).toBe('dog');
    edits.hostShows(7, { ...wolf, name: 'dog' });
    expect(edits.shown(7, { ...wolf, name: 'another window’s name' }).name).toBe('another window’s name');
  });

  it('holds the later of two changes while the host shows the earlier', async () => {
    const { edits, sent } = editing();
    edits.edit(7, wolf, { name: 'dog' });
    edits.edit(7, edits.shown(7, wolf), { name: 'fox' });
    for (const { answer } of sent) answer();
    await settled();
    const dog = { ...wolf, name: 'dog' };
    edits.hostShows(7, dog);
    expect(edits.shown(7, dog).name).toBe('fox');
    edits.hostShows(7, { ...wolf, name: 'fox' });
    expect(edits.shown(7, dog).name).toBe('dog');
  });

  it('forgets a change that was refused: it is neither shown nor to be taken back', async () => {
    const { edits, sent } = editing();
    edits.edit(7, wolf, { mark: 'spurious' });
    expect(edits.canUndo).toBe(true);
    sent[0]!.refuse();
    await settled();
    expect(edits.shown(7, wolf)).toEqual(wolf);
    expect(edits.canUndo).toBe(false);
  });

  it('takes changes back in order, whichever component they are of, and makes them again', () => {
    const { edits, changes } = editing();
    edits.edit(7, wolf, { name: 'dog' });
    edits.edit(8, noAnnotation, { pinned: true });
    expect(edits.undo()).toBe(8);
    expect(edits.undo()).toBe(7);
    expect(edits.undo()).toBeNull();
    expect(edits.redo()).toBe(7);
    expect(changes().slice(2)).toEqual([
      { component: 8, pinned: false },
      { component: 7, name: 'wolf' },
      { component: 7, name: 'dog' },
    ]);
    expect(edits.canUndo).toBe(true);
    expect(edits.canRedo).toBe(true);
    edits.edit(7, { ...wolf, name: 'dog' }, { name: 'fox' });
    expect(edits.canRedo).toBe(false);
  });

  it('means nothing in another study', () => {
    const { edits } = editing();
    edits.edit(7, wolf, { name: 'dog' });
    edits.clear();
    expect(edits.shown(7, wolf)).toEqual(wolf);
    expect(edits.undo()).toBeNull();
  });
});
