import { parseArgs } from 'node:util';
import * as z from 'zod';
import { ClipsightError } from '../../shared/errors';
import { TokenSelection } from '../../shared/study';

export const usage = `clipsight attribute <image>… --prompt <text>… [options]

Shows which latent components of CLIP make an image match a prompt.

  --prompt <text>         a prompt; repeat for several
  --prompts-file <file>   prompts, one per line (# comments) or a JSON array
  --template <text>       a template with {} for the prompt; several are averaged
  --versus <text>         score every prompt against this one: the difference of the two
  --model <folder>        CLIP checkpoint, a Hugging Face folder        (default: the bundled emoji-clip)
  --dictionary <folder>   sparse autoencoder, or neurons:<layer>        (default: the bundled sae-cls;
                          with --model: the neurons of the last block but one)
  --layer <n>             block whose output is decomposed, from 0; negative counts from the end
  --tokens <which>        cls, patches or all
  --top <n>               components listed per result                  (default: 20)
  --json                  print one JSON object
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
  readonly json: boolean;
}

export type Command = AttributeCommand | { readonly kind: 'help' } | { readonly kind: 'version' };

const options = {
  prompt: { type: 'string', multiple: true },
  'prompts-file': { type: 'string' },
  template: { type: 'string', multiple: true },
  versus: { type: 'string' },
  model: { type: 'string' },
  dictionary: { type: 'string' },
  layer: { type: 'string' },
  tokens: { type: 'string' },
  top: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

/** Throws ClipsightError `configuration` that names the argument. */
export function parseArguments(argv: readonly string[]): Command {
  const { values, positionals } = parse(argv);
  if (values.help || (positionals.length === 0 && argv.length === 0)) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const [command, ...images] = positionals;
  if (command !== 'attribute') {
    throw wrong(command === undefined ? 'No command is given.' : `There is no command “${command}”.`);
  }
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
    layer: values.layer === undefined ? null : integer('--layer', values.layer, Number.MIN_SAFE_INTEGER),
    tokens: values.tokens === undefined ? null : tokenSelection(values.tokens),
    top: values.top === undefined ? 20 : integer('--top', values.top, 0),
    json: values.json ?? false,
  };
}

function parse(argv: readonly string[]) {
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

function wrong(message: string): ClipsightError {
  return new ClipsightError('configuration', message, 'See clipsight --help.');
}
