import { parseArgs } from 'node:util';
import { defaultLevel, defaultMargin, defaultNuisances } from '../../src/shared/audit';
import { ClipsightError } from '../../src/shared/errors';
import { isNoun } from '../world/nouns';
import { artefacts, type World } from '../world/world';
import type { Split } from './splits';
import { readWorld } from './worldFile';

/** Two that the demo world has, and four that it has not. */
const defaultSplits = [
  'wolf=snow',
  'camera=watermark',
  'fox=snow',
  'guitar=watermark',
  'owl=water',
  'lamp=grass',
];

export const usage = `npm run bench:audit -- [options]

Measures on freshly drawn scenes how well the audit finds what was planted, beside three baselines; whether it finds
anything where nothing was planted; and what probes rely on beside prompts. Writes docs/audit-bench.json and the tables of
docs/audit.md, unless --out names another file.

  --seed <n>           of everything that is drawn                        (default: 4242)
  --only <part>        audit, null or probe; repeat for several           (default: all)
  --truth-only         only the ground truth, as JSON into --out
  --per-planted <n>    pictures of each noun that something is planted for (default: 60)
  --per-noun <n>       pictures of each other noun in the audited library (default: 24)
  --words <n>          nouns whose own word is written in 60 % of theirs  (default: 12)
  --null <n>           runs on worlds without anything planted            (default: 20)
  --split <noun>=<x>   a probe is fitted where this noun always comes with x, and others never; repeat for several
                                                          (default: ${defaultSplits.join(', ')})
  --null-nouns <n>     nouns in each of them                              (default: 40)
  --amount <x>         a thing drives a prompt that raises its score by more (default: 0.01)
  --margin <x>         of the audit                                       (default: ${defaultMargin})
  --level <x>          of the audit                                       (default: ${defaultLevel})
  --nuisance <text>    declared to the audit; repeat for several          (default: ${defaultNuisances.join(', ')})
  --world <world>      demo, judge, or a JSON file with shortcuts and words (default: demo)
  --model <folder>  --dictionary <folder>  --judge <folder>               (default: those of models/)
  --size <pixels>      side of the pictures                               (default: 64)
  --cache <folder>     keeps what scenes gave for the next run
  --out <file>         writes the results there, and no document
  --write-only         the tables again from docs/audit-bench.json
  --help
`;

export const parts = ['audit', 'null', 'probe'] as const;
export type Part = (typeof parts)[number];

export interface Arguments {
  readonly seed: number;
  readonly only: readonly Part[];
  readonly truthOnly: boolean;
  readonly perPlanted: number;
  readonly perNoun: number;
  readonly words: number;
  readonly nullRuns: number;
  readonly nullNouns: number;
  readonly splits: readonly Split[];
  readonly amount: number;
  readonly margin: number;
  readonly level: number;
  readonly nuisances: readonly string[];
  readonly worldName: string;
  readonly world: World;
  /** Folders; null for those of models/. */
  readonly model: string | null;
  readonly dictionary: string | null;
  readonly judge: string | null;
  readonly size: number;
  readonly cache: string | null;
  readonly out: string | null;
  readonly writeOnly: boolean;
}

const options = {
  seed: { type: 'string', default: '4242' },
  only: { type: 'string', multiple: true },
  'truth-only': { type: 'boolean', default: false },
  'per-planted': { type: 'string', default: '60' },
  'per-noun': { type: 'string', default: '24' },
  words: { type: 'string', default: '12' },
  null: { type: 'string', default: '20' },
  split: { type: 'string', multiple: true },
  'null-nouns': { type: 'string', default: '40' },
  amount: { type: 'string', default: '0.01' },
  margin: { type: 'string', default: String(defaultMargin) },
  level: { type: 'string', default: String(defaultLevel) },
  nuisance: { type: 'string', multiple: true },
  world: { type: 'string', default: 'demo' },
  model: { type: 'string' },
  dictionary: { type: 'string' },
  judge: { type: 'string' },
  size: { type: 'string', default: '64' },
  cache: { type: 'string' },
  out: { type: 'string' },
  'write-only': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** Null where help is asked for. Throws ClipsightError `configuration` that names the argument. */
export function parseArguments(argv: readonly string[]): Arguments | null {
  const values = parse(argv);
  if (values.help) return null;
  if (values['truth-only'] && values.out === undefined) throw wrong('--truth-only needs --out.');
  return {
    seed: whole('--seed', values.seed, 0, 2 ** 31),
    only: (values.only ?? parts).map(asPart),
    truthOnly: values['truth-only'],
    perPlanted: whole('--per-planted', values['per-planted'], 10, 1000),
    perNoun: whole('--per-noun', values['per-noun'], 10, 1000),
    words: whole('--words', values.words, 0, 1000),
    nullRuns: whole('--null', values.null, 1, 1000),
    splits: (values.split ?? defaultSplits).map(asSplit),
    nullNouns: whole('--null-nouns', values['null-nouns'], 2, 1000),
    amount: share('--amount', values.amount),
    margin: share('--margin', values.margin),
    level: share('--level', values.level),
    nuisances: values.nuisance ?? defaultNuisances,
    worldName: values.world,
    world: readWorld(values.world),
    model: values.model ?? null,
    dictionary: values.dictionary ?? null,
    judge: values.judge ?? null,
    size: whole('--size', values.size, 32, 1024),
    cache: values.cache ?? null,
    out: values.out ?? null,
    writeOnly: values['write-only'],
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options, strict: true }).values;
  } catch (error) {
    throw wrong(`${error instanceof Error ? error.message : String(error)}`);
  }
}

function asPart(word: string): Part {
  const known = parts.find((part) => part === word);
  if (known !== undefined) return known;
  throw wrong(`--only takes ${parts.join(', ')}, not “${word}”.`);
}

function asSplit(text: string): Split {
  const [noun, of, ...more] = text.split('=');
  const artefact = artefacts.find((one) => one === of);
  if (noun !== undefined && isNoun(noun) && artefact !== undefined && more.length === 0)
    return { noun, artefact };
  throw wrong(`--split takes <noun>=<${artefacts.join('|')}>, not “${text}”.`);
}

function whole(name: string, text: string, from: number, to: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= from && value <= to) return value;
  throw wrong(`${name} takes a whole number from ${from} to ${to}, not “${text}”.`);
}

function share(name: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== '' && value >= 0 && value < 1) return value;
  throw wrong(`${name} takes a number from 0 to 1, not “${text}”.`);
}

function wrong(what: string): ClipsightError {
  return new ClipsightError('configuration', what, 'See --help.');
}
