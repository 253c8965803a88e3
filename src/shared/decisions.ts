import * as z from 'zod';
import { Component } from './component';

/** What a person decided about a finding. */
export const Verdict = z.enum(['expected', 'spurious', 'todo']);
export type Verdict = z.infer<typeof Verdict>;

/** A finding by what it is about: the same in every run on the same study. */
export const FindingId = z.strictObject({
  /** The prompt's text; of a probe's class `<path of the probe, relative>#<class>`. */
  prompt: z.string(),
  /** AnalysisKey of the study. */
  key: z.string(),
  component: Component,
});
export type FindingId = z.infer<typeof FindingId>;

export const Decision = FindingId.extend({
  verdict: Verdict,
  note: z.string().max(10_000).optional(),
  /** Names, for people who read the file. */
  label: z.string().optional(),
  model: z.string().optional(),
  dictionary: z.string().optional(),
});
export type Decision = z.infer<typeof Decision>;
