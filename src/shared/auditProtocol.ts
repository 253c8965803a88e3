import * as z from 'zod';
import { AuditReport, Finding, FindingSample, Unexplained } from './audit';
import { Component } from './component';
import { Verdict } from './decisions';
import { EngineInfo, Preview } from './engineProtocol';
import { ErrorInfo } from './errors';
import { ComponentSummary } from './library';
import type { Protocol } from './rpc/protocol';
import { Progress } from './rpc/protocol';

/** Where a prompt stands in the workspace. */
export const PromptPlace = z.strictObject({
  /** Relative to its workspace folder, with slashes. */
  file: z.string(),
  /** In UTF-16 code units from the start of the file (of the cell, in a notebook), when it was audited. */
  start: z.int().nonnegative(),
  end: z.int().nonnegative(),
});
export type PromptPlace = z.infer<typeof PromptPlace>;

/** Components that are asked about at once, at most. */
export const mostSummarised = 200;

/** Subjects without an audit that are listed, at most: a page is no log. */
export const mostUntested = 500;

/** A finding as a row: all that is sorted, filtered and plotted. The rest is asked for as `Evidence`. */
export const ShownFinding = Finding.pick({
  component: true,
  label: true,
  images: true,
  active: true,
  measured: true,
  expected: true,
  score: true,
  interval: true,
  p: true,
  alignment: true,
  excuse: true,
  kind: true,
  effect: true,
  beside: true,
}).extend({
  /** Index of its subject; findings of one subject have it in common. */
  subject: z.int().nonnegative(),
  prompt: z.string(),
  /** Name of the probe whose class it is; null of a prompt. */
  probe: z.string().nullable(),
  /** File that the prompt stands in, for people; null where it is in none. */
  file: z.string().nullable(),
  decision: z.strictObject({ verdict: Verdict, note: z.string().nullable() }).nullable(),
});
export type ShownFinding = z.infer<typeof ShownFinding>;

/** A component of no kind: listed apart from the findings, for nobody decides about it. */
export const ShownUnexplained = Unexplained.omit({ subject: true }).extend({
  prompt: z.string(),
  /** Name of the probe whose class it is; null of a prompt. */
  probe: z.string().nullable(),
});
export type ShownUnexplained = z.infer<typeof ShownUnexplained>;

/** One audit as it is shown. */
export const ShownAudit = AuditReport.pick({
  study: true,
  margin: true,
  level: true,
  background: true,
  pairs: true,
  fit: true,
  notes: true,
}).extend({
  /** Names this run in questions: an answer is never about another one than is shown. */
  id: z.int().nonnegative(),
  /** Id of the judge; null where the model judges itself. */
  judge: z.string().nullable(),
  /** Images of the library, and subjects: prompts, classes of probes, and of both those that were tested. */
  counts: z.strictObject({ images: z.int(), prompts: z.int(), classes: z.int(), tested: z.int() }),
  /** Names of the probes among the subjects. */
  probes: z.array(z.string()),
  /** ISO 8601. */
  ended: z.string(),
  /** Largest score first, as the report has them: questions name them by their place. */
  findings: z.array(ShownFinding),
  /** Largest score first. */
  unexplained: z.array(ShownUnexplained),
  /** Subjects of which nothing was tested, and why; the first of them, and how many there are. */
  untested: z.strictObject({
    count: z.int(),
    listed: z.array(z.strictObject({ prompt: z.string(), images: z.int(), reason: z.string() })),
  }),
});
export type ShownAudit = z.infer<typeof ShownAudit>;

/** Two audits side by side, by places in their findings. */
export const ShownComparison = z.strictObject({
  /** What findings of the two are taken for the same by. */
  matchedBy: z.enum(['component', 'label']),
  /** Prompts of which either has found anything. */
  prompts: z.array(
    z.strictObject({
      /** Not tested by it: that it has no finding says nothing. */
      untested: z.strictObject({ left: z.boolean(), right: z.boolean() }),
      /** Those of both first, then by score; null where only the other has it. At least one. */
      matches: z.array(z.strictObject({ left: z.int().nullable(), right: z.int().nullable() })).min(1),
    }),
  ),
});
export type ShownComparison = z.infer<typeof ShownComparison>;

/** What one finding rests on. Paths are relative to the workspace, for people. */
export const Evidence = Finding.pick({ alignments: true, tests: true }).extend({
  /** What the subject says, for the judge: of a probe's class the prompt of that class. */
  text: z.string(),
  samples: z.array(FindingSample),
  absent: z.array(FindingSample),
  /** Of the subject: mean y over its images, and the share of them put into it. */
  similarity: z.number().nullable(),
  accuracy: z.number().nullable(),
  notes: z.array(z.string()),
});
export type Evidence = z.infer<typeof Evidence>;

/** All that the audit shows but evidence and pictures; sent whole whenever it changes. */
export const AuditState = z.strictObject({
  /** Grows with every state; an older one is out of date. */
  revision: z.int(),
  /** What the last run found; null before there was one. */
  audit: ShownAudit.nullable(),
  /** The same prompts by another study, side by side; null where none was asked for. */
  other: ShownAudit.nullable(),
  /** Null where there are not two. */
  comparison: ShownComparison.nullable(),
  /** Why the audit may no longer hold: another study is in use, or the library has changed since. */
  outdated: z.enum(['study', 'library']).nullable(),
  engine: EngineInfo.nullable(),
  /** What was audited, or is: in words. Null before anything was. */
  scope: z.string().nullable(),
  /** Name of the file whose prompts "this file" would audit; null where there is none. */
  document: z.string().nullable(),
  progress: Progress.nullable(),
  error: ErrorInfo.nullable(),
  /** The decision that would be taken back, in words; null where there is none. */
  undo: z.string().nullable(),
  /** Grows when what is said of components is out of date. */
  components: z.int(),
});
export type AuditState = z.infer<typeof AuditState>;

/** What a person may ask to be audited; who asks which prompts, which file, is the extension. */
export const auditScopes = ['again', 'document', 'workspace', 'prompts', 'probe'] as const;

const nothing = z.void();
const none = z.strictObject({});
/** A finding by the run that is shown and its place there: no path crosses. */
const FindingRef = z.strictObject({ audit: z.int().nonnegative(), finding: z.int().nonnegative() });
export type FindingRef = z.infer<typeof FindingRef>;

/** Of a finding: images where the component speaks most, and images without it. */
export const sampleLists = ['samples', 'absent'] as const;

export const reportFormats = ['html', 'json', 'markdown'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** What the page may ask of the extension. */
export const auditHostProtocol = {
  /** Called once, when the page is ready to show a state. */
  ready: { request: none, result: AuditState },
  run: { request: z.strictObject({ scope: z.enum(auditScopes) }), result: nothing },
  cancel: { request: none, result: nothing },
  /** Uses the dictionary though it reconstructs the model badly, and runs again. */
  acceptPoor: { request: none, result: nothing },
  showLogs: { request: none, result: nothing },
  indexImages: { request: none, result: nothing },
  chooseJudge: { request: none, result: nothing },
  /** Asks for another model or dictionary, and audits the same subjects by it. */
  compare: { request: none, result: nothing },
  endComparison: { request: none, result: nothing },
  /** Null takes the decision out. */
  decide: {
    request: FindingRef.extend({ verdict: Verdict.nullable(), note: z.string().max(10_000).nullable() }),
    result: nothing,
  },
  /** Takes the last decision back. */
  undo: { request: none, result: nothing },
  evidence: { request: FindingRef, result: Evidence },
  /** What the library says of components; null where it knows nothing of this study's. */
  summarise: {
    request: z.strictObject({
      audit: z.int().nonnegative(),
      components: z.array(Component).max(mostSummarised),
    }),
    result: z.array(ComponentSummary).nullable(),
  },
  thumbnail: {
    request: z.strictObject({
      sha256: z.string().regex(/^[0-9a-f]{64}$/),
      size: z.int().min(16).max(1024),
    }),
    result: Preview,
  },
  inspect: { request: z.strictObject({ component: Component }), result: nothing },
  /** Shows the prompt in its file. */
  openPrompt: { request: FindingRef, result: nothing },
  /** Shows an image of the evidence in the attribution panel, with the prompt. */
  openImage: {
    request: FindingRef.extend({ list: z.enum(sampleLists), image: z.int().nonnegative() }),
    result: nothing,
  },
  exportReport: { request: z.strictObject({ format: z.enum(reportFormats) }), result: nothing },
} as const satisfies Protocol;
export type AuditHostProtocol = typeof auditHostProtocol;

/** What the extension tells the page. */
export const auditViewProtocol = {
  show: { request: AuditState, result: nothing },
  /** Changes often while the findings do not, which may be many: told on its own. */
  progress: { request: z.strictObject({ progress: Progress.nullable() }), result: nothing },
  /** Chooses a finding, and shows what it rests on. */
  reveal: { request: FindingRef, result: nothing },
} as const satisfies Protocol;
