import { createHash } from 'node:crypto';
import type { Direction } from '../../shared/direction';
import type { FoundPrompt, Literal, PromptKind, Template } from '../../shared/foundPrompts';
import { directionOf, fill } from '../../shared/promptDirection';

/** Where a prompt stands: prompts go by their group and their number in it, as texts and offsets change. */
export interface Place {
  /** Of the document. */
  readonly uri: string;
  readonly group: string;
  /** In the group, from 0. */
  readonly index: number;
  /** From 1; null where it is not there any more. */
  readonly line: number | null;
  /** How it is written down; null where no other text can be written in its place. */
  readonly literal: Literal | null;
}

/** A prompt beside others, and what it takes to score it. */
export interface Column {
  readonly id: number;
  readonly text: string;
  readonly kind: PromptKind;
  /** Of a template whose slots are understood. */
  readonly template: Template | null;
  /** What a class is filled into. */
  readonly templates: readonly Template[];
  /** What a template is filled with. */
  readonly classes: readonly string[];
  readonly place: Place | null;
  /** The column that this rewords; null where it is none of its own. */
  readonly draftOf: number | null;
}

/** What is filled in: one of all there are, by its text; null for the mean over all templates, and the first class. */
export interface Fillings {
  readonly template: string | null;
  readonly name: string | null;
}

/** A template as people write it. */
export function templateText({ parts }: Template): string {
  return parts.join('{}');
}

/** What is scored of a column; null for a template that nothing is known to fill. */
export function columnDirection(
  { kind, text, template, templates, classes }: Column,
  fillings: Fillings,
  fallback: Template,
): Direction | null {
  if (kind === 'template') {
    const name = classes.find((candidate) => candidate === fillings.name) ?? classes[0];
    return template === null || name === undefined ? null : { kind: 'prompt', text: fill(template, name) };
  }
  const chosen = templates.filter((candidate) => templateText(candidate) === fillings.template);
  return directionOf({ kind, text }, chosen.length === 0 ? templates : chosen.slice(0, 1), fallback);
}

/** Names a direction: what has the same name has the same numbers. */
export function directionName(direction: Direction): string {
  return createHash('sha256').update(JSON.stringify(direction)).digest('hex').slice(0, 16);
}

/** The texts of a direction that prompts and classes give. */
export function textsOf(direction: Direction): readonly string[] {
  switch (direction.kind) {
    case 'prompt':
      return [direction.text];
    case 'ensemble':
      return direction.texts;
    case 'versus':
      return textsOf(direction.of);
    case 'image':
    case 'linear':
      return [];
  }
}

/**
 * Another text for a template, with the slots where they are written as in the one it rewords; null where they are not
 * all there, or where it cannot be told how slots are written.
 */
export function rewordedTemplate(
  text: string,
  before: Pick<FoundPrompt, 'text' | 'template'>,
): Template | null {
  const slot = before.template === null ? null : slotOf(before.text, before.template);
  if (slot === null || before.template === null) return null;
  const parts = text.split(slot);
  return parts.length < 2 ? null : { parts, changes: before.template.changes };
}

/** How the slots of a template are written; null where not all are written alike. */
function slotOf(text: string, { parts }: Template): string | null {
  const [first, second] = parts;
  if (first === undefined || second === undefined || !text.startsWith(first)) return null;
  const end = second === '' && parts.length === 2 ? text.length : text.indexOf(second, first.length + 1);
  const slot = end < 0 ? '' : text.slice(first.length, end);
  return slot !== '' && parts.join(slot) === text ? slot : null;
}
