import { common, integer, parse, type StudyChoice, studyChoice, studyOptions, wrong } from './options';

export interface WordsCommand extends StudyChoice {
  readonly kind: 'words';
  readonly image: string;
  readonly prompt: string;
  /** Components by number, or as many as there are with the largest attributions. */
  readonly components:
    | { readonly kind: 'latents'; readonly latents: readonly number[] }
    | { readonly kind: 'top'; readonly top: number };
  readonly json: boolean;
}

export const wordsOptions = {
  ...common,
  prompt: { type: 'string', multiple: true },
  latents: { type: 'string', multiple: true },
  top: { type: 'string' },
  ...studyOptions,
  json: { type: 'boolean' },
} as const;

/** What the engine takes. */
const most = 100;

export function wordsCommand(argv: readonly string[]): WordsCommand {
  const { values, positionals } = parse(argv, wordsOptions);
  const [image, ...images] = positionals;
  if (image === undefined) throw wrong('No image is given.');
  if (images.length > 0) throw wrong(`One image at a time: what is “${images[0]}”?`);
  const [prompt, ...prompts] = values.prompt ?? [];
  if (prompt === undefined) throw wrong('No prompt is given.');
  if (prompts.length > 0) throw wrong(`One prompt at a time: what is “${prompts[0]}”?`);
  return {
    kind: 'words',
    image,
    prompt,
    components: components(values.latents, values.top),
    ...studyChoice(values),
    json: values.json ?? false,
  };
}

function components(
  latents: readonly string[] | undefined,
  top: string | undefined,
): WordsCommand['components'] {
  if (latents === undefined) {
    const count = top === undefined ? 5 : integer('--top', top, 0);
    if (count > most) throw wrong(`--top ${count} is more than ${most}.`);
    return { kind: 'top', top: count };
  }
  if (top !== undefined) throw wrong('Either --latents are listed or the --top ones.');
  const asked = latents.flatMap((list) => list.split(',')).map((each) => integer('--latents', each, 0));
  if (asked.length > most) throw wrong(`--latents are at most ${most}.`);
  return { kind: 'latents', latents: [...new Set(asked)] };
}
