import * as z from 'zod';
import { Comparison, Relation } from './comparison';
import { Component } from './component';
import { EngineInfo, Preview } from './engineProtocol';
import { ErrorInfo } from './errors';
import { PromptKind } from './foundPrompts';
import { ComponentSummary } from './library';
import type { Protocol } from './rpc/protocol';
import { Progress } from './rpc/protocol';
import { StudyInfo } from './study';
import { ints } from './typedArrays';

/** How many prompts fit beside each other. Rewordings that are tried come on top. */
export const mostCompared = 20;

/** Components that are looked at of each prompt, and of the difference of two. */
export const mostOfEach = 50;

const ColumnId = z.int().nonnegative();

/** A prompt that is compared. */
export const ComparedColumn = z.strictObject({
  /** Names it as long as the panel is there, whatever becomes of its text. */
  id: ColumnId,
  /** What it says, before classes or templates are filled in. */
  text: z.string(),
  /** What is scored: a class or a template filled in; of an ensemble the first text. Null where nothing is known to fill a template. */
  scored: z.string().nullable(),
  /** Of how many texts the ensemble is that is scored; 1 where it is none. */
  texts: z.int().positive(),
  kind: PromptKind,
  /** Names what is scored: numbers belong to it and not to the column, whose text may have changed. Empty where nothing is scored. */
  direction: z.string(),
  /** Where it stands; null where it is in no file. */
  place: z
    .strictObject({
      /** Relative to the workspace, for people. */
      file: z.string(),
      /** From 1; null where it is not known now. */
      line: z.int().positive().nullable(),
      /** Why no other text can be written there; null where it can. */
      fixed: z.string().nullable(),
    })
    .nullable(),
  /** The column that this is a rewording of, which is tried before it is written. */
  draftOf: ColumnId.nullable(),
});
export type ComparedColumn = z.infer<typeof ComparedColumn>;

/** What classes are filled into, or templates are filled with. */
const Filling = z.strictObject({
  texts: z.array(z.string()).min(1),
  /** One of them; null for all of them (their mean, for templates). */
  chosen: z.int().nonnegative().nullable(),
});

/** Names of what numbers are of: `direction` of columns, in the order of the numbers. */
const directions = z.array(z.string());

/** The difference of two prompts, a direction of its own. Numbers are in its order: the difference, `of`, `against`. */
export const Difference = z.strictObject({
  of: z.string(),
  against: z.string(),
  comparison: Comparison.pick({
    failures: true,
    similarities: true,
    components: true,
    attributions: true,
    activations: true,
    totals: true,
  }),
});
export type Difference = z.infer<typeof Difference>;

/** All that the comparison shows; a picture of the host's state, sent whole whenever it changes. */
export const CompareState = z.strictObject({
  /** Grows with every state; an older one is out of date. */
  revision: z.int(),
  /** The group, or what else the prompts are. */
  title: z.string(),
  columns: z.array(ComparedColumn),
  /** Where the prompts are of a group with more than fit; null where they are all of it, or of no group. */
  part: z
    .strictObject({
      of: z.int(),
      by: z.enum(['score', 'cursor', 'first', 'person']),
      /** Whether more can be chosen from: whether the group is still there. */
      known: z.boolean(),
    })
    .nullable(),
  templates: Filling.nullable(),
  classes: Filling.nullable(),
  /** The pinned images, by their paths relative to the workspace. */
  images: z.array(z.string()),
  study: StudyInfo.nullable(),
  engine: EngineInfo.nullable(),
  progress: Progress.nullable(),
  /** What stopped the computation, if anything. */
  error: ErrorInfo.nullable(),
  notes: z.array(z.string()),
  scores: Comparison.pick({ failures: true, similarities: true, readings: true })
    .extend({ directions })
    .nullable(),
  heat: Comparison.pick({ components: true, attributions: true, activations: true, totals: true })
    .extend({ directions })
    .nullable(),
  relation: Relation.pick({ cosines: true }).extend({ directions }).nullable(),
  /** Ids of the columns whose difference is shown; the two best where the person chose none. */
  pair: z.strictObject({ of: ColumnId, against: ColumnId, chosen: z.boolean() }).nullable(),
  difference: Difference.nullable(),
  /** As in the attribution panel: null where there is no library for this study. Paths are for people. */
  components: z.strictObject({ judge: z.string().nullable(), known: z.array(ComponentSummary) }).nullable(),
  /** Components that a prompt describes poorly, as far as that is known: pairs, by the direction of a column. */
  poor: z.array(z.strictObject({ direction: z.string(), components: ints })),
  /** The write that would be taken back; null where there is none. */
  undo: z.strictObject({ file: z.string(), text: z.string() }).nullable(),
});
export type CompareState = z.infer<typeof CompareState>;

const nothing = z.void();
const none = z.strictObject({});
const column = z.strictObject({ column: ColumnId });
const text = z.string().max(10_000);
const worded = z.strictObject({ column: ColumnId, text });

/** What the page may ask of the extension. Columns go by their id, images by their index: no path crosses. */
export const compareHostProtocol = {
  /** Called once, when the page is ready to show a state. */
  ready: { request: none, result: CompareState },
  cancel: { request: none, result: nothing },
  retry: { request: none, result: nothing },
  /** Uses the dictionary though it reconstructs the model badly, and computes again. */
  acceptPoor: { request: none, result: nothing },
  showLogs: { request: none, result: nothing },
  /**
   * Another text for a prompt: written to its file, or taken as it is where it stands in none. `before` is what it said
   * when the person began. Rejects where it cannot be written, or says something else by now.
   */
  rewrite: { request: worded.extend({ before: text }), result: nothing },
  /** Scores a rewording beside the prompt, in a column of its own, without writing it. */
  tryText: { request: worded, result: nothing },
  /** Writes what is tried to the place of the prompt that it rewords. */
  writeDraft: { request: column, result: nothing },
  /** Takes the last write back, where the file still has what was written. */
  undo: { request: none, result: nothing },
  addText: { request: z.strictObject({ text }), result: nothing },
  /** Opens the prompt picker; what is chosen there is added. */
  pickPrompts: { request: none, result: nothing },
  /** Asks which prompts of the group are shown. */
  pickColumns: { request: none, result: nothing },
  removeColumn: { request: column, result: nothing },
  /** Shows the prompt in its file. */
  openPlace: { request: column, result: nothing },
  setTemplate: {
    request: z.strictObject({ template: z.int().nonnegative().nullable() }),
    result: nothing,
  },
  setClass: { request: z.strictObject({ name: z.int().nonnegative() }), result: nothing },
  setPair: { request: z.strictObject({ of: ColumnId, against: ColumnId }), result: nothing },
  chooseImages: { request: none, result: nothing },
  preview: {
    request: z.strictObject({ image: z.int().nonnegative() }),
    result: Preview,
  },
  openImage: { request: z.strictObject({ image: z.int().nonnegative() }), result: nothing },
  /** What the library says of these components is to be shown: those that the page shows now. */
  wantComponents: { request: z.strictObject({ components: z.array(Component).max(1000) }), result: nothing },
  inspect: { request: z.strictObject({ component: Component }), result: nothing },
  indexImages: { request: none, result: nothing },
  thumbnail: {
    request: z.strictObject({
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      size: z.int().min(16).max(1024),
    }),
    result: Preview,
  },
  exportResults: {
    request: z.strictObject({ format: z.enum(['json', 'csv']), to: z.enum(['clipboard', 'file']) }),
    result: nothing,
  },
} as const satisfies Protocol;
export type CompareHostProtocol = typeof compareHostProtocol;

/** What the extension tells the page. */
export const compareViewProtocol = {
  show: { request: CompareState, result: nothing },
} as const satisfies Protocol;
