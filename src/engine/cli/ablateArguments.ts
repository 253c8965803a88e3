import { defaultClassTemplate } from '../../shared/classFolders';
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

export interface AblateCommand extends StudyChoice {
  readonly kind: 'ablate';
  readonly change: AskedChange;
  readonly of:
    | { readonly kind: 'images'; readonly images: readonly string[]; readonly prompts: readonly string[] }
    /** `classTemplate` has {} for the name of a class. */
    | { readonly kind: 'library'; readonly library: string; readonly classTemplate: string };
  /** Components listed per result, or images that change class. */
  readonly top: number;
  readonly json: boolean;
}

/** What is to be changed in the model: components by their numbers, or an intervention by its name. */
export type AskedChange =
  | { readonly kind: 'latents'; readonly latents: readonly number[]; readonly scale: number }
  | { readonly kind: 'named'; readonly name: string };

export const ablateOptions = {
  ...common,
  latents: { type: 'string', multiple: true },
  scale: { type: 'string' },
  intervention: { type: 'string' },
  prompt: { type: 'string', multiple: true },
  library: { type: 'string' },
  'class-prompt': { type: 'string' },
  top: { type: 'string' },
  ...studyOptions,
  json: { type: 'boolean' },
} as const;

/** What the engine takes. */
const most = { scale: 10, changed: 10_000 };

export function ablateCommand(argv: readonly string[]): AblateCommand {
  const { values, positionals: images } = parse(argv, ablateOptions);
  const common = { ...studyChoice(values), change: change(values), json: values.json ?? false };
  const prompts = values.prompt ?? [];
  const classTemplate = values['class-prompt'];
  if (values.library !== undefined) {
    if (images.length > 0) throw wrong(`Either images are given or a --library: what is “${images[0]}”?`);
    if (prompts.length > 0) throw wrong('--library takes its class folders for prompts (--class-prompt).');
    const template = classTemplate ?? defaultClassTemplate;
    if (!template.includes('{}')) {
      throw wrong(`--class-prompt “${template}” has no {} for the name of the class.`);
    }
    const top = values.top === undefined ? 20 : integer('--top', values.top, 0);
    if (top > most.changed) throw wrong(`--top ${top} is more than ${most.changed}.`);
    const of = { kind: 'library', library: values.library, classTemplate: template } as const;
    return { kind: 'ablate', of, top, ...common };
  }
  if (images.length === 0) throw wrong('No image is given, and no --library.');
  if (prompts.length === 0) throw wrong('No prompt is given.');
  if (classTemplate !== undefined) throw wrong('--class-prompt is for the class folders of a --library.');
  const top = values.top === undefined ? 0 : integer('--top', values.top, 0);
  return { kind: 'ablate', of: { kind: 'images', images, prompts }, top, ...common };
}

function change({
  latents,
  scale,
  intervention,
}: {
  readonly latents?: readonly string[] | undefined;
  readonly scale?: string | undefined;
  readonly intervention?: string | undefined;
}): AskedChange {
  if (intervention !== undefined) {
    if (latents !== undefined) throw wrong('Either --latents are changed or an --intervention is made.');
    if (scale !== undefined) throw wrong('An --intervention has its own scales.');
    return { kind: 'named', name: intervention };
  }
  if (latents === undefined) throw wrong('No --latents are given, and no --intervention.');
  const numbers = latents.flatMap((list) => list.split(',')).map((one) => integer('--latents', one, 0));
  const factor = scale === undefined ? 0 : number('--scale', scale);
  if (factor > most.scale) throw wrong(`--scale ${factor} is more than ${most.scale}.`);
  return { kind: 'latents', latents: [...new Set(numbers)], scale: factor };
}
