import type { GroupNow } from '../../../../src/extension/compare/groupNow';
import type { Literal, PromptKind } from '../../../../src/shared/foundPrompts';

export const quoted: Literal = {
  syntax: 'python',
  quote: '"',
  raw: false,
  interpolated: false,
  embedded: false,
};

/** A group with a prompt on each line, from the second one on. */
export function groupOf(
  texts: readonly string[],
  change: Partial<GroupNow> & { readonly kind?: PromptKind } = {},
): GroupNow {
  const { kind = 'prompt', ...rest } = change;
  return {
    uri: 'file:///prompts.py',
    group: 'captions',
    prompts: texts.map((text, index) => ({
      text,
      start: 100 * index,
      end: 100 * index + text.length,
      group: 'captions',
      kind,
      template: text.includes('{}') ? { parts: text.split('{}'), changes: [] } : null,
      literal: quoted,
      line: index + 2,
    })),
    templates: [],
    classes: [],
    ...rest,
  };
}
