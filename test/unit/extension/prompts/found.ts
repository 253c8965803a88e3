import type { FoundPrompt, FoundPrompts, PromptGroup, PromptKind } from '../../../../src/shared/foundPrompts';

/** A prompt of a group, one after the other in a file that has nothing else. */
export function prompt(group: string, text: string, change: Partial<FoundPrompt> = {}): FoundPrompt {
  return {
    text,
    start: 0,
    end: text.length,
    group,
    kind: 'prompt',
    template: null,
    literal: null,
    ...change,
  };
}

export function group(id: string, kind: PromptKind, change: Partial<PromptGroup> = {}): PromptGroup {
  return { id, kind, start: 0, end: 0, usedWith: [], implied: [], ...change };
}

export function found(groups: readonly PromptGroup[], prompts: readonly FoundPrompt[]): FoundPrompts {
  return { prompts: [...prompts], groups: [...groups], images: [] };
}

/** A group of prompts. */
export function list(id: string, texts: readonly string[]): FoundPrompts {
  return found(
    [group(id, 'prompt')],
    texts.map((text) => prompt(id, text)),
  );
}
