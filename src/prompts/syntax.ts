import type { Literal } from '../shared/foundPrompts';

/** Where something stands, in UTF-16 code units from the start of the file. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

/**
 * What a file says, as far as prompts are concerned. Every language is read into this, and what is a prompt is decided on
 * it (docs/prompts.md): a list is a list, whether Python, YAML or TOML wrote it.
 */
export interface Program {
  readonly statements: readonly Statement[];
  /** In the order of the file. */
  readonly comments: readonly Comment[];
}

/** The place is of the whole comment, the text without what begins and ends it. */
export interface Comment extends Place {
  readonly text: string;
}

export type Statement =
  /** `names = value`, a property, a key of a data file; each name is a path (`self.classes`). */
  | (Place & {
      readonly kind: 'binding';
      readonly names: readonly (readonly string[])[];
      readonly value: Expression;
    })
  /**
   * The top level of a data file, the lines of a text file, a table's column, what stands under a heading. The name of
   * `data` and `lines` is the file's without its extension: it says what they are, but is no part of the paths in them.
   */
  | (Place & {
      readonly kind: 'document';
      readonly form: 'data' | 'lines' | 'column' | 'section';
      readonly name: string;
      readonly value: Expression;
    })
  /** A function or class: what is bound in it is not seen outside. Its parameters are not followed. */
  | (Place & {
      readonly kind: 'scope';
      readonly parameters: readonly string[];
      readonly body: readonly Statement[];
    })
  | (Place & { readonly kind: 'loop'; readonly loop: Loop; readonly body: readonly Statement[] })
  | (Place & { readonly kind: 'evaluated'; readonly value: Expression });

/** `for variables in over`. */
export interface Loop {
  readonly variables: readonly string[];
  readonly over: Expression;
}

export type Expression =
  | Text
  | Collection
  | Mapping
  | Name
  | Call
  | Each
  | Lambda
  | Joined
  | Choice
  | Spread
  | Element
  | Other;

/** A string literal, or several that the language joins. The place is of the content. */
export interface Text extends Place {
  readonly kind: 'text';
  /** Escapes resolved. Slots only of interpolations: `{}` in a plain string is text, until it is known to be a template. */
  readonly pieces: readonly (string | Slot)[];
  readonly literal: Literal | null;
  /** Places of the code units of its value, one more than there are; null where they follow one another from `start`. */
  readonly offsets: Int32Array | null;
}

export interface Slot {
  /** As it stands in the file, with its braces. */
  readonly source: string;
  readonly value: Expression;
}

/** List, tuple, set, array, sequence. */
export interface Collection extends Place {
  readonly kind: 'collection';
  readonly items: readonly Expression[];
}

export interface Mapping extends Place {
  readonly kind: 'mapping';
  readonly entries: readonly {
    /** Null for computed keys. */
    readonly key: string | null;
    /** The key's literal, where it is one. */
    readonly keyText: Text | null;
    readonly value: Expression;
  }[];
}

/** `a.b.c`. What is awaited, cast or in parentheses stands for itself. */
export interface Name extends Place {
  readonly kind: 'name';
  readonly path: readonly string[];
}

/** Splitting at a regular expression that means line breaks (`.split(/\r?\n/)`) is a call of `splitlines`. */
export interface Call extends Place {
  readonly kind: 'call';
  /** What is called: `open_clip.tokenize`, or the last name alone where its receiver is no name; null for anything else. */
  readonly callee: readonly string[] | null;
  /** What stands before the last name: `"…"` of `"…".format(c)`, the call of `get_tokenizer("…")(texts)`. */
  readonly receiver: Expression | null;
  readonly positional: readonly Expression[];
  readonly named: readonly { readonly name: string; readonly value: Expression }[];
}

/** A comprehension or generator; `.map` and `.flatMap` of JavaScript. The first loop is the outermost. */
export interface Each extends Place {
  readonly kind: 'each';
  readonly result: Expression;
  readonly loops: readonly Loop[];
}

/** A lambda or arrow function with one result. */
export interface Lambda extends Place {
  readonly kind: 'lambda';
  readonly parameters: readonly string[];
  readonly result: Expression;
}

/** `a + b`; `text % name` is a call of `%` whose receiver is the text. */
export interface Joined extends Place {
  readonly kind: 'joined';
  readonly parts: readonly Expression[];
}

/** What a conditional may give. */
export interface Choice extends Place {
  readonly kind: 'choice';
  readonly options: readonly Expression[];
}

export interface Spread extends Place {
  readonly kind: 'spread';
  readonly of: Expression;
}

/** An element or a slice. */
export interface Element extends Place {
  readonly kind: 'element';
  readonly of: Expression;
  /** A literal key of a mapping: `config["labels"]`; null for anything else. */
  readonly key: string | null;
}

/** Anything else: a number, an operator. What it is made of is looked into, but leads nowhere. */
export interface Other extends Place {
  readonly kind: 'other';
  readonly inner: readonly Expression[];
  /** Whether it is a whole number: keys and values of class tables are. */
  readonly isInteger: boolean;
}
