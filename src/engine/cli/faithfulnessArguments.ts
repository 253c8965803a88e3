import { type FaithfulnessRequest, Method, methods } from '../../shared/measurement';
import { common, integer, parse, type StudyChoice, studyChoice, studyOptions, wrong } from './options';

export interface FaithfulnessCommand extends StudyChoice {
  readonly kind: 'faithfulness';
  /** Files, and folders with all that is in them. */
  readonly images: readonly string[];
  readonly prompts: readonly string[];
  /** With {} for the name of an image's folder; null for none. */
  readonly classPrompt: string | null;
  readonly methods: readonly Method[];
  readonly steps: number;
  readonly order: FaithfulnessRequest['order'];
  readonly json: boolean;
}

export const faithfulnessOptions = {
  ...common,
  prompt: { type: 'string', multiple: true },
  'class-prompt': { type: 'string' },
  method: { type: 'string', multiple: true },
  steps: { type: 'string' },
  order: { type: 'string' },
  ...studyOptions,
  json: { type: 'boolean' },
} as const;

/** No method says much alone: a random order and exact ablation are beside every one. */
const always: readonly Method[] = ['random', 'ablation'];

export function faithfulnessCommand(argv: readonly string[]): FaithfulnessCommand {
  const { values, positionals: images } = parse(argv, faithfulnessOptions);
  if (images.length === 0) throw wrong('No image is given.');
  const prompts = values.prompt ?? [];
  const classPrompt = values['class-prompt'] ?? null;
  if (prompts.length === 0 && classPrompt === null) throw wrong('No prompt is given.');
  if (classPrompt !== null && !classPrompt.includes('{}')) {
    throw wrong(`--class-prompt “${classPrompt}” has no {} for the folder's name.`);
  }
  const named = values.method?.map(methodOf);
  const steps = values.steps === undefined ? 16 : integer('--steps', values.steps, 1);
  if (steps > 1000) throw wrong(`--steps “${steps}” is more than 1000.`);
  return {
    kind: 'faithfulness',
    images,
    prompts,
    classPrompt,
    methods: methods.filter(
      (method) => named === undefined || named.includes(method) || always.includes(method),
    ),
    steps,
    order: values.order === undefined ? 'local' : orderOf(values.order),
    ...studyChoice(values),
    json: values.json ?? false,
  };
}

function methodOf(text: string): Method {
  const parsed = Method.safeParse(text);
  if (!parsed.success) throw wrong(`--method “${text}” is none of ${methods.join(', ')}.`);
  return parsed.data;
}

function orderOf(text: string): FaithfulnessRequest['order'] {
  if (text === 'local' || text === 'global') return text;
  throw wrong(`--order “${text}” is none of local, global.`);
}
