import * as z from 'zod';
import { Component } from './component';
import { Direction } from './direction';
import { ErrorInfo } from './errors';
import { AlignedText, Grounds, LibraryRequest, Vocabulary } from './library';
import { StudyInfo } from './study';

/** Which images of the library a prompt is audited over. */
export const AuditedImages = z.discriminatedUnion('kind', [
  /** Those of class folders, as the library names them. */
  z.strictObject({ kind: z.literal('folders'), folders: z.array(z.string()).min(1) }),
  /** Those that a person assigned, absolute paths. */
  z.strictObject({ kind: z.literal('files'), paths: z.array(z.string()).min(1) }),
  /** Those that match it best. */
  z.strictObject({ kind: z.literal('matches'), most: z.int().min(1).max(10_000) }),
]);
export type AuditedImages = z.infer<typeof AuditedImages>;

/** A direction whose reliance is audited: a prompt, or a row of a linear probe. */
export const AuditSubject = z.strictObject({
  /** What people call it: the prompt as it is written, or the probe's class. */
  name: z.string().min(1),
  direction: Direction,
  /** What it says, for the judge: of a prompt its text, of a probe's class the prompt of that class. */
  text: z.string().min(1).max(10_000),
  /** Subjects of one set tell images apart from each other: prompts, or the classes of one probe. */
  set: z.string(),
  images: AuditedImages,
  /** Concepts that the person declared it may rely on. */
  expected: z.array(z.string().min(1).max(1000)),
  /** Of a probe's class: the subject (its index) that says the same in words, to stand beside it; else null. */
  beside: z.int().nonnegative().nullable(),
});
export type AuditSubject = z.infer<typeof AuditSubject>;

export const AuditRequest = LibraryRequest.extend({
  subjects: z.array(AuditSubject).min(1).max(20_000),
  /** Further classes that images of a set may be put into: what zero-shot accuracy is told apart from. */
  rivals: z.array(z.strictObject({ set: z.string(), name: z.string(), direction: Direction })),
  vocabulary: Vocabulary,
  /** Things no prompt should rely on (watermark, border, background …), declared by the person. */
  nuisances: z.array(z.string().min(1).max(1000)),
  /** A mean share is a finding above what is expected by more than this, of 1 (docs/audit.md). */
  margin: z.number().min(0).max(1),
  /** False discoveries among the findings, at most, in expectation. */
  level: z.number().gt(0).lt(1),
  /** Whether findings are confirmed by intervention: it takes runs of the model. */
  confirm: z.boolean(),
});
export type AuditRequest = z.infer<typeof AuditRequest>;

export const defaultMargin = 0.01;
export const defaultLevel = 0.05;
export const defaultNuisances: readonly string[] = [
  'a watermark',
  'a border',
  'a background',
  'written text',
];

/** Why a prompt relies on something that it does not say; each has a test of its own (docs/audit.md). */
export const findingKinds = ['homonym', 'compound', 'written', 'artefact'] as const;
export const FindingKind = z.enum(findingKinds);
export type FindingKind = z.infer<typeof FindingKind>;

/** One test of a kind, whatever came of it. */
export const KindTest = z.strictObject({
  kind: FindingKind,
  holds: z.boolean(),
  /** What was measured, in a sentence, for people. */
  evidence: z.string(),
  /** The numbers in it, by name. */
  numbers: z.record(z.string(), z.number()),
  /** The text it matches instead: the other sense, the sub-phrase, the word, the nuisance; null where there is none. */
  text: z.string().nullable(),
});
export type KindTest = z.infer<typeof KindTest>;

/** What switching the component off does, measured by running the model. */
export const FindingEffect = z.strictObject({
  /** Images of the subject that were run, in which the component is active. */
  images: z.int(),
  /** Mean change of y on them: without − with. */
  similarity: z.number(),
  interval: z.tuple([z.number(), z.number()]).nullable(),
  /** Share of the subject's images put into it, with the component and without it; null for a set of one. */
  accuracy: z.strictObject({ images: z.int(), before: z.number(), after: z.number() }).nullable(),
  /** The same of the subject's images in which the component is silent: does the class work without it? Null of none. */
  absent: z
    .strictObject({ images: z.int(), similarity: z.number(), accuracy: z.number().nullable() })
    .nullable(),
});
export type FindingEffect = z.infer<typeof FindingEffect>;

/** An image of the subject that shows a finding. */
export const FindingSample = z.strictObject({
  path: z.string(),
  sha256: z.string(),
  /** Of what switching components off costs the score, and its largest activation over tokens; 0 where it is silent. */
  share: z.number(),
  activation: z.number(),
  similarity: z.number(),
});
export type FindingSample = z.infer<typeof FindingSample>;

/** A subject relies on a component more than its alignment explains. */
export const Finding = z.strictObject({
  /** Index into the subjects asked. */
  subject: z.int().nonnegative(),
  component: Component,
  /** The component's name by the library: what a person called it, else its best text; null of too few images. */
  label: z.string().nullable(),
  /** Images of the subject, and of them those in which the component is active. */
  images: z.int(),
  active: z.int(),
  /** Mean share of what switching components off costs the score, over the images. */
  measured: z.number(),
  /** What components of that alignment usually get, by the fit on the other subjects. */
  expected: z.number(),
  /** measured − expected, and its one-sided-tested, two-sided interval of 90 %. */
  score: z.number(),
  interval: z.tuple([z.number(), z.number()]),
  /** Of the test, before it is corrected. */
  p: z.number(),
  /** With what the subject says or was declared to rely on, the largest; judged without the subject's own images. */
  alignment: z.number(),
  /** The alignment that `expected` was read at; of most kinds the same (docs/audit.md, *What excuses*). */
  excuse: z.number(),
  alignments: z.strictObject({
    text: z.number(),
    expected: z.array(AlignedText),
    phrases: z.array(AlignedText),
    /** Images that the component's meaning was read from, the subject's own left out. */
    images: z.int(),
  }),
  kind: FindingKind,
  tests: z.array(KindTest),
  effect: FindingEffect.nullable(),
  /** The subject's images of largest share, and (for contrast) those of largest y in which it is silent. */
  samples: z.array(FindingSample),
  absent: z.array(FindingSample),
  /** Of a probe's class beside a prompt: the mean share that the prompt gives the component on the same images. */
  beside: z.number().nullable(),
});
export type Finding = z.infer<typeof Finding>;

/** A component that gets more than its alignment explains, of no kind: mostly a feature that look-alikes share. */
export const Unexplained = Finding.pick({
  subject: true,
  component: true,
  label: true,
  active: true,
  measured: true,
  expected: true,
  score: true,
  alignment: true,
});
export type Unexplained = z.infer<typeof Unexplained>;

/** A component that fires for nearly every image: it tells nothing apart, and is listed once, not per prompt. */
export const BackgroundComponent = z.strictObject({
  component: Component,
  label: z.string().nullable(),
  /** Share of the library's images in which it fires. */
  rate: z.number(),
  /** Largest mean share over the subjects. */
  measured: z.number(),
});
export type BackgroundComponent = z.infer<typeof BackgroundComponent>;

export const AuditReport = z.strictObject({
  study: StudyInfo,
  grounds: Grounds,
  margin: z.number(),
  level: z.number(),
  /** One per subject asked, in order. */
  subjects: z.array(
    z.strictObject({
      /** Images it was audited over; with fewer than 10 nothing was tested, and `error` says so. */
      images: z.int(),
      /** Mean y over them; null without images. */
      similarity: z.number().nullable(),
      /** Share of them put into it among its set and rivals; null for a set of one. */
      accuracy: z.number().nullable(),
      /** Components looked at: eligible ones, with a kind or without (docs/audit.md). */
      tested: z.int(),
      error: ErrorInfo.nullable(),
      notes: z.array(z.string()),
    }),
  ),
  /** Largest score first. */
  findings: z.array(Finding),
  /** Not tested; largest score first, some of them. Never a Problem. */
  unexplained: z.array(Unexplained),
  background: z.array(BackgroundComponent),
  /** Pairs of subject and component that were looked at. */
  pairs: z.int(),
  /** The fit over all subjects, for a plot: alignment, ascending, and the share expected there. */
  fit: z.strictObject({ alignments: z.array(z.number()), shares: z.array(z.number()) }),
  notes: z.array(z.string()),
});
export type AuditReport = z.infer<typeof AuditReport>;
