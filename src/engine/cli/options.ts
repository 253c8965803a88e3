import { parseArgs } from 'node:util';
import * as z from 'zod';
import { ClipsightError } from '../../shared/errors';
import { TokenSelection } from '../../shared/hook';

export type Options = NonNullable<Parameters<typeof parseArgs>[0]>['options'];

export const common = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

/** What every command can be asked for instead. */
export type Asked = { readonly kind: 'help' } | { readonly kind: 'version' };

/** The command that `--help` and `--version` are, wherever they stand. */
export function asked(argv: readonly string[], options: Options & typeof common): Asked | null {
  const { values } = parse(argv, options);
  if (values.help) return { kind: 'help' };
  return values.version ? { kind: 'version' } : null;
}

/** The options that name what is under study. */
export const studyOptions = {
  model: { type: 'string' },
  dictionary: { type: 'string' },
  layer: { type: 'string' },
  tokens: { type: 'string' },
  'accept-poor': { type: 'boolean' },
  device: { type: 'string' },
  precision: { type: 'string' },
} as const;

export interface StudyChoice {
  readonly model: string | null;
  readonly dictionary: string | null;
  readonly layer: number | null;
  readonly tokens: TokenSelection | null;
  readonly acceptPoor: boolean;
}

export function studyChoice(values: {
  readonly model?: string | undefined;
  readonly dictionary?: string | undefined;
  readonly layer?: string | undefined;
  readonly tokens?: string | undefined;
  readonly 'accept-poor'?: boolean | undefined;
}): StudyChoice {
  return {
    model: values.model ?? null,
    dictionary: values.dictionary ?? null,
    ...placeOf(values),
    acceptPoor: values['accept-poor'] ?? false,
  };
}

/** Templates that prompts are filled into. */
export function templatesOf(templates: readonly string[] = []): readonly string[] {
  const bare = templates.find((template) => !template.includes('{}'));
  if (bare !== undefined) throw wrong(`--template “${bare}” has no {} for the prompt.`);
  return templates;
}

/** Where a dictionary is hooked. */
export function placeOf({
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

export function parse<const T extends NonNullable<Options>>(argv: readonly string[], options: T) {
  try {
    return parseArgs({ args: joinNegative(argv), options, allowPositionals: true, strict: true });
  } catch (thrown) {
    const [sentence] = (thrown instanceof Error ? thrown.message : String(thrown)).split('. ');
    throw wrong(`${sentence?.replace(/\.$/, '')}.`);
  }
}

/** `--layer -2` is meant as it reads; the parser would take -2 for an option. */
function joinNegative(argv: readonly string[]): string[] {
  const isLayer = (argument: string | undefined) => argument === '--layer' || argument === '--against-layer';
  return argv.flatMap((argument, i) => {
    if (isLayer(argv[i - 1]) && /^-\d+$/.test(argument)) return [];
    return isLayer(argument) && /^-\d+$/.test(argv[i + 1] ?? '')
      ? [`${argument}=${argv[i + 1]}`]
      : [argument];
  });
}

export function integer(name: string, text: string, least: number): number {
  const parsed = z.coerce
    .number()
    .int()
    .min(least)
    .safeParse(text.trim() === '' ? Number.NaN : text);
  if (!parsed.success) {
    const from = least === Number.MIN_SAFE_INTEGER ? '' : ` from ${least}`;
    throw wrong(`${name} “${text}” is not a whole number${from}.`);
  }
  return parsed.data;
}

/** From 0. */
export function number(name: string, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(Number.isFinite(value) && value >= 0)) throw wrong(`${name} “${text}” is not a number from 0.`);
  return value;
}

function tokenSelection(text: string): TokenSelection {
  const parsed = TokenSelection.safeParse(text);
  if (!parsed.success) throw wrong(`--tokens “${text}” is none of ${TokenSelection.options.join(', ')}.`);
  return parsed.data;
}

export function wrong(message: string): ClipsightError {
  return new ClipsightError('configuration', message, 'See clipsight --help.');
}
