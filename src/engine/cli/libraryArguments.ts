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

/** What says which library and which of its numbers. */
export interface LibraryChoice extends StudyChoice {
  /** Null for the default. */
  readonly library: string | null;
  /** As it was given: `self`, or a model; null for the default. */
  readonly judge: string | null;
}

export interface IndexCommand extends LibraryChoice {
  readonly kind: 'index';
  readonly folders: readonly string[];
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  /** Bytes of contribution vectors that are kept at most. */
  readonly contributions: 'none' | { readonly most: number };
  /** Lines of progress, even where nobody looks at them. */
  readonly progress: boolean;
  readonly json: boolean;
}

/** What components may be named by. */
export interface NameChoice {
  readonly concepts: readonly string[];
  readonly nouns: boolean;
}

/** And how many answers are wanted. */
interface Naming extends NameChoice {
  readonly top: number;
  readonly json: boolean;
}

export interface LatentCommand extends LibraryChoice, Naming {
  readonly kind: 'latent';
  readonly latent: number;
  readonly prompts: readonly string[];
}

export interface SearchCommand extends LibraryChoice, Naming {
  readonly kind: 'search';
  readonly query:
    | { readonly kind: 'text'; readonly text: string }
    | { readonly kind: 'image'; readonly file: string };
}

export interface ShardCommand {
  readonly kind: 'shard';
  readonly folder: string;
  readonly library: string | null;
}

export interface ImportCommand {
  readonly kind: 'import';
  readonly folders: readonly string[];
  readonly library: string | null;
  readonly json: boolean;
}

const libraryOptions = {
  ...common,
  ...studyOptions,
  library: { type: 'string' },
  judge: { type: 'string' },
  json: { type: 'boolean' },
} as const;

export const nameOptions = {
  concepts: { type: 'string', multiple: true },
  nouns: { type: 'boolean' },
  'no-nouns': { type: 'boolean' },
} as const;

export const indexOptions = {
  ...libraryOptions,
  include: { type: 'string', multiple: true },
  exclude: { type: 'string', multiple: true },
  contributions: { type: 'string' },
  progress: { type: 'boolean' },
} as const;

export const latentOptions = {
  ...libraryOptions,
  ...nameOptions,
  top: { type: 'string' },
  prompt: { type: 'string', multiple: true },
} as const;

export const searchOptions = {
  ...libraryOptions,
  ...nameOptions,
  top: { type: 'string' },
  image: { type: 'string' },
} as const;

export const importOptions = { ...common, library: { type: 'string' }, json: { type: 'boolean' } } as const;

export function indexCommand(argv: readonly string[]): IndexCommand {
  const { values, positionals: folders } = parse(argv, indexOptions);
  if (folders.length === 0) throw wrong('No folder is given.');
  return {
    kind: 'index',
    folders,
    ...libraryChoice(values),
    include: values.include ?? [],
    exclude: values.exclude ?? [],
    contributions: contributions(values.contributions ?? '10'),
    progress: values.progress ?? false,
    json: values.json ?? false,
  };
}

export function latentCommand(argv: readonly string[]): LatentCommand {
  const { values, positionals } = parse(argv, latentOptions);
  const [latent, ...others] = positionals;
  if (latent === undefined) throw wrong('No latent is given.');
  if (others.length > 0) throw wrong(`One latent at a time: what is “${others[0]}”?`);
  return {
    kind: 'latent',
    latent: integer('latent', latent, 0),
    ...libraryChoice(values),
    ...naming(values, 500),
    prompts: values.prompt ?? [],
  };
}

export function searchCommand(argv: readonly string[]): SearchCommand {
  const { values, positionals } = parse(argv, searchOptions);
  const text = positionals.join(' ').trim();
  if (text === '' && values.image === undefined) throw wrong('No text to search is given.');
  if (text !== '' && values.image !== undefined) {
    throw wrong(`Either a text is searched or an image: what is “${text}”?`);
  }
  return {
    kind: 'search',
    query: values.image === undefined ? { kind: 'text', text } : { kind: 'image', file: values.image },
    ...libraryChoice(values),
    ...naming(values, 1000),
  };
}

export function importCommand(argv: readonly string[]): ImportCommand {
  const { values, positionals: folders } = parse(argv, importOptions);
  if (folders.length === 0) throw wrong('No folder to import is given.');
  return { kind: 'import', folders, library: values.library ?? null, json: values.json ?? false };
}

export function libraryChoice(
  values: Parameters<typeof studyChoice>[0] & {
    readonly library?: string | undefined;
    readonly judge?: string | undefined;
  },
): LibraryChoice {
  return { ...studyChoice(values), library: values.library ?? null, judge: values.judge ?? null };
}

export function nameChoice(values: {
  readonly concepts?: readonly string[] | undefined;
  readonly nouns?: boolean | undefined;
  readonly 'no-nouns'?: boolean | undefined;
}): NameChoice {
  const without = values['no-nouns'] ?? false;
  if (without && values.nouns) throw wrong('--nouns and --no-nouns contradict each other.');
  return { concepts: values.concepts ?? [], nouns: !without };
}

function naming(
  values: Parameters<typeof nameChoice>[0] & {
    readonly top?: string | undefined;
    readonly json?: boolean | undefined;
  },
  most: number,
): Naming {
  const top = values.top === undefined ? 20 : integer('--top', values.top, 1);
  if (top > most) throw wrong(`--top ${top} is more than ${most}.`);
  return { ...nameChoice(values), top, json: values.json ?? false };
}

/** Gigabytes as disks count them, in bytes. */
function contributions(text: string): IndexCommand['contributions'] {
  return text === 'none' ? 'none' : { most: 1e9 * number('--contributions', text) };
}
