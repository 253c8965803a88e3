import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moved, type TextChange } from '../../../../src/extension/prompts/movedRanges';
import type { FoundPrompt, FoundPrompts } from '../../../../src/shared/foundPrompts';
import { found, group, prompt } from './found';

const text = 'a = ["wolf", "husky"]\nb = "a cat"\n';

function at(source: string, ...contents: readonly string[]): FoundPrompts {
  const prompts = contents.map((content) => {
    const start = source.indexOf(content);
    return prompt('a', content, { start, end: start + content.length });
  });
  const brackets = { start: source.indexOf('['), end: source.indexOf(']') + 1 };
  return found([group('a', 'prompt', brackets)], prompts);
}

function edit(source: string, { start, removed }: TextChange, inserted: string): string {
  return source.slice(0, start) + inserted + source.slice(start + removed);
}

describe('what was found, after typing', () => {
  const before = { found: at(text, 'wolf', 'husky', 'a cat'), edited: new Set<FoundPrompt>() };
  const shown = (source: string, prompts: readonly FoundPrompt[]) =>
    prompts.map(({ start, end }) => source.slice(start, end));

  it('lies behind a line that was inserted', () => {
    const change = { start: 0, removed: 0, inserted: 4 };
    const after = moved(before, [change]);
    expect(shown(edit(text, change, '#..\n'), after.found.prompts)).toEqual(['wolf', 'husky', 'a cat']);
    expect(after.edited.size).toBe(0);
  });

  it.each([
    ['in its middle', 8, 0, 'xy', 'woxylf'],
    ['at its start', 6, 0, 'x', 'xwolf'],
    ['at its end', 10, 0, 'x', 'wolfx'],
    ['in place of its end', 8, 2, 'x', 'wox'],
  ])('grows with what is typed %s, and is known to be edited', (_where, start, removed, typed, becomes) => {
    const change = { start, removed, inserted: typed.length };
    const after = moved(before, [change]);
    expect(shown(edit(text, change, typed), after.found.prompts)).toEqual([becomes, 'husky', 'a cat']);
    expect([...after.edited]).toEqual([after.found.prompts[0]]);
  });

  it('is edited where its quote is taken away, and stays so', () => {
    const once = moved(before, [{ start: 5, removed: 1, inserted: 0 }]);
    const again = moved(once, [{ start: 0, removed: 0, inserted: 1 }]);
    expect([...again.edited]).toEqual([again.found.prompts[0]]);
  });

  it('takes groups along', () => {
    const change = { start: 12, removed: 0, inserted: 8 };
    const { start, end } = moved(before, [change]).found.groups[0]!;
    expect(edit(text, change, ' "fox", ').slice(start, end)).toBe('["wolf", "fox",  "husky"]');
  });

  it('lies behind many changes at once, and between them is known to be edited', () => {
    const many = Array.from({ length: 60 }, () => ({ start: 0, removed: 0, inserted: 2 }));
    const behind = moved(before, many);
    expect(behind.found.prompts.map(({ start }) => start)).toEqual([6 + 120, 14 + 120, 27 + 120]);
    expect(behind.edited.size).toBe(0);
    const around = moved(before, [...many, { start: 143, removed: 0, inserted: 1 }]);
    expect(around.edited.size).toBe(2);
    expect(around.found.prompts[2]?.start).toBe(27 + 121);
  });

  it('shows the same text wherever nothing was typed into it', () => {
    const change = (last: number) =>
      fc.record({ at: fc.nat(last), removed: fc.nat(5), typed: fc.string({ maxLength: 6 }) });
    const changes = fc.oneof(
      fc.array(change(60), { maxLength: 8 }),
      fc.array(change(4), { minLength: 51, maxLength: 55 }),
    );
    fc.assert(
      fc.property(changes, (edits) => {
        let source = text;
        const changed = edits.map(({ at: wanted, removed, typed }) => {
          const start = Math.min(wanted, source.length);
          const change = {
            start,
            removed: Math.min(removed, source.length - start),
            inserted: typed.length,
          };
          source = edit(source, change, typed);
          return change;
        });
        const after = moved(before, changed);
        after.found.prompts.forEach((found, i) => {
          expect(found.start).toBeLessThanOrEqual(found.end);
          if (after.edited.has(found)) return;
          expect(source.slice(found.start, found.end)).toBe(before.found.prompts[i]!.text);
        });
      }),
    );
  });
});
