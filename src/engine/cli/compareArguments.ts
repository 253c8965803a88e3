import {
  type LibraryChoice,
  libraryChoice,
  type NameChoice,
  nameChoice,
  nameOptions,
} from './libraryArguments';
import { common, integer, parse, studyOptions, templatesOf, wrong } from './options';

export interface CompareCommand extends LibraryChoice, NameChoice {
  readonly kind: 'compare';
  readonly images: readonly string[];
  readonly prompts: readonly string[];
  readonly promptsFile: string | null;
  readonly templates: readonly string[];
  /** What the best prompt is told apart from; null for the next best. */
  readonly versus: string | null;
  /** How many components of each prompt are looked at. */
  readonly top: number;
  readonly json: boolean;
}

export const compareOptions = {
  ...common,
  prompt: { type: 'string', multiple: true },
  'prompts-file': { type: 'string' },
  template: { type: 'string', multiple: true },
  versus: { type: 'string' },
  top: { type: 'string' },
  ...studyOptions,
  library: { type: 'string' },
  judge: { type: 'string' },
  ...nameOptions,
  json: { type: 'boolean' },
} as const;

/** What the engine takes. */
const most = 1000;

export function compareCommand(argv: readonly string[]): CompareCommand {
  const { values, positionals: images } = parse(argv, compareOptions);
  if (images.length === 0) throw wrong('No image is given.');
  const prompts = values.prompt ?? [];
  if (prompts.length === 0 && values['prompts-file'] === undefined) throw wrong('No prompt is given.');
  const top = values.top === undefined ? 5 : integer('--top', values.top, 0);
  if (top > most) throw wrong(`--top ${top} is more than ${most}.`);
  return {
    kind: 'compare',
    images,
    prompts,
    promptsFile: values['prompts-file'] ?? null,
    templates: templatesOf(values.template),
    versus: values.versus ?? null,
    ...libraryChoice(values),
    ...nameChoice(values),
    top,
    json: values.json ?? false,
  };
}
