import type { FinderOptions, Template } from '../../shared/foundPrompts';
import type { Call, Expression } from '../syntax';
import { encoderKeywords, encoders, isProcessor, lastName, plainText, processorKeywords } from './callees';
import type { EncoderArguments, Follow, Lead } from './follow';
import { matcherOf } from './names';
import type { Context } from './scopes';
import { hasSlot } from './slots';
import { Authority, type Container, mark, type Spot } from './spots';
import type { Survey } from './survey';

const task = 'zero-shot-image-classification';

/** What the pipelines of the two libraries fill classes into where they are told nothing else. */
const hypotheses = {
  python: { parts: ['This is a photo of ', '.'], changes: [] },
  javascript: { parts: ['This is a photo of ', ''], changes: [] },
} as const;

/** Classes, templates they are filled into, and templates that are no text of the file. */
export interface Pipeline {
  readonly classes: readonly Container[];
  readonly templates: readonly Container[];
  readonly implied: Template | null;
}

export function encoderArgumentsOf({ calls }: FinderOptions): EncoderArguments {
  const isMeant = matcherOf(calls);
  return (call) => {
    const name = lastName(call);
    if (name === null) return [];
    const isEncoder = encoders.has(name) || isMeant(name) || isMeant(call.callee?.join('.') ?? '');
    const keywords = isEncoder ? encoderKeywords : isProcessor(name) ? processorKeywords : null;
    if (keywords === null) return [];
    const first = isEncoder ? call.positional.slice(0, 1) : [];
    return [
      ...first,
      ...call.named.filter((argument) => keywords.has(argument.name)).map(({ value }) => value),
    ];
  };
}

/** Rule 1 of docs/prompts.md: marks what is given to text encoders. */
export function markEncoded(survey: Survey, follow: Follow, encoderArguments: EncoderArguments): Pipeline[] {
  const pipelines: Pipeline[] = [];
  for (const { call, context } of survey.calls) {
    for (const argument of encoderArguments(call)) {
      follow.strings(argument, context, (lead) => markGiven(lead, 'prompt'));
    }
    const pipeline = pipelineOf(call, context, follow, survey);
    if (pipeline !== null) pipelines.push(pipeline);
  }
  return pipelines;
}

function markGiven({ spot, use }: Lead, kind: 'prompt' | 'class'): void {
  if (use === null) {
    mark(spot, kind, Authority.encoder);
    return;
  }
  mark(spot, 'template', Authority.encoder);
  for (const filling of use.fillings) mark(filling, 'class', Authority.encoder);
}

function pipelineOf(call: Call, context: Context, follow: Follow, survey: Survey): Pipeline | null {
  const keywords = new Map(call.named.map(({ name, value }) => [name, value]));
  for (const argument of call.positional) {
    if (argument.kind !== 'mapping') continue;
    for (const { key, value } of argument.entries) if (key !== null) keywords.set(key, value);
  }
  const labels =
    keywords.get('candidate_labels') ??
    keywords.get('candidateLabels') ??
    secondOfPipeline(call, context, follow);
  if (labels === null) return null;
  const classes = new Set<Container>();
  const language = new Set<string>();
  const add = (spot: Spot): void => {
    mark(spot, 'class', Authority.encoder);
    classes.add(spot.container);
  };
  follow.strings(labels, context, ({ spot, use, nested }) => {
    language.add(spot.literal?.syntax ?? '');
    if (use !== null) return;
    if (nested) add(spot);
    else for (const piece of survey.piecesOf(spot, ',')) add(piece);
  });
  const hypothesis = keywords.get('hypothesis_template');
  if (hypothesis === undefined) {
    const implied = language.has('javascript') ? hypotheses.javascript : hypotheses.python;
    return { classes: [...classes], templates: [], implied: { parts: [...implied.parts], changes: [] } };
  }
  const templates = new Set<Container>();
  follow.strings(hypothesis, context, ({ spot, use }) => {
    if (use !== null || !hasSlot(spot.text)) return;
    mark(spot, 'template', Authority.encoder);
    templates.add(spot.container);
  });
  return { classes: [...classes], templates: [...templates], implied: null };
}

/** Classes of a call of a variable that was assigned a pipeline for images. */
function secondOfPipeline(call: Call, context: Context, follow: Follow): Expression | null {
  const second = call.positional[1];
  if (call.callee === null || second === undefined || second.kind === 'mapping') return null;
  const assigned = follow.assignedCall(call.callee, context);
  if (assigned === null || lastName(assigned) !== 'pipeline') return null;
  const given = assigned.positional[0] ?? assigned.named.find(({ name }) => name === 'task')?.value;
  return given?.kind === 'text' && plainText(given) === task ? second : null;
}
