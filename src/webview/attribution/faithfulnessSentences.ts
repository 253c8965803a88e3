import type { ConfidenceInterval, Faithfulness, FaithfulnessCurve, Method } from '../../shared/measurement';
import { counted } from '../components/format';
import { methodTexts } from './methods';

type Test = 'deletion' | 'insertion';

/** Below a tenth of a point between the exact order and a random one no order can be told from another. */
const indistinct = 0.001;

/** Within this share of the way from random to exact two orders are said to be about as good. */
const alike = 0.1;

/**
 * What a measurement says of the order of activation × gradient, which the panel shows, against the exact order and a
 * random one. Of one image it tells only what was seen; of several no more than the 95 % intervals of the differences allow.
 */
export function faithfulnessSentences(found: Faithfulness): string[] {
  return [
    ...orderSentences(found, 'deletion'),
    ...orderSentences(found, 'insertion'),
    ...rankSentence(found),
    ...better(found),
    ...limits(found),
  ];
}

const actions: { readonly [T in Test]: string } = {
  deletion: 'removing components in the order of activation × gradient lowers the score',
  insertion: 'putting them back in that order raises it',
};

function orderSentences(found: Faithfulness, test: Test): string[] {
  const own = curveOf(found, 'activation-gradient', test);
  const exact = curveOf(found, 'ablation', test);
  const random = curveOf(found, 'random', test);
  if (own === undefined || exact === undefined || random === undefined) return [];
  const where = found.pairs === 1 ? 'In this image' : `Over ${counted(found.pairs, 'image')}`;
  const beginning = `${where} ${actions[test]}`;
  // Deletion is the better the smaller its area, insertion the larger.
  const sign = test === 'deletion' ? -1 : 1;
  const gap = sign * (exact.auc - random.auc);
  if (!(gap >= indistinct)) {
    return [
      `${beginning}, but the exact order does no faster than a random one: nothing can be said for or against it.`,
    ];
  }
  const overRandom = advantage(random.difference?.ci ?? null, sign);
  const overExact = advantage(exact.difference?.ci ?? null, sign);
  const words =
    overRandom === null || overExact === null
      ? seen((sign * (own.auc - random.auc)) / gap)
      : inferred(overRandom, overExact, alike * gap);
  return [`${beginning} ${words}.`];
}

/** By how much the panel's order is better than another, from the interval of the other's area less its own. */
function advantage(ci: ConfidenceInterval, sign: number): readonly [number, number] | null {
  if (ci === null) return null;
  const ends = ci.map((end) => -sign * end);
  return [Math.min(...ends), Math.max(...ends)];
}

/** `place`: 0 where random is, 1 where exact is. */
function seen(place: number): string {
  if (place > 1 + alike) return 'faster than the exact order, which weighs components one by one';
  if (place >= 1 - alike) return 'about as fast as the exact order';
  if (place > alike) return 'faster than a random order, and slower than the exact one';
  if (place >= -alike) return 'no faster than a random order';
  return 'slower than a random order';
}

function inferred(
  overRandom: readonly [number, number],
  overExact: readonly [number, number],
  margin: number,
): string {
  const random =
    overRandom[0] > 0
      ? 'faster than a random order'
      : overRandom[1] < 0
        ? 'slower than a random order'
        : 'not measurably faster than a random order';
  const exact =
    overExact[0] >= -margin && overExact[1] <= margin
      ? 'about as fast as the exact one'
      : overExact[0] > 0
        ? 'faster than the exact one, which weighs components one by one'
        : overExact[1] < 0
          ? 'slower than the exact one'
          : 'these images do not tell whether it is as fast as the exact one';
  return `${random}; ${exact}`;
}

function rankSentence({ methods }: Faithfulness): string[] {
  const rank = methods.find(({ method }) => method === 'activation-gradient')?.rankCorrelation ?? null;
  if (rank === null || !Number.isFinite(rank.mean)) return [];
  return [
    `Spearman’s rank correlation of its values with exact ablation is ${correlation(rank.mean)}${interval(rank.ci, correlation)}.`,
  ];
}

/** Methods whose order is better by their intervals; the exact order is what all are held against. */
function better({ methods }: Faithfulness): string[] {
  const names = methods.flatMap(({ method, deletion }) => {
    if (method === 'activation-gradient' || method === 'ablation' || method === 'random') return [];
    const over = advantage(deletion.difference?.ci ?? null, -1);
    return over !== null && over[1] < 0 ? [methodTexts[method].label] : [];
  });
  return names.length === 0 ? [] : [`Faster at removing by their intervals: ${names.join(', ')}.`];
}

function limits({ pairs, methods, failures }: Faithfulness): string[] {
  const intervals = methods.some(({ deletion }) => deletion.difference?.ci != null);
  const sentences = [];
  if (pairs === 1) sentences.push('This is one image and one random order: it says nothing of other images.');
  else if (!intervals)
    sentences.push(`${counted(pairs, 'image')} are too few for an interval: it says nothing of others.`);
  if (failures.length > 0) sentences.push(`${counted(failures.length, 'image')} could not be measured.`);
  return sentences;
}

function curveOf({ methods }: Faithfulness, of: Method, test: Test): FaithfulnessCurve | undefined {
  return methods.find(({ method }) => method === of)?.[test];
}

export function correlation(value: number): string {
  return value.toFixed(2).replace('-', '\u2212');
}

/** ` [0.91, 0.95]`, or nothing where there is no interval. */
export function interval(ci: ConfidenceInterval, format: (value: number) => string): string {
  return ci === null ? '' : ` [${format(ci[0])}, ${format(ci[1])}]`;
}
