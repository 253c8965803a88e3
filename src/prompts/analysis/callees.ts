import type { NameChange } from '../../shared/foundPrompts';
import type { Call, Expression, Text } from '../syntax';

/** Their first positional argument and some keywords are given to a text encoder. */
export const encoders: ReadonlySet<string> = new Set([
  'tokenize',
  'tokenizer',
  'encode_text',
  'encode_texts',
  'encodeText',
  'embed_text',
  'embed_texts',
  'embedText',
  'get_text_features',
  'getTextFeatures',
  'text_encoder',
  'textEncoder',
]);
export const encoderKeywords: ReadonlySet<string> = new Set(['text', 'texts', 'prompt', 'prompts']);
export const processorKeywords: ReadonlySet<string> = new Set(['text', 'texts']);

export function isProcessor(name: string): boolean {
  return name === 'processor' || name.endsWith('_processor') || name.endsWith('Processor');
}

/** Functions that give their first argument's elements in some order. */
const rearranging = new Set(['list', 'tuple', 'set', 'sorted', 'reversed']);
/** Methods that give the collection that they are called of. */
const rearrangingMethods = new Set(['flat', 'copy', 'tolist', 'to', 'cuda']);

/** Last name of what is called. */
export function lastName({ callee }: Call): string | null {
  return callee?.at(-1) ?? null;
}

/** What a call that only rearranges gives the elements of; null for other calls. */
export function rearranged(call: Call): readonly Expression[] | null {
  const { callee, receiver, positional } = call;
  const name = lastName(call);
  if (name === null || callee === null) return null;
  const [first] = positional;
  if (first !== undefined && positional.length === 1) {
    if (callee.length === 1 && receiver === null && rearranging.has(name)) return [first];
    if (callee.length === 2 && callee[0] === 'Array' && name === 'from') return [first];
  }
  const of = receiverOf(call);
  if (of === null) return null;
  if (rearrangingMethods.has(name)) return [of];
  return name === 'concat' ? [of, ...positional] : null;
}

/** A call of `values()` of a mapping. */
export function valuesOf(mapping: Expression): Call {
  const { start, end } = mapping;
  return { kind: 'call', callee: ['values'], receiver: mapping, start, end, positional: [], named: [] };
}

/** The mapping that such a call is of, or `Object.values(mapping)`; null for other calls. */
export function mappingOfValues(call: Call): Expression | null {
  if (lastName(call) !== 'values') return null;
  const { callee, positional } = call;
  if (callee?.join('.') === 'Object.values') return positional[0] ?? null;
  return positional.length === 0 ? receiverOf(call) : null;
}

/** What a method is called of. Lowered calls of names have it in the callee alone. */
export function receiverOf({ callee, receiver, start }: Call): Expression | null {
  if (receiver !== null) return receiver;
  if (callee === null || callee.length < 2) return null;
  return { kind: 'name', path: callee.slice(0, -1), start, end: start };
}

/** Whether a literal in a call's arguments belongs to what stands around the call. */
export function transparentCall(call: Call): boolean {
  const name = lastName(call);
  return rearranged(call) !== null || name === 'format' || name === '%' || changeOf(call) !== null;
}

/** What a call does to the text that it is called of, where that is understood. */
export function changeOf(call: Call): NameChange | null {
  const { positional, named } = call;
  if (receiverOf(call) === null || named.length > 0) return null;
  const name = lastName(call);
  switch (name) {
    case 'lower':
    case 'upper':
    case 'title':
    case 'capitalize':
    case 'strip':
      return positional.length === 0 ? { kind: name } : null;
    case 'toLowerCase':
    case 'toLocaleLowerCase':
      return positional.length === 0 ? { kind: 'lower' } : null;
    case 'toUpperCase':
    case 'toLocaleUpperCase':
      return positional.length === 0 ? { kind: 'upper' } : null;
    case 'trim':
      return positional.length === 0 ? { kind: 'strip' } : null;
    case 'replace':
    case 'replaceAll': {
      const [from, to] = positional;
      if (positional.length !== 2 || from?.kind !== 'text' || to?.kind !== 'text') return null;
      // JavaScript's replaces the first only.
      if (name === 'replace' && from.literal?.syntax === 'javascript') return null;
      const [fromText, toText] = [plainText(from), plainText(to)];
      return fromText === null || toText === null || fromText === ''
        ? null
        : { kind: 'replace', from: fromText, to: toText };
    }
    default:
      return null;
  }
}

/** What a literal without interpolations says. */
export function plainText({ pieces }: Text): string | null {
  const [first = ''] = pieces;
  return pieces.length <= 1 && typeof first === 'string' ? first : null;
}
