import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTextEncoder } from '../../../src/engine/clip/textEncoder';
import type { TextWords } from '../../../src/engine/clip/tokenizer';
import { gaussLegendre } from '../../../src/engine/numeric/gaussLegendre';
import { cpuSessions } from '../../../src/engine/runtime/sessions';
import { plainTextEmbedding } from '../../support/plainClip';
import { RandomWeights, randomTextTower } from '../../support/randomClip';
import { randomNumbers } from '../graph/numbers';
import { temporaryFolder } from '../graph/weightsFile';

/** float32 against double precision; the worst error seen is 6·10⁻⁷. */
const tolerance = 5e-6;

/** A text is its ids, of which the last ends it: "1 4 8". */
const tokenizer = {
  encode: (text: string) => ({ ids: text.split(' ').map(Number), truncated: false, readAs: null }),
  words: (text: string): TextWords => {
    let start = 0;
    const ids = text.split(' ');
    const words = ids.slice(0, -1).map((word) => {
      const found = { text: word, start, without: '', read: true };
      start += word.length + 1;
      return found;
    });
    return { tokens: ids.map((id, i) => ({ text: id, word: i < words.length ? i : null })), words };
  },
  padding: null,
  fingerprint: '',
};
const noPause = async () => undefined;

type Tower = ReturnType<typeof randomTextTower>;

describe('a text tower', () => {
  const folder = temporaryFolder();

  async function check(
    name: string,
    variant: Parameters<typeof randomTextTower>[1],
    seen: (ids: readonly number[], tower: Tower) => readonly [ids: readonly number[], pooled: number],
  ): Promise<void> {
    const weights = new RandomWeights(join(folder, name), 3);
    const text = randomTextTower(weights, variant);
    weights.write();
    const embeddingSize = variant.projection === null ? text.width : 4;
    const encoder = openTextEncoder(
      { text, weightsFolder: folder, embeddingSize },
      tokenizer,
      cpuSessions(1),
    );
    const texts = ['1 4 8', '1 8', '1 8 5 3 8', '7'];
    const embedded = await encoder.embed(texts, noPause);
    const targets = ([3, 4] as const).map((seed) => randomNumbers(seed)(embeddingSize));
    const both = targets[0]!.map((x, d) => 2 * x - targets[1]![d]!);
    const given = await Promise.all(
      texts.map((each) => encoder.contributions(each, [...targets, both], noPause)),
    );
    await encoder.release();
    texts.forEach((each, i) => {
      const { ids: own } = tokenizer.encode(each);
      const [ids, pooled] = seen(own, text);
      const raw = plainTextEmbedding(text, (tensor) => weights.values(tensor), ids, pooled);
      const length = Math.hypot(...raw);
      const worst = Math.max(...raw.map((x, d) => Math.abs(embedded[i]!.vector[d]! - x / length)));
      expect(worst, each).toBeLessThan(tolerance);

      const [one, other, sum] = given[i]!.contributions;
      expect(sum).toHaveLength(own.length);
      const words = own.length - 1;
      const expected = expectedContributions(
        text,
        weights,
        { ids, pooled, words, end: own.at(-1)! },
        targets,
      );
      expect(given[i]!.complete).toBe(expected.complete);
      [one!, other!].forEach((found, n) => {
        expected.contributions[n]!.forEach((contribution, t) => {
          expect(Math.abs(found[t]! - contribution), `${each}: ${t}`).toBeLessThan(2e-5);
        });
        expect(found[words]).toBe(0);
      });
      sum!.forEach((x, t) => {
        expect(Math.abs(x - (2 * one![t]! - other![t]!))).toBeLessThan(1e-5);
      });
    });
    expect(
      Math.max(...given.flatMap(({ contributions }) => [...contributions[0]!.map(Math.abs)])),
    ).toBeGreaterThan(1e-2);
  }

  /**
   * In double precision, by central differences: each word's own move from the end token at points of the way that all
   * make together; and how far that way leads.
   */
  function expectedContributions(
    tower: Tower,
    weights: RandomWeights,
    text: {
      readonly ids: readonly number[];
      readonly pooled: number;
      readonly words: number;
      readonly end: number;
    },
    targets: readonly Float32Array[],
  ) {
    const { ids, pooled, words, end } = text;
    const table = weights.values(tower.tokenEmbedding);
    const row = (id: number) => [...table.slice(id * tower.width, (id + 1) * tower.width)];
    /** Its products with the targets, each word's token so far from the end token. */
    const products = (along: readonly number[]): readonly number[] => {
      const rows = ids.map((id, i) => {
        const [from, to] = [row(i < words ? end : id), row(id)];
        return from.map((x, d) => x + (along[i] ?? 0) * (to[d]! - x));
      });
      const raw = plainTextEmbedding(
        tower,
        (tensor) => (tensor === tower.tokenEmbedding ? rows.flat() : weights.values(tensor)),
        [...ids.keys()],
        pooled,
      );
      const length = Math.hypot(...raw);
      return targets.map((target) => raw.reduce((total, x, d) => total + (x * target[d]!) / length, 0));
    };
    const everywhere = (along: number) => new Array<number>(words).fill(along);
    const step = 1e-4;
    const slopesAt = (point: number) =>
      everywhere(0).map((_, word) => {
        const [after, before] = [step, -step].map((by) => products(everywhere(point).with(word, point + by)));
        return after!.map((product, n) => (product - before![n]!) / (2 * step));
      });
    const [whole, baseline] = [products(everywhere(1)), products(everywhere(0))];
    const difference = whole.map((product, n) => product - baseline[n]!);
    for (const count of [12, 24, 48, 96]) {
      const { points, weights: shares } = gaussLegendre(count);
      const slopes = [...points].map(slopesAt);
      const contributions = targets.map((_, n) =>
        everywhere(0).map((_, word) => slopes.reduce((all, at, i) => all + shares[i]! * at[word]![n]!, 0)),
      );
      const complete = contributions.every((each, n) => addUp(each, difference[n]!));
      if (complete || count === 96) return { contributions, complete };
    }
    throw new Error('unreachable');
  }

  const addUp = (contributions: readonly number[], difference: number) => {
    const total = (of: (x: number) => number) => contributions.reduce((all, x) => all + of(x), 0);
    return Math.abs(total((x) => x) - difference) <= Math.max(0.01 * total(Math.abs), 1e-6);
  };

  const filled = (ids: readonly number[], padding: number) => [
    ...ids,
    ...Array(5 - ids.length).fill(padding),
  ];

  it('reads the first end token of a text that nothing follows', () =>
    check(
      'first',
      { causal: true, padding: null, pooling: { kind: 'first', token: 8 }, projection: 'plain' },
      (ids) => [ids, Math.max(0, ids.indexOf(8))],
    ));

  it('reads the largest id, through a transposed projection', () =>
    check(
      'argmax',
      { causal: true, padding: null, pooling: { kind: 'argmax' }, projection: 'transposed' },
      (ids) => [ids, ids.indexOf(Math.max(...ids))],
    ));

  it('sees padding where attention is not causal, and reads the last position (SigLIP)', () =>
    check('last', { causal: false, padding: 2, pooling: { kind: 'last' }, projection: 'biased' }, (ids) => [
      filled(ids, 2),
      4,
    ]));

  it('sees the whole text from its first end token, with no projection', () =>
    check(
      'bidirectional',
      { causal: false, padding: 0, pooling: { kind: 'first', token: 8 }, projection: null },
      (ids) => [filled(ids, 0), Math.max(0, ids.indexOf(8))],
    ));

  it('finds the token that is read out among the padding too', () =>
    check(
      'padding-end',
      { causal: true, padding: 8, pooling: { kind: 'first', token: 8 }, projection: 'plain' },
      (ids) => [filled(ids, 8), filled(ids, 8).indexOf(8)],
    ));

  it('reads the last position of a padded causal text', () =>
    check(
      'causal-last',
      { causal: true, padding: 6, pooling: { kind: 'last' }, projection: 'plain' },
      (ids) => [filled(ids, 6), 4],
    ));

  it.each([
    { causal: false, padding: null, pooling: { kind: 'argmax' } },
    { causal: true, padding: null, pooling: { kind: 'last' } },
  ] as const)('must pad where what follows a text counts: %o', (variant) => {
    const text = randomTextTower(new RandomWeights(join(folder, 'none'), 3), {
      ...variant,
      projection: 'plain',
    });
    expect(() =>
      openTextEncoder({ text, weightsFolder: folder, embeddingSize: 4 }, tokenizer, cpuSessions(1)),
    ).toThrow('padding');
  });
});
