import type { Literal, NameChange, PromptKind, PromptSource, Template } from '../../shared/foundPrompts';
import type { Expression, Place, Program, Slot } from '../syntax';

/** A file, or a part of one that is written in a language of its own. */
export interface Unit {
  /** Its number among the program's. */
  readonly index: number;
  readonly source: PromptSource;
  readonly program: Program;
  /** For the order in which things are counted: which file it is in, and where in that a place stands. */
  readonly order: (at: number) => readonly [file: number, at: number];
}

/** What makes a group: a collection, or a string that stands alone. */
export interface Container extends Place {
  readonly unit: Unit;
  /** Names that lead to it; empty where none do. */
  readonly path: string;
}

/** Who says that a text is a prompt, from the weakest. */
export const Authority = { name: 1, encoder: 2, person: 3 } as const;
export type Authority = (typeof Authority)[keyof typeof Authority];

/** A place that may be a prompt, and what the analysis learns about it. */
export interface Spot extends Place {
  readonly unit: Unit;
  readonly container: Container;
  /** What it says, slots as they are written. */
  readonly text: string;
  /** Slots that the language fills; what is in braces in plain strings is text. */
  readonly pieces: readonly (string | Slot)[];
  /** As in `Text`. */
  readonly offsets: Int32Array | null;
  readonly literal: Literal | null;
  kind: PromptKind | null;
  authority: Authority | 0;
  readonly uses: Use[];
}

/** A filled template. */
export interface Use {
  /** Null where its slots are filled with different things, or with what is not understood. */
  readonly template: Template | null;
  /** What fills it, one per slot that leads to strings; classes where the template is one of prompts. */
  readonly fillings: readonly Spot[];
}

/** What fills a slot. */
export interface Filling {
  readonly base: Expression;
  readonly changes: readonly NameChange[];
}

/** Says what a place is. Between equals a class that is filled in stays a class, else the first to say so is right. */
export function mark(spot: Spot, kind: PromptKind, authority: Authority): void {
  if (authority < spot.authority) return;
  if (authority === spot.authority && !(kind === 'class' && authority === Authority.encoder)) return;
  spot.kind = kind;
  spot.authority = authority;
}
