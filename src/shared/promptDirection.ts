import type { Direction } from './direction';
import type { FoundPrompt, NameChange, PromptGroup, Template } from './foundPrompts';

/** What a class name becomes in a template. */
export function fill({ parts, changes }: Template, name: string): string {
  return parts.join(changes.reduce(changed, name));
}

function changed(name: string, change: NameChange): string {
  switch (change.kind) {
    case 'replace':
      return name.replaceAll(change.from, change.to);
    case 'lower':
      return name.toLowerCase();
    case 'upper':
      return name.toUpperCase();
    case 'strip':
      return name.trim();
    case 'capitalize':
      return name.slice(0, 1).toUpperCase() + name.slice(1).toLowerCase();
    case 'title':
      return name.toLowerCase().replace(/\p{L}+/gu, (word) => word.slice(0, 1).toUpperCase() + word.slice(1));
  }
}

/** A text with `{}` in it, as a setting has it. */
export function templateOf(text: string): Template {
  return { parts: text.split('{}'), changes: [] };
}

/** The templates that a group of classes is filled into: those of the groups it is used with, then the implied ones. */
export function templatesOf(
  { usedWith, implied }: PromptGroup,
  prompts: readonly FoundPrompt[],
): readonly Template[] {
  const groups = new Set(usedWith);
  const found = prompts.flatMap(({ group, template }) =>
    groups.has(group) && template !== null ? [template] : [],
  );
  return [...found, ...implied];
}

/**
 * A prompt as a direction; a class is the mean over its templates (`ensemble`). Null for templates,
 * which are none before a class fills them.
 *
 * @param fallback what a class is filled into where no templates are known
 */
export function directionOf(
  { kind, text }: Pick<FoundPrompt, 'kind' | 'text'>,
  templates: readonly Template[],
  fallback: Template,
): Direction | null {
  switch (kind) {
    case 'prompt':
      return { kind: 'prompt', text };
    case 'template':
      return null;
    case 'class': {
      const texts = (templates.length === 0 ? [fallback] : templates).map((template) => fill(template, text));
      const [first] = texts;
      return texts.length === 1 && first !== undefined
        ? { kind: 'prompt', text: first }
        : { kind: 'ensemble', name: text, texts };
    }
  }
}
