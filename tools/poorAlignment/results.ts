import * as z from 'zod';
import { relations, shouldMark } from './relation';

export const thresholds = [0.02, 0.05, 0.1, 0.2, 0.3] as const;
export const judges = ['emoji-judge', 'self'] as const;
/** What alignment is taken with: the prompt as it is written, or the name in it alone. */
export const texts = ['prompt', 'name'] as const;

/** How many pairs of each relation. */
const Counts = z.record(z.enum(relations), z.int());
export type Counts = z.infer<typeof Counts>;

/** Pairs of an image and a prompt, with some of the strongest components each. */
const PairSet = z.strictObject({
  name: z.enum(['own', 'fresh', 'others']),
  /** How many components of each, those with the largest attribution above 0. */
  strongest: z.int(),
  pairs: z.int(),
  /** Pairs in which the component with the largest |A| speaks against the prompt. */
  against: z.int(),
  /** Of these components, those that would be marked with emoji-judge, the whole prompt and 0.1. */
  againstMarked: z.int(),
  all: Counts,
  rules: z.array(
    z.strictObject({ judge: z.enum(judges), text: z.enum(texts), threshold: z.number(), marked: Counts }),
  ),
});
export type PairSet = z.infer<typeof PairSet>;

/** Of components that are a shortcut to the prompt, and of those that it says. */
const LeftOut = z.strictObject({
  judge: z.enum(judges),
  text: z.enum(texts),
  relation: z.enum(['shortcut', 'said']),
  pairs: z.int(),
  /** Pairs whose component has fewer than five images left. */
  unknown: z.int(),
  /** Median of `better`, of the others. */
  whole: z.number(),
  without: z.number(),
});

export const Results = z.strictObject({
  images: z.strictObject({ library: z.int(), neutral: z.int(), fresh: z.int() }),
  sets: z.array(PairSet),
  /** By a library with the prompt's own class folder, and by one without it. */
  leftOut: z.array(LeftOut),
});
export type Results = z.infer<typeof Results>;

/** Of the pairs that can be called right or wrong. */
export function quality(
  all: Counts,
  marked: Counts,
): { readonly precision: number; readonly recall: number } {
  const sum = (counts: Counts, right: boolean) =>
    relations.reduce((total, one) => total + (shouldMark(one) === right ? counts[one] : 0), 0);
  const [found, wrong] = [sum(marked, true), sum(marked, false)];
  return { precision: found / (found + wrong), recall: found / sum(all, true) };
}

const setNames = {
  own: 'demo pictures, prompts that name what is drawn',
  fresh: 'fresh scenes, each with its noun’s prompt',
  others: 'demo pictures, prompts that name something else',
} as const satisfies Record<PairSet['name'], string>;
const judgeNames = { 'emoji-judge': 'emoji-judge', self: 'the model itself' } as const;
const textNames = { prompt: 'the whole prompt', name: 'the name alone' } as const;

/** The tables of the document, by name. */
export function tables({ sets, leftOut }: Results): ReadonlyMap<string, string> {
  const of = (name: PairSet['name'], strongest: number): PairSet =>
    sets.find((set) => set.name === name && set.strongest === strongest)!;
  const shown = [of('own', 1), of('own', 5), of('fresh', 1), of('fresh', 5), of('others', 1)];
  const both = (set: PairSet, judge: string, text: string, threshold: number): string => {
    const rule = set.rules.find(
      (one) => one.judge === judge && one.text === text && one.threshold === threshold,
    )!;
    const { precision, recall } = quality(set.all, rule.marked);
    return `${decimals(precision)} / ${decimals(recall)}`;
  };
  const share = (set: PairSet, judge: string, text: string, relation: 'said' | 'shortcut'): string => {
    const rule = set.rules.find((one) => one.judge === judge && one.text === text && one.threshold === 0.1)!;
    return percent(rule.marked[relation] / set.all[relation]);
  };
  const ways = judges.flatMap((judge) => texts.map((text) => ({ judge, text })));
  return new Map([
    [
      'strongest components',
      table(
        ['components', ...relations, 'one is stronger against', 'it would be marked'],
        shown.map((set) => [
          `${setNames[set.name]}, ${set.strongest === 1 ? 'the strongest' : 'five strongest'}`,
          ...relations.map((one) => String(set.all[one])),
          ...(set.strongest === 1
            ? [`${set.against} of ${set.pairs}`, percent(set.againstMarked / set.against)]
            : ['', '']),
        ]),
      ),
    ],
    [
      'thresholds',
      table(
        [
          'marked where `better` >',
          'demo, strongest',
          'demo, five',
          'fresh, strongest',
          'fresh, five',
          'other prompts, strongest',
        ],
        thresholds.map((threshold) => [
          threshold === 0.1 ? `**${threshold}**` : String(threshold),
          ...shown.map((set) => both(set, 'emoji-judge', 'prompt', threshold)),
        ]),
      ),
    ],
    [
      'judges and texts',
      table(
        ['judge', 'text', 'demo, five', 'fresh, five', 'marked of *said*', 'marked of *shortcut*'],
        ways.map(({ judge, text }) => [
          judgeNames[judge],
          textNames[text],
          both(of('own', 5), judge, text, 0.1),
          both(of('fresh', 5), judge, text, 0.1),
          share(of('fresh', 5), judge, text, 'said'),
          share(of('fresh', 5), judge, text, 'shortcut'),
        ]),
      ),
    ],
    [
      'own images',
      table(
        ['judge', 'text', 'component', 'pairs', 'with the class folder', 'without it', 'too few images left'],
        leftOut.map(({ judge, text, relation, pairs, unknown, whole, without }) => [
          judgeNames[judge],
          textNames[text],
          relation,
          String(pairs),
          decimals(whole),
          decimals(without),
          String(unknown),
        ]),
      ),
    ],
  ]);
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function decimals(x: number): string {
  return x.toFixed(2);
}

function percent(x: number): string {
  return `${Math.round(100 * x)} %`;
}
