import * as z from 'zod';

/** What one run of the bench measured: docs/bench.json, or what `--out` names. */

export const Quantity = z.strictObject({
  amount: z.number(),
  unit: z.enum(['ms', 'images/s', 'bytes']),
});
export type Quantity = z.infer<typeof Quantity>;

/** Other work of the same run. */
export const Comparison = z.strictObject({
  what: z.string(),
  /** Null where it could not be measured: PyTorch is not installed. */
  measured: Quantity.nullable(),
  /** Beside other work of ours: measured through that; beside PyTorch: how many times as fast as that. */
  ratio: z.number().nullable(),
  limit: z.strictObject({ value: z.number(), atLeast: z.boolean() }).nullable(),
});
export type Comparison = z.infer<typeof Comparison>;

export const Row = z.strictObject({
  what: z.string(),
  /** Null where the system does not tell. */
  measured: Quantity.nullable(),
  beside: Comparison.nullable(),
  pytorch: z.array(Comparison),
});
export type Row = z.infer<typeof Row>;

export const groups = [
  'compute',
  'maps',
  'process',
  'start',
  'indexing',
  'compare',
  'typing',
  'intervening',
  'library',
  'audit',
  'prompts',
] as const;
export const Group = z.enum(groups);
export type Group = z.infer<typeof Group>;

export const Section = z.strictObject({
  group: Group,
  /** What it was measured on: a model with its hook, or ''. One group has one section of each name. */
  subject: z.string(),
  /** Day, YYYY-MM-DD. */
  date: z.string(),
  /** Medians of so many rounds; null where each thing is done once. */
  rounds: z.int().nullable(),
  rows: z.array(Row),
});
export type Section = z.infer<typeof Section>;

export const Machine = z.strictObject({
  processor: z.string(),
  cores: z.int(),
  /** Bytes. */
  memory: z.number(),
  system: z.string(),
  device: z.string(),
  threads: z.int(),
  node: z.string(),
  onnxruntime: z.string(),
  /** Null where Python has no torch. */
  pytorch: z
    .strictObject({ torch: z.string(), python: z.string(), gpu: z.string().nullable(), device: z.string() })
    .nullable(),
});
export type Machine = z.infer<typeof Machine>;

export const Results = z.strictObject({ machine: Machine, sections: z.array(Section) });
export type Results = z.infer<typeof Results>;

/** Sections that were not measured this time stay as an earlier run on the same machine left them. */
export function withSectionsOf(before: Results | null, now: Results): Results {
  if (before === null || JSON.stringify(before.machine) !== JSON.stringify(now.machine)) return now;
  const isNew = ({ group, subject }: Section) =>
    !now.sections.some((one) => one.group === group && one.subject === subject);
  const all = [...before.sections.filter(isNew), ...now.sections];
  return { ...now, sections: groups.flatMap((group) => all.filter((one) => one.group === group)) };
}

export function isWithin({ beside, pytorch }: Row): boolean {
  return [beside, ...pytorch].every((one) => one === null || keeps(one));
}

/** What could not be measured misses nothing. */
export function keeps({ ratio, limit }: Comparison): boolean {
  if (ratio === null || limit === null) return true;
  return limit.atLeast ? ratio >= limit.value : ratio <= limit.value;
}
