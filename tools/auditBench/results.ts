import * as z from 'zod';
import { FindingKind } from '../../src/shared/audit';
import { Truth } from './truth';

export const methods = ['audit', 'attribution', 'ablation', 'alignment', 'logit lens'] as const;

export const MethodResult = z.strictObject({
  name: z.enum(methods),
  /** Pairs that it reports: the audit its findings, a baseline as many. */
  reported: z.int(),
  /** Pairs that it ranks. */
  ranked: z.int(),
  precision10: z.number().nullable(),
  precision30: z.number().nullable(),
  /** Of those reported. */
  precision: z.number().nullable(),
  /** Of what was planted and is true. */
  recall: z.number().nullable(),
  /** Under the precision–recall curve: average precision. */
  area: z.number(),
  /** Reported findings on what was planted, and those of them that are called what they are. */
  kinds: z.strictObject({ findings: z.int(), right: z.int() }).nullable(),
});
export type MethodResult = z.infer<typeof MethodResult>;

export const PlantedResult = Truth.shape.planted.element.extend({
  /** Findings on it. */
  by: z.array(z.strictObject({ component: z.int(), kind: FindingKind })),
});
export type PlantedResult = z.infer<typeof PlantedResult>;

export const AuditResult = z.strictObject({
  images: z.int(),
  /** Scenes that the ground truth was drawn from. */
  scenes: z.int(),
  perNoun: z.strictObject({ ofInterest: z.int(), others: z.int() }),
  prompts: z.int(),
  words: z.array(z.string()),
  margin: z.number(),
  level: z.number(),
  amount: z.number(),
  /** Pairs that could be ranked, and those of them that are right: null before the baselines are judged. */
  pairs: z.int(),
  rights: z.int().nullable(),
  methods: z.array(MethodResult),
  planted: z.array(PlantedResult),
  /** Best first. */
  findings: z.array(
    z.strictObject({
      prompt: z.string(),
      component: z.int(),
      label: z.string().nullable(),
      measured: z.number(),
      expected: z.number(),
      score: z.number(),
      alignment: z.number(),
      kind: FindingKind,
      /** Names of what makes it right: none if it is false. */
      right: z.array(z.string()),
      /** Names of what the component belongs to otherwise. */
      belongs: z.array(z.string()),
    }),
  ),
  /** Seconds that the audit took. */
  seconds: z.number(),
});
export type AuditResult = z.infer<typeof AuditResult>;

/** Runs on worlds in which nothing was planted. */
export const NullResult = z.strictObject({
  nouns: z.int(),
  perNoun: z.int(),
  runs: z.array(
    z.strictObject({
      seed: z.int(),
      findings: z.int(),
      /** Findings that the paired test does not confirm. */
      unconfirmed: z.array(
        z.strictObject({
          prompt: z.string(),
          component: z.int(),
          label: z.string().nullable(),
          kind: FindingKind,
          score: z.number(),
        }),
      ),
    }),
  ),
});
export type NullResult = z.infer<typeof NullResult>;

/** A mean and its 95 % interval. */
const Estimate = z.strictObject({ mean: z.number(), interval: z.tuple([z.number(), z.number()]).nullable() });
export type Estimate = z.infer<typeof Estimate>;
const Beside = z.strictObject({ probe: Estimate, prompt: Estimate, difference: Estimate });

/** A probe fitted where a thing always comes with a class and never with the others. */
export const ProbeResult = z.strictObject({
  noun: z.string(),
  thing: z.string(),
  others: z.array(z.string()),
  accuracy: z.number(),
  /** Components that belong to the thing. */
  components: z.array(z.int()),
  /** Their share of all that switching components off costs, together, over the class's pictures. */
  share: Beside,
  /** What drawing the thing adds to the score on fresh scenes, in standard deviations of the score over the split. */
  effect: Beside,
  /** All findings of the audit on the probe's row and on the prompt. */
  findings: z.array(
    z.strictObject({
      by: z.enum(['probe', 'prompt']),
      component: z.int(),
      label: z.string().nullable(),
      kind: FindingKind,
      measured: z.number(),
      score: z.number(),
      /** The prompt's share of what the probe's row relies on. */
      beside: z.number().nullable(),
      /** Whether the component belongs to the thing. */
      ofThing: z.boolean(),
    }),
  ),
});
export type ProbeResult = z.infer<typeof ProbeResult>;

export const Results = z.strictObject({
  machine: z.string(),
  seed: z.int(),
  size: z.int(),
  world: z.string(),
  model: z.string(),
  dictionary: z.string(),
  judge: z.string(),
  audit: AuditResult.nullable(),
  null: NullResult.nullable(),
  probes: z.array(ProbeResult).nullable(),
});
export type Results = z.infer<typeof Results>;
