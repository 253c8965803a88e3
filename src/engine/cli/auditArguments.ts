import { defaultLevel, defaultMargin } from '../../shared/audit';
import { defaultMatches } from '../../shared/auditSubjects';
import { defaultClassTemplate } from '../../shared/classFolders';
import {
  type LibraryChoice,
  libraryChoice,
  type NameChoice,
  nameChoice,
  nameOptions,
} from './libraryArguments';
import {
  common,
  integer,
  number,
  parse,
  placeOf,
  type StudyChoice,
  studyOptions,
  templatesOf,
  wrong,
} from './options';

export const reportFormats = ['html', 'md', 'json'] as const;
export type ReportFormat = (typeof reportFormats)[number];

/** Which findings make the command fail. What was decided to be expected never does. */
export type FailOn =
  /** Those that nobody decided about. */
  { readonly kind: 'new' } | { readonly kind: 'score'; readonly least: number };

export interface AuditCommand extends LibraryChoice, NameChoice {
  readonly kind: 'audit';
  readonly prompts: readonly string[];
  readonly promptsFile: string | null;
  /** With {} for the prompt; several are averaged. */
  readonly templates: readonly string[];
  readonly probe: string | null;
  /** The prompt of a class, with {} for its name. */
  readonly classTemplate: string;
  /** Images of a prompt that names no class folder. */
  readonly most: number;
  readonly nuisances: string | null;
  /** Null for the file beside the library, if there is one. */
  readonly decisions: string | null;
  readonly margin: number;
  readonly level: number;
  readonly confirm: boolean;
  /** Another study of the same prompts; null where none was asked for. */
  readonly against: StudyChoice | null;
  readonly reports: readonly { readonly file: string; readonly format: ReportFormat }[];
  readonly failOn: readonly FailOn[];
  readonly json: boolean;
}

export const auditOptions = {
  ...common,
  ...studyOptions,
  ...nameOptions,
  library: { type: 'string' },
  judge: { type: 'string' },
  prompt: { type: 'string', multiple: true },
  'prompts-file': { type: 'string' },
  template: { type: 'string', multiple: true },
  probe: { type: 'string' },
  'class-prompt': { type: 'string' },
  'class-template': { type: 'string' },
  most: { type: 'string' },
  nuisances: { type: 'string' },
  decisions: { type: 'string' },
  margin: { type: 'string' },
  level: { type: 'string' },
  'no-confirm': { type: 'boolean' },
  'against-model': { type: 'string' },
  'against-dictionary': { type: 'string' },
  'against-layer': { type: 'string' },
  'against-tokens': { type: 'string' },
  report: { type: 'string', multiple: true },
  'fail-on': { type: 'string', multiple: true },
  json: { type: 'boolean' },
} as const;

export function auditCommand(argv: readonly string[]): AuditCommand {
  const { values, positionals } = parse(argv, auditOptions);
  const [what] = positionals;
  if (what !== undefined) throw wrong(`The images are those of a library: what is “${what}”?`);
  const prompts = values.prompt ?? [];
  const [promptsFile, probe] = [values['prompts-file'] ?? null, values.probe ?? null];
  if (prompts.length === 0 && promptsFile === null && probe === null) {
    throw wrong('No prompt is given (--prompt, --prompts-file), and no --probe.');
  }
  const library = libraryChoice(values);
  const margin = values.margin === undefined ? defaultMargin : number('--margin', values.margin);
  if (margin > 1) throw wrong(`--margin ${values.margin} is more than 1.`);
  const level = values.level === undefined ? defaultLevel : number('--level', values.level);
  if (!(level > 0 && level < 1)) throw wrong(`--level ${values.level} is not between 0 and 1.`);
  const most = values.most === undefined ? defaultMatches : integer('--most', values.most, 1);
  if (most > 10_000) throw wrong(`--most ${most} is more than 10000.`);
  return {
    kind: 'audit',
    prompts,
    promptsFile,
    templates: templatesOf(values.template),
    probe,
    classTemplate: classTemplate(values['class-prompt'], values['class-template']),
    most,
    nuisances: values.nuisances ?? null,
    decisions: values.decisions ?? null,
    margin,
    level,
    confirm: !(values['no-confirm'] ?? false),
    against: against(values, library),
    reports: (values.report ?? []).map((file) => ({ file, format: formatOf(file) })),
    failOn: (values['fail-on'] ?? []).map(failOn),
    ...library,
    ...nameChoice(values),
    json: values.json ?? false,
  };
}

/** `--class-prompt` is what the other commands call it. */
function classTemplate(prompt: string | undefined, template: string | undefined): string {
  if (prompt !== undefined && template !== undefined) {
    throw wrong('--class-template and --class-prompt are the same: give one of them.');
  }
  const given = template ?? prompt ?? defaultClassTemplate;
  if (!given.includes('{}')) throw wrong(`--class-template “${given}” has no {} for the name of the class.`);
  return given;
}

/** What is left out is as in the first study, as far as it can be: a dictionary belongs to its model. */
function against(
  values: {
    readonly 'against-model'?: string | undefined;
    readonly 'against-dictionary'?: string | undefined;
    readonly 'against-layer'?: string | undefined;
    readonly 'against-tokens'?: string | undefined;
  },
  first: StudyChoice,
): StudyChoice | null {
  const [model, dictionary] = [values['against-model'], values['against-dictionary']];
  const place = placeOf({ layer: values['against-layer'], tokens: values['against-tokens'] });
  const isPlaced = place.layer !== null || place.tokens !== null;
  if (model === undefined && dictionary === undefined && !isPlaced) return null;
  return {
    model: model ?? first.model,
    dictionary: dictionary ?? (model === undefined ? first.dictionary : null),
    ...place,
    acceptPoor: first.acceptPoor,
  };
}

function formatOf(file: string): ReportFormat {
  const ending = /\.([a-z]+)$/i.exec(file)?.[1]?.toLowerCase();
  const format = ending === 'htm' ? 'html' : ending === 'markdown' ? 'md' : ending;
  const known = reportFormats.find((one) => one === format);
  if (known === undefined) throw wrong(`--report ${file} does not end in .html, .md or .json.`);
  return known;
}

function failOn(text: string): FailOn {
  const asked = text.trim();
  if (asked === 'new') return { kind: 'new' };
  const least = /^score\s*>=\s*(\S+)$/.exec(asked)?.[1];
  const value = least === undefined ? Number.NaN : Number(least);
  if (!Number.isFinite(value)) throw wrong(`--fail-on “${text}” is neither new nor score>=<number>.`);
  return { kind: 'score', least: value };
}
