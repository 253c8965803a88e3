import { parseArgs } from 'node:util';
import * as z from 'zod';
import { Source } from '../../shared/engineProtocol';
import { ClipsightError } from '../../shared/errors';
import { TokenSelection } from '../../shared/hook';

export const usage = `clipsight attribute <image>… --prompt <text>… [options]
clipsight inspect <model or dictionary> [--json]
clipsight download <model or dictionary> [--kind model|dictionary]
clipsight export <dictionary> <folder> [--model <model>] [--layer <n>] [--tokens <which>]

A model or dictionary is a folder, a file, or an id of the Hugging Face hub (owner/name, owner/name@revision,
owner/name/path). Dictionaries that need no file: neurons:<layer>, heads:<layer>.

attribute shows which latent components of CLIP make an image match a prompt.

  --prompt <text>         a prompt; repeat for several
  --prompts-file <file>   prompts, one per line (# comments) or a JSON array
  --template <text>       a template with {} for the prompt; several are averaged
  --versus <text>         score every prompt against this one: the difference of the two
  --model <model>         CLIP checkpoint                               (default: the bundled emoji-clip)
  --dictionary <…>        sparse autoencoder, neurons or heads          (default: the bundled sae-cls;
                          with --model: the neurons of the last block but one)
  --layer <n>             block whose output is decomposed, from 0; negative counts from the end
  --tokens <which>        cls, patches or all
  --top <n>               components listed per result                  (default: 20)
  --accept-poor           use the dictionary though it reconstructs the model badly
  --json                  print one JSON object

inspect prints what a model or dictionary is, without loading or downloading its weights.

download brings a model or dictionary of the hub into the cache that Python shares, and prints where it lies there.
attribute does so by itself for what is missing.

  --kind <kind>           model or dictionary               (default: what its configuration and headers say)

export writes a dictionary of any format in Clipsight's own. The model is needed where only a test on its
activations can tell how the file is meant; layer and tokens, where the files do not say where it was trained.

  --version, --help
`;

export interface AttributeCommand {
  readonly kind: 'attribute';
  readonly images: readonly string[];
  readonly prompts: readonly string[];
  readonly promptsFile: string | null;
  readonly templates: readonly string[];
  readonly versus: string | null;
  readonly model: string | null;
  readonly dictionary: string | null;
  readonly layer: number | null;
  readonly tokens: TokenSelection | null;
  readonly top: number;
  readonly acceptPoor: boolean;
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
  | InspectCommand
  | DownloadCommand
  | ExportCommand
  | { readonly kind: 'help' }
  | { readonly kind: 'version' };

const common = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

const attributeOptions = {
  ...common,
  prompt: { type: 'string', multiple: true },
  'prompts-file': { type: 'string' },
  template: { type: 'string', multiple: true },
  versus: { type: 'string' },
  model: { type: 'string' },
  dictionary: { type: 'string' },
  layer: { type: 'string' },
  tokens: { type: 'string' },
  top: { type: 'string' },
  'accept-poor': { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

const inspectOptions = { ...common, json: { type: 'boolean' } } as const;

const downloadOptions = { ...common, kind: { type: 'string' } } as const;

const exportOptions = {
  ...common,
  model: { type: 'string' },
  layer: { type: 'string' },
  tokens: { type: 'string' },
} as const;

/** Throws ClipsightError `configuration` that names the argument. */
export function parseArguments(argv: readonly string[]): Command {
  const [command, ...rest] = argv;
  switch (command) {
    case 'attribute':
      return asked(rest, attributeOptions) ?? attributeCommand(rest);
    case 'inspect':
      return asked(rest, inspectOptions) ?? inspectCommand(rest);
    case 'download':
      return asked(rest, downloadOptions) ?? downloadCommand(rest);
    case 'export':
      return asked(rest, exportOptions) ?? exportCommand(rest);
    default:
      return asked(argv, common) ?? noCommand(command);
  }
}

type Options = NonNullable<Parameters<typeof parseArgs>[0]>['options'];

/** The command that `--help` and `--version` are, wherever they stand. */
function asked(argv: readonly string[], options: Options & typeof common): Command | null {
  const { values } = parse(argv, options);
  if (values.help) return { kind: 'help' };
  return values.version ? { kind: 'version' } : null;
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
  const templates = values.template ?? [];
  const bare = templates.find((template) => !template.includes('{}'));
  if (bare !== undefined) throw wrong(`--template “${bare}” has no {} for the prompt.`);
  return {
    kind: 'attribute',
    images,
    prompts,
    promptsFile: values['prompts-file'] ?? null,
    templates,
    versus: values.versus ?? null,
    model: values.model ?? null,
    dictionary: values.dictionary ?? null,
    ...placeOf(values),
    top: values.top === undefined ? 20 : integer('--top', values.top, 0),
    acceptPoor: values['accept-poor'] ?? false,
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

function exportCommand(argv: readonly string[]): ExportCommand {
  const { values, positionals } = parse(argv, exportOptions);
  const [dictionary, folder, ...others] = positionals;
  if (dictionary === undefined) throw wrong('No dictionary is given.');
  if (folder === undefined) throw wrong('No folder to write to is given.');
  if (others.length > 0) throw wrong(`One dictionary at a time: what is “${others[0]}”?`);
  return { kind: 'export', dictionary, folder, model: values.model ?? null, ...placeOf(values) };
}

/** Where a dictionary is hooked. */
function placeOf({
  layer,
  tokens,
}: {
  readonly layer?: string | undefined;
  readonly tokens?: string | undefined;
}): { readonly layer: number | null; readonly tokens: TokenSelection | null } {
  return {
    layer: layer === undefined ? null : integer('--layer', layer, Number.MIN_SAFE_INTEGER),
    tokens: tokens === undefined ? null : tokenSelection(tokens),
  };
}

function parse<const T extends NonNullable<Options>>(argv: readonly string[], options: T) {
  try {
    return parseArgs({ args: joinNegative(argv), options, allowPositionals: true, strict: true });
  } catch (thrown) {
    const [sentence] = (thrown instanceof Error ? thrown.message : String(thrown)).split('. ');
    throw wrong(`${sentence?.replace(/\.$/, '')}.`);
  }
}

/** `--layer -2` is meant as it reads; the parser would take -2 for an option. */
function joinNegative(argv: readonly string[]): string[] {
  return argv.flatMap((argument, i) => {
    if (argv[i - 1] === '--layer' && /^-\d+$/.test(argument)) return [];
    return argument === '--layer' && /^-\d+$/.test(argv[i + 1] ?? '')
      ? [`--layer=${argv[i + 1]}`]
      : [argument];
  });
}

function integer(name: string, text: string, least: number): number {
  const parsed = z.coerce
    .number()
    .int()
    .min(least)
    .safeParse(text.trim() === '' ? Number.NaN : text);
  if (!parsed.success) {
    throw wrong(`${name} “${text}” is not a whole number${least === 0 ? ' from 0' : ''}.`);
  }
  return parsed.data;
}

function tokenSelection(text: string): TokenSelection {
  const parsed = TokenSelection.safeParse(text);
  if (!parsed.success) throw wrong(`--tokens “${text}” is none of ${TokenSelection.options.join(', ')}.`);
  return parsed.data;
}

function sourceKind(text: string): Source['kind'] {
  const parsed = Source.shape.kind.safeParse(text);
  if (!parsed.success) throw wrong(`--kind “${text}” is none of ${Source.shape.kind.options.join(', ')}.`);
  return parsed.data;
}

function wrong(message: string): ClipsightError {
  return new ClipsightError('configuration', message, 'See clipsight --help.');
}
