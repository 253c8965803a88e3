import { probeEndings } from '../probe/writeProbe';
import {
  common,
  integer,
  number,
  parse,
  type StudyChoice,
  studyChoice,
  studyOptions,
  wrong,
} from './options';

export interface FitProbeCommand extends StudyChoice {
  readonly kind: 'fit-probe';
  /** Null for the default. */
  readonly library: string | null;
  /** Class folders as the library names them; none for all. */
  readonly folders: readonly string[];
  readonly out: string;
  /** Null for that of the file. */
  readonly name: string | null;
  readonly heldOut: number;
  readonly c: readonly number[];
  readonly seed: number;
  readonly json: boolean;
}

export interface ShowProbeCommand {
  readonly kind: 'show-probe';
  readonly file: string;
  readonly json: boolean;
}

export type ProbeCommand = FitProbeCommand | ShowProbeCommand;

export const probeOptions = {
  ...common,
  ...studyOptions,
  library: { type: 'string' },
  folder: { type: 'string', multiple: true },
  out: { type: 'string' },
  name: { type: 'string' },
  'held-out': { type: 'string' },
  c: { type: 'string' },
  seed: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** Throws ClipsightError `configuration` that names the argument. */
export function probeCommand(argv: readonly string[]): ProbeCommand {
  const { positionals } = parse(argv, probeOptions);
  const [what, ...others] = positionals;
  switch (what) {
    case 'fit':
      if (others.length > 0) throw wrong(`What is “${others[0]}”? Class folders are named with --folder.`);
      return fitCommand(argv);
    case 'show':
      return showCommand(argv, others);
    case undefined:
      throw wrong('probe takes fit or show.');
    default:
      throw wrong(`probe takes fit or show: what is “${what}”?`);
  }
}

function fitCommand(argv: readonly string[]): FitProbeCommand {
  const { values } = parse(argv, probeOptions);
  const { out } = values;
  if (out === undefined) throw wrong('No file to write the probe to is given: --out <file>.');
  if (!probeEndings.some((ending) => out.toLowerCase().endsWith(ending))) {
    throw wrong(`--out “${out}” ends in none of ${probeEndings.join(', ')}.`);
  }
  return {
    kind: 'fit-probe',
    library: values.library ?? null,
    folders: values.folder ?? [],
    out,
    name: values.name ?? null,
    ...studyChoice(values),
    heldOut: heldOut(values['held-out'] ?? '0.25'),
    c: (values.c ?? '0.1,1,10,100').split(',').map(penalty),
    seed: values.seed === undefined ? 0 : integer('--seed', values.seed, 0),
    json: values.json ?? false,
  };
}

const showOptions = { ...common, json: { type: 'boolean' } } as const;

function showCommand(argv: readonly string[], [file, ...others]: readonly string[]): ShowProbeCommand {
  if (file === undefined) throw wrong('No file of a probe is given.');
  if (others.length > 0) throw wrong(`One probe at a time: what is “${others[0]}”?`);
  const { values } = parse(argv, showOptions);
  return { kind: 'show-probe', file, json: values.json ?? false };
}

function heldOut(text: string): number {
  const share = number('--held-out', text);
  if (share < 0.05 || share > 0.9) throw wrong(`--held-out “${text}” is not from 0.05 to 0.9.`);
  return share;
}

function penalty(text: string): number {
  const c = number('--c', text);
  if (c === 0) throw wrong('--c 0 would leave nothing of the probe: give numbers above 0.');
  return c;
}
