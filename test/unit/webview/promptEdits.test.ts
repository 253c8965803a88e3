import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PromptEdits } from '../../../src/webview/attribution/promptEdits';

/** Edits against a host whose answers the test gives. */
function edited(...prompts: string[]) {
  const sent: { prompts: string[]; answer: () => void; refuse: () => void }[] = [];
  const edits = new PromptEdits(
    (list) =>
      new Promise((resolve, reject) => {
        sent.push({ prompts: list, answer: resolve, refuse: () => reject(new Error('no')) });
      }),
    () => {},
  );
  edits.hostShows(prompts);
  return { edits, sent };
}

const settle = () => vi.advanceTimersByTimeAsync(0);

describe('PromptEdits', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('shows an edit at once and sends it when editing rests', async () => {
    const { edits, sent } = edited('a');
    edits.edit(['a', 'b']);
    await vi.advanceTimersByTimeAsync(150);
    edits.edit(['a', 'b', 'c']);
    expect(edits.prompts).toEqual(['a', 'b', 'c']);
    await vi.advanceTimersByTimeAsync(150);
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(50);
    expect(sent.map(({ prompts }) => prompts)).toEqual([['a', 'b', 'c']]);
  });

  it('does not fall back to a state that the host sent before it heard of the edit', async () => {
    const { edits, sent } = edited('a');
    edits.edit(['b']);
    edits.hostShows(['a']);
    expect(edits.prompts).toEqual(['b']);
    await vi.advanceTimersByTimeAsync(200);
    edits.hostShows(['a']);
    expect(edits.prompts).toEqual(['b']);
    sent[0]!.answer();
    await settle();
    expect(edits.prompts).toEqual(['b']);
    edits.hostShows(['b']);
    expect(edits.prompts).toEqual(['b']);
  });

  it.each(['before', 'after'])(
    'takes the host’s own version of the list, sent %s its answer',
    async (when) => {
      const { edits, sent } = edited('a');
      edits.edit(['b ', 'b']);
      await vi.advanceTimersByTimeAsync(200);
      if (when === 'before') edits.hostShows(['b']);
      sent[0]!.answer();
      await settle();
      if (when === 'after') edits.hostShows(['b']);
      expect(edits.prompts).toEqual(['b']);
    },
  );

  it('keeps an edit made while an earlier one was on its way', async () => {
    const { edits, sent } = edited('a');
    edits.edit(['b']);
    await vi.advanceTimersByTimeAsync(200);
    edits.edit(['c']);
    edits.hostShows(['b']);
    sent[0]!.answer();
    await settle();
    expect(edits.prompts).toEqual(['c']);
    await vi.advanceTimersByTimeAsync(200);
    expect(sent[1]?.prompts).toEqual(['c']);
  });

  it('takes a refused edit back', async () => {
    const { edits, sent } = edited('a');
    edits.edit(['b']);
    await vi.advanceTimersByTimeAsync(200);
    sent[0]!.refuse();
    await settle();
    expect(edits.prompts).toEqual(['a']);
  });

  it('goes back and forth, until a new edit', () => {
    const { edits } = edited('a');
    expect([edits.canUndo, edits.canRedo]).toEqual([false, false]);
    edits.edit(['b']);
    edits.edit(['c']);
    edits.undo();
    expect(edits.prompts).toEqual(['b']);
    edits.undo();
    expect(edits.prompts).toEqual(['a']);
    edits.undo();
    expect(edits.prompts).toEqual(['a']);
    edits.redo();
    expect(edits.prompts).toEqual(['b']);
    edits.edit(['d']);
    expect(edits.canRedo).toBe(false);
    edits.undo();
    expect(edits.prompts).toEqual(['b']);
  });

  it('an edit that changes nothing is none', () => {
    const { edits } = edited('a');
    edits.edit(['a']);
    expect(edits.canUndo).toBe(false);
  });

  it('can go back to before prompts were picked elsewhere', () => {
    const { edits } = edited('a');
    edits.hostShows(['p', 'q']);
    edits.undo();
    expect(edits.prompts).toEqual(['a']);
  });
});
