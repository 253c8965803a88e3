import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTextEncoder } from '../../../src/engine/clip/textEncoder';
import type { TextWords } from '../../../src/engine/clip/tokenizer';
import { plainTextEmbedding } from '../../support/plainClip';
import { RandomWeights, randomTextTower } from '../../support/randomClip';
import { randomNumbers } from '../graph/numbers';
import { temporaryFolder } from '../graph/weightsFile';

/** float32 against double precision; the worst error seen is 6·10⁻⁷. */
const tolerance = 5e-6;

/** A text is its ids: "1 4 8". */
const tokenizer = {
  encode: (text: string) => ({ ids: text.split(' ').map(Number), truncated: false, readAs: null }),
  words: (text: string): TextWords => {
    let start = 0;
    const words = text.split(' ').map((word) => {
      const found = { text: word, start, without: '', read: true };
      start += word.length + 1;
      return found;
    });
    return {
      filled: 0,
      tokens: words.map((word, i) => ({ text: word.text, word: i })),
      words,
      padding: 'fill',
    };
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
    const encoder = openTextEncoder({ text, weightsFolder: folder, embeddingSize }, tokenizer, 1);
    const texts = ['1 4 8', '1 8', '1 8 5 3 8', '7'];
    const embedded = await encoder.embed(texts, noPause);
    const targets = ([3, 4] as const).map((seed) => randomNumbers(seed)(embeddingSize));
    const both = targets[0]!.map((x, d) => 2 * x - targets[1]![d]!);
    const given = await Promise.all(
      texts.map((each, i) => encoder.contributions(each, [...targets, both, embedded[i]!.vector], noPause)),
    );
    await encoder.release();
    texts.forEach((each, i) => {
      const [ids, pooled] = seen(tokenizer.encode(each).ids, text);
      const raw = plainTextEmbedding(text, (tensor) => weights.values(tensor), ids, pooled);
      const length = Math.hypot(...raw);
      const worst = Math.max(...raw.map((x, d) => Math.abs(embedded[i]!.vector[d]! - x / length)));
      expect(worst, each).toBeLessThan(tolerance);

      const { vector, tokens, contributions } = given[i]!;
      expect(Math.max(...vector.map((x, d) => Math.abs(x - embedded[i]!.vector[d]!)))).toBeLessThan(1e-6);
      expect(contributions.map(({ length }) => length)).toEqual(Array(4).fill(tokens.length));
      const [one, other, sum, itself] = contributions;
      targets.forEach((target, n) => {
        const expected = expectedContributions(text, weights, ids, pooled, target);
        // Tokens of one row of the table cannot be varied apart.
        const found = new Map<number, number>();
        ids.forEach((id, position) => {
          const ofText = tokenizer.encode(each).ids.length;
          if (position < ofText) found.set(id, (found.get(id) ?? 0) + contributions[n]![position]!);
        });
        if (tokens.length > tokenizer.encode(each).ids.length) {
          const id = ids.at(-1)!;
          found.set(id, (found.get(id) ?? 0) + contributions[n]!.at(-1)!);
        }
        for (const [id, contribution] of expected) {
          expect(Math.abs((found.get(id) ?? 0) - contribution), `${each}: ${id}`).toBeLessThan(2e-5);
        }
      });
      sum!.forEach((x, t) => {
        expect(Math.abs(x - (2 * one![t]! - other![t]!))).toBeLessThan(1e-5);
      });
      // Of unit length, the embedding cannot grow along itself.
      for (const x of itself!) expect(Math.abs(x)).toBeLessThan(1e-5);
    });
    expect(
      Math.max(...given.flatMap(({ contributions }) => [...contributions[0]!.map(Math.abs)])),
    ).toBeGreaterThan(1e-2);
  }

  /** By central differences in double precision: per row of the table, d(w·u)/ds where it is s times as long. */
  function expectedContributions(
    tower: Tower,
    weights: RandomWeights,
    ids: readonly number[],
    pooled: number,
    target: Float32Array,
  ): ReadonlyMap<number, number> {
    const score = (id: number, factor: number): number => {
      const raw = plainTextEmbedding(
        tower,
        (tensor) =>
          tensor === tower.tokenEmbedding
            ? weights.values(tensor).map((x, n) => (Math.floor(n / tower.width) === id ? x * factor : x))
            : weights.values(tensor),
        ids,
        pooled,
      );
      return raw.reduce((total, x, d) => total + x * target[d]!, 0) / Math.hypot(...raw);
    };
    const step = 1e-4;
    return new Map(
      [...new Set(ids)].map((id) => [id, (score(id, 1 + step) - score(id, 1 - step)) / (2 * step)]),
    );
  }

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
    expect(() => openTextEncoder({ text, weightsFolder: folder, embeddingSize: 4 }, tokenizer, 1)).toThrow(
      'padding',
    );
  });
});
