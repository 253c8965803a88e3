import { parseArgs } from 'node:util';
import { ClipsightError } from '../../src/shared/errors';
import { isNoun, type Noun, nouns } from './nouns';
import type { PlanRequest } from './plan';
import { demoWorld, type Extra, extras, isPlace, judgeWorld, type World } from './world';

export const usage = `npm run world -- --out <folder> [options]

Draws scenes of the world that the demo model was trained on, and ground_truth.json with what is in each.

  --out <folder>       where to; new or empty
  --per-noun <n>       pictures of each noun                            (default: 20)
  --noun <noun>        draw this noun; repeat for several               (default: all)
  --mixed <n>          pictures of two nouns                            (default: 0)
  --size <pixels>      side of the pictures                             (default: 192)
  --seed <n>           the same seed draws the same pictures            (default: 1)
  --world <which>      demo, or judge: without shortcuts                (default: demo)
  --with <extra>       in every picture; repeat for several:            ${extras.join(', ')}
  --without <extra>    in no picture; otherwise nothing changes
  --list               print the nouns and shortcuts
  --help
`;

export type Command =
  | { readonly kind: 'help' }
  | { readonly kind: 'list'; readonly world: World }
  | { readonly kind: 'draw'; readonly folder: string; readonly size: number; readonly plan: PlanRequest };

const worlds: Readonly<Record<string, World>> = { demo: demoWorld, judge: judgeWorld };

const options = {
  out: { type: 'string' },
  'per-noun': { type: 'string', default: '20' },
  noun: { type: 'string', multiple: true },
  mixed: { type: 'string', default: '0' },
  size: { type: 'string', default: '192' },
  seed: { type: 'string', default: '1' },
  world: { type: 'string', default: 'demo' },
  with: { type: 'string', multiple: true, default: [] as string[] },
  without: { type: 'string', multiple: true, default: [] as string[] },
  list: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Throws ClipsightError `configuration` that names the argument. */
export function parseArguments(argv: readonly string[]): Command {
  const values = parse(argv);
  if (values.help) return { kind: 'help' };
  const world = worlds[values.world];
  if (world === undefined) throw wrong(`--world takes demo or judge, not “${values.world}”.`);
  if (values.list) return { kind: 'list', world };
  if (values.out === undefined || values.out === '') throw wrong('--out is missing: no folder to draw into.');
  const extra = { with: values.with.map(asExtra), without: values.without.map(asExtra) };
  demandPossible(extra);
  return {
    kind: 'draw',
    folder: values.out,
    size: integer('--size', values.size, 32, 1024),
    plan: {
      world,
      seed: integer('--seed', values.seed, 0, Number.MAX_SAFE_INTEGER),
      nouns: values.noun === undefined ? nouns : [...new Set(values.noun.map(asNoun))],
      perNoun: integer('--per-noun', values['per-noun'], 0, 10_000),
      mixed: integer('--mixed', values.mixed, 0, 100_000),
      ...extra,
    },
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, strict: true }).values;
  } catch (error) {
    throw wrong(`${error instanceof Error ? error.message : String(error)}`);
  }
}

function demandPossible(extra: {
  readonly with: readonly Extra[];
  readonly without: readonly Extra[];
}): void {
  const both = extra.with.find((one) => extra.without.includes(one));
  if (both !== undefined) throw wrong(`--with and --without both name “${both}”.`);
  const places = [...new Set(extra.with.filter(isPlace))];
  if (places.length > 1) throw wrong(`A picture has one background: --with names ${places.join(' and ')}.`);
}

function asNoun(word: string): Noun {
  if (isNoun(word)) return word;
  throw wrong(`There is no noun “${word}” in this world.`);
}

function asExtra(word: string): Extra {
  const known = extras.find((extra) => extra === word);
  if (known !== undefined) return known;
  throw wrong(`“${word}” is nothing that a picture can be drawn with or without.`);
}

function integer(name: string, text: string, from: number, to: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= from && value <= to) return value;
  throw wrong(`${name} takes a whole number from ${from} to ${to}, not “${text}”.`);
}

function wrong(what: string): ClipsightError {
  return new ClipsightError('configuration', what, 'See --help.');
}
