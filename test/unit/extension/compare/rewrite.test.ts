import { describe, expect, it } from 'vitest';
import {
  demandRead,
  followWritten,
  planRewrite,
  planUndo,
  type Rewording,
} from '../../../../src/extension/compare/rewrite';
import type { FoundPrompt, FoundPrompts } from '../../../../src/shared/foundPrompts';
import { groupOf, quoted } from './groups';

/** The strings of a Python list named `captions`, as the finder gives them; escapes are left out here. */
function found(source: string, change: Partial<FoundPrompt> = {}): FoundPrompts {
  const prompts = [...source.matchAll(/"([^"\\]*)"/g)].map(
    ({ index, 1: text }): FoundPrompt => ({
      text: text!,
      start: index + 1,
      end: index + 1 + text!.length,
      group: 'captions',
      kind: 'prompt',
      template: null,
      literal: quoted,
      ...change,
    }),
  );
  return { prompts, groups: [], images: [] };
}

const source = 'captions = ["a dog", "a cat"]';
const rewording: Rewording = {
  file: 'p.py',
  group: 'captions',
  index: 1,
  before: 'a cat',
  after: 'a "big" cat',
};

describe('a rewording', () => {
  it('is written, escaped, where the prompt now stands', () => {
    const moved = `# a comment\n${source}`;
    const replacement = planRewrite(rewording, found(moved), moved);
    expect(moved.slice(replacement.start, replacement.end)).toBe('a cat');
    expect(replacement).toMatchObject({ before: 'a cat', after: 'a \\"big\\" cat' });
  });

  it('is refused where the file says something else there meanwhile, and names it', () => {
    const changed = source.replace('a cat', 'a hare');
    expect(() => planRewrite(rewording, found(changed), changed)).toThrow(/p\.py has changed.*“a hare”/);
  });

  it('is refused where there is no such prompt any more', () => {
    const less = 'captions = ["a dog"]';
    expect(() => planRewrite(rewording, found(less), less)).toThrow(/not found in p\.py any more/);
  });

  it('is refused where no other text can be written', () => {
    expect(() => planRewrite(rewording, found(source, { literal: null }), source)).toThrow(
      /put together from several strings/,
    );
    const raw = found(source, { literal: { ...quoted, raw: true } });
    expect(() => planRewrite(rewording, raw, source)).toThrow(/cannot be written as the kind of string/);
  });

  it('has to be read as what was meant', () => {
    const plain = { ...rewording, after: 'a hare' };
    const written = source.replace('a cat', 'a hare');
    expect(() => demandRead(plain, found(written))).not.toThrow();
    expect(() => demandRead(plain, found(source))).toThrow(/would be read as “a cat”/);
    expect(() => demandRead(plain, found(''))).toThrow(/would be no prompt/);
  });
});

describe('undo of a rewording', () => {
  const plain = { ...rewording, after: 'a hare' };
  const written = { rewording: plain, replacement: planRewrite(plain, found(source), source) };
  const after = source.replace('a cat', 'a hare');

  it('writes back what stood there, at the place of now', () => {
    const moved = `\n\n${after}`;
    const { start, end, after: back } = planUndo(written, found(moved), moved);
    expect(`${moved.slice(0, start)}${back}${moved.slice(end)}`).toBe(`\n\n${source}`);
  });

  it('is refused where the file no longer has what was written', () => {
    const changed = after.replace('a hare', 'a fox');
    expect(() => planUndo(written, found(changed), changed)).toThrow(/no longer says what was written/);
  });

  it('finds the text where it was written when it is no prompt any more', () => {
    const { start, end } = planUndo(written, found(''), after);
    expect(after.slice(start, end)).toBe('a hare');
  });

  it('goes to the prompt that was written, and not to one that came to say the same', () => {
    const before = groupOf(['x', 'a', 'a hare']);
    const now = groupOf(['n', 'x', 'a hare', 'a hare']);
    const last = { ...written, rewording: { ...plain, index: 2 } };
    expect(followWritten(last, before, now).rewording.index).toBe(3);
    const source = 'captions = ["n", "x", "a hare", "a hare"]';
    const { start } = planUndo(followWritten(last, before, now), found(source), source);
    expect(start).toBe(source.lastIndexOf('a hare'));
  });

  it('goes with a group that has another name', () => {
    const group = groupOf(['a dog', 'a hare']);
    const now = { ...group, group: 'texts' };
    expect(followWritten(written, group, now).rewording).toMatchObject({ group: 'texts', index: 1 });
  });
});

describe('a file with CRLF', () => {
  const csv = { ...quoted, syntax: 'csv' as const };
  const source = 'id,captions\r\n1,"a cat"\r\n';
  const lines = { ...rewording, index: 0, after: 'a cat\nat night' };

  it('gets its own line ends, so that the editor leaves the text as it was written', () => {
    const { after } = planRewrite(lines, found(source, { literal: csv }), source);
    expect(after).toBe('a cat\r\nat night');
  });

  it('is read as what was meant, and undo finds it', () => {
    const replacement = planRewrite(lines, found(source, { literal: csv }), source);
    const now = source.replace('a cat', replacement.after);
    expect(() => demandRead(lines, found(now, { literal: csv }))).not.toThrow();
    const undo = planUndo({ rewording: lines, replacement }, found(now), now);
    expect(`${now.slice(0, undo.start)}${undo.after}${now.slice(undo.end)}`).toBe(source);
  });
});
