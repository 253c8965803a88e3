import * as z from 'zod';

/** What a text of a file is to a text encoder (docs/prompts.md). */
export const PromptKind = z.enum(['prompt', 'class', 'template']);
export type PromptKind = z.infer<typeof PromptKind>;

/** What is done to a class name before it is filled in. */
export const NameChange = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('replace'), from: z.string(), to: z.string() }),
  z.strictObject({ kind: z.enum(['lower', 'upper', 'title', 'capitalize', 'strip']) }),
]);
export type NameChange = z.infer<typeof NameChange>;

/** A text with slots, all of which take the same class name. */
export const Template = z.strictObject({
  /** What stands before, between and after the slots: one more than there are slots. */
  parts: z.array(z.string()).min(2),
  /** In order. */
  changes: z.array(NameChange),
});
export type Template = z.infer<typeof Template>;

/** How a text is written down where it stands, so that another can be written in its place. */
export const Literal = z.strictObject({
  syntax: z.enum(['python', 'javascript', 'json', 'yaml', 'toml', 'csv', 'text', 'markdown']),
  /** What encloses it, without prefixes; empty for plain scalars, cells and lines. */
  quote: z.string(),
  /** Whether a backslash is itself (Python's r"…", TOML's '…'). */
  raw: z.boolean(),
  /** Whether braces (`${` in JavaScript) begin an interpolation. */
  interpolated: z.boolean(),
  /** Set where the text lies within a JSON string of a notebook: what is written there is escaped once more. */
  embedded: z.boolean(),
});
export type Literal = z.infer<typeof Literal>;

/** A prompt in a file. */
export const FoundPrompt = z.strictObject({
  /** What it says: escapes resolved, literals joined; slots as they are written. */
  text: z.string(),
  /** Where its content stands, without quotes, in UTF-16 code units from the start of the file. */
  start: z.int().nonnegative(),
  end: z.int().nonnegative(),
  /** Id of its group. */
  group: z.string(),
  kind: PromptKind,
  /** Of a template whose slots are understood. */
  template: Template.nullable(),
  /** Null where no other text can be written in its place: joined literals, split strings. */
  literal: Literal.nullable(),
});
export type FoundPrompt = z.infer<typeof FoundPrompt>;

/** Prompts that belong together. */
export const PromptGroup = z.strictObject({
  /** Unique in the file, and for people: the path of names to it. */
  id: z.string(),
  kind: PromptKind,
  /** Of the whole collection or string, with its brackets, in UTF-16 code units. */
  start: z.int().nonnegative(),
  end: z.int().nonnegative(),
  /** Groups of templates that these classes are filled into, or of classes that fill these templates. */
  usedWith: z.array(z.string()),
  /** Templates that are no text of this file: the hypothesis of a pipeline that names none. */
  implied: z.array(Template),
});
export type PromptGroup = z.infer<typeof PromptGroup>;

/** The path of an image in a file. */
export const FoundImage = z.strictObject({
  path: z.string(),
  start: z.int().nonnegative(),
  end: z.int().nonnegative(),
});
export type FoundImage = z.infer<typeof FoundImage>;

/** All that is found in a file, in its order. */
export const FoundPrompts = z.strictObject({
  prompts: z.array(FoundPrompt),
  groups: z.array(PromptGroup),
  images: z.array(FoundImage),
});
export type FoundPrompts = z.infer<typeof FoundPrompts>;

/** What a person says about where prompts are (docs/prompts.md, section 6). */
export const FinderOptions = z.strictObject({
  /** Names, with `*`, whose collections and strings are prompts. */
  names: z.array(z.string()),
  /** Callees, with `*`, whose first argument is given to a text encoder. */
  calls: z.array(z.string()),
  /** Globs of text files that are lists of prompts. */
  files: z.array(z.string()),
});
export type FinderOptions = z.infer<typeof FinderOptions>;

/** A file, or one of a notebook's cells in the editor, as the finder is given it. */
export const PromptSource = z.strictObject({
  /** Relative to the workspace where it lies in it, with slashes; its ending decides the language. */
  path: z.string(),
  text: z.string(),
});
export type PromptSource = z.infer<typeof PromptSource>;
