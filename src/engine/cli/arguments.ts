import { Source } from '../../shared/engineProtocol';
import type { TokenSelection } from '../../shared/hook';
import { type AblateCommand, ablateCommand, ablateOptions } from './ablateArguments';
import { type AuditCommand, auditCommand, auditOptions } from './auditArguments';
import { type CompareCommand, compareCommand, compareOptions } from './compareArguments';
import { type FaithfulnessCommand, faithfulnessCommand, faithfulnessOptions } from './faithfulnessArguments';
import {
  type ImportCommand,
  type IndexCommand,
  importCommand,
  importOptions,
  indexCommand,
  indexOptions,
  type LatentCommand,
  latentCommand,
  latentOptions,
  type MatchCommand,
  matchCommand,
  matchOptions,
  type SearchCommand,
  type ShardCommand,
  searchCommand,
  searchOptions,
} from './libraryArguments';
import {
  type Asked,
  asked,
  common,
  integer,
  parse,
  placeOf,
  type StudyChoice,
  studyChoice,
  studyOptions,
  templatesOf,
  wrong,
} from './options';
import { type ProbeCommand, probeCommand, probeOptions } from './probeArguments';
import { type PromptsCommand, promptsCommand, promptsOptions } from './promptsArguments';
import { type WordsCommand, wordsCommand, wordsOptions } from './wordsArguments';

export interface AttributeCommand extends StudyChoice {
  readonly kind: 'attribute';
  readonly images: readonly string[];
  readonly prompts: readonly string[];
  readonly promptsFile: string | null;
  readonly templates: readonly string[];
  readonly versus: string | null;
  readonly top: number;
  readonly json: boolean;
}

export interface InspectCommand {
  readonly kind: 'inspect';
  readonly source: string;
  readonly json: boolean;
}

export interface DownloadCommand {
  readonly kind: 'download';
  readonly source: string;
  /** Null where it is to be found out. */
  readonly as: Source['kind'] | null;
}

export interface ExportCommand {
  readonly kind: 'export';
  readonly dictionary: string;
  readonly folder: string;
  readonly model: string | null;
  readonly layer: number | null;
  readonly tokens: TokenSelection | null;
}

export type Command =
  | AttributeCommand
  | CompareCommand
  | FaithfulnessCommand
  | WordsCommand
  | InspectCommand
  | DownloadCommand
  | ExportCommand
  | IndexCommand
  | LatentCommand
  | SearchCommand
  | MatchCommand
  | AblateCommand
  | AuditCommand
  | ProbeCommand
  | PromptsCommand
  | ShardCommand
  | ImportCommand
  | Asked;

const attributeOptions = {
  ...common,
  prompt: { type: 'string', multiple: true },
  'prompts-file': { type: 'string' },
  template: { type: 'string', multiple: true },
  versus: { type: 'string' },
  top: { type: 'string' },
  ...studyOptions,
  json: { type: 'boolean' },
} as const;

const inspectOptions = { ...common, json: { type: 'boolean' } } as const;

const downloadOptions = { ...common, kind: { type: 'string' } } as const;

const exportOptions = {
  ...common,
  model: { type: 'string' },
  layer: { type: 'string' },
  tokens: { type: 'string' },
  parquet: { type: 'string' },
  library: { type: 'string' },
} as const;

/** Throws ClipsightError `configuration` that names the argument. */
export function parseArguments(argv: readonly string[]): Command {
  const [command, ...rest] = argv;
  switch (command) {
    case 'attribute':
      return asked(rest, attributeOptions) ?? attributeCommand(rest);
    case 'compare':
      return asked(rest, compareOptions) ?? compareCommand(rest);
    case 'faithfulness':
      return asked(rest, faithfulnessOptions) ?? faithfulnessCommand(rest);
    case 'words':
      return asked(rest, wordsOptions) ?? wordsCommand(rest);
    case 'inspect':
      return asked(rest, inspectOptions) ?? inspectCommand(rest);
    case 'download':
      return asked(rest, downloadOptions) ?? downloadCommand(rest);
    case 'export':
      return asked(rest, exportOptions) ?? exportCommand(rest);
    case 'index':
      return asked(rest, indexOptions) ?? indexCommand(rest);
    case 'latent':
      return asked(rest, latentOptions) ?? latentCommand(rest);
    case 'search':
      return asked(rest, searchOptions) ?? searchCommand(rest);
    case 'match':
      return asked(rest, matchOptions) ?? matchCommand(rest);
    case 'ablate':
      return asked(rest, ablateOptions) ?? ablateCommand(rest);
    case 'audit':
      return asked(rest, auditOptions) ?? auditCommand(rest);
    case 'probe':
      return asked(rest, probeOptions) ?? probeCommand(rest);
    case 'prompts':
      return asked(rest, promptsOptions) ?? promptsCommand(rest);
    case 'import':
      return asked(rest, importOptions) ?? importCommand(rest);
    default:
      return asked(argv, common) ?? noCommand(command);
  }
}

function noCommand(command: string | undefined): Command {
  if (command === undefined) return { kind: 'help' };
  throw wrong(command.startsWith('-') ? 'No command is given.' : `There is no command “${command}”.`);
}

function attributeCommand(argv: readonly string[]): AttributeCommand {
  const { values, positionals: images } = parse(argv, attributeOptions);
  if (images.length === 0) throw wrong('No image is given.');
  const prompts = values.prompt ?? [];
  if (prompts.length === 0 && values['prompts-file'] === undefined) throw wrong('No prompt is given.');
  return {
    kind: 'attribute',
    images,
    prompts,
    promptsFile: values['prompts-file'] ?? null,
    templates: templatesOf(values.template),
    versus: values.versus ?? null,
    ...studyChoice(values),
    top: values.top === undefined ? 20 : integer('--top', values.top, 0),
    json: values.json ?? false,
  };
}

function inspectCommand(argv: readonly string[]): InspectCommand {
  const { values, positionals } = parse(argv, inspectOptions);
  return { kind: 'inspect', source: onlySource(positionals), json: values.json ?? false };
}

function downloadCommand(argv: readonly string[]): DownloadCommand {
  const { values, positionals } = parse(argv, downloadOptions);
  return {
    kind: 'download',
    source: onlySource(positionals),
    as: values.kind === undefined ? null : sourceKind(values.kind),
  };
}

function onlySource([source, ...others]: readonly string[]): string {
  if (source === undefined) throw wrong('No model or dictionary is given.');
  if (others.length > 0) throw wrong(`One model or dictionary at a time: what is “${others[0]}”?`);
  return source;
}

/** `--parquet` decides which of the two it is: a library's shard, or a dictionary. */
function exportCommand(argv: readonly string[]): ExportCommand | ShardCommand {
  const { values, positionals } = parse(argv, exportOptions);
  const [dictionary, folder, ...others] = positionals;
  if (values.parquet !== undefined) {
    if (dictionary !== undefined) {
      throw wrong(`--parquet exports a library, and no dictionary: what is “${dictionary}”?`);
    }
    return { kind: 'shard', folder: values.parquet, library: values.library ?? null };
  }
  if (values.library !== undefined) throw wrong('--library is exported with --parquet <folder>.');
  if (dictionary === undefined) throw wrong('No dictionary is given.');
  if (folder === undefined) throw wrong('No folder to write to is given.');
  if (others.length > 0) throw wrong(`One dictionary at a time: what is “${others[0]}”?`);
  return { kind: 'export', dictionary, folder, model: values.model ?? null, ...placeOf(values) };
}

function sourceKind(text: string): Source['kind'] {
  const parsed = Source.shape.kind.safeParse(text);
  if (!parsed.success) throw wrong(`--kind “${text}” is none of ${Source.shape.kind.options.join(', ')}.`);
  return parsed.data;
}
