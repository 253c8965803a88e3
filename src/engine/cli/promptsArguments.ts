import { common, parse, wrong } from './options';

export interface PromptsCommand {
  readonly kind: 'prompts';
  readonly file: string;
  /** Added to what the finder knows, as by the settings `clipsight.prompts.*`. */
  readonly names: readonly string[];
  readonly calls: readonly string[];
  readonly files: readonly string[];
  readonly json: boolean;
}

export const promptsOptions = {
  ...common,
  name: { type: 'string', multiple: true },
  call: { type: 'string', multiple: true },
  list: { type: 'string', multiple: true },
  json: { type: 'boolean' },
} as const;

export function promptsCommand(argv: readonly string[]): PromptsCommand {
  const { values, positionals } = parse(argv, promptsOptions);
  const [file, ...others] = positionals;
  if (file === undefined) throw wrong('No file is given.');
  if (others.length > 0) throw wrong(`One file at a time: what is “${others[0]}”?`);
  return {
    kind: 'prompts',
    file,
    names: values.name ?? [],
    calls: values.call ?? [],
    files: values.list ?? [],
    json: values.json ?? false,
  };
}
