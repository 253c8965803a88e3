import { writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type ScoreDirection, score } from '../../../src/engine/attribution/score';
import {
  depthFor,
  type Extremes,
  matchedPictures,
  withoutOverlap,
} from '../../../src/engine/components/matchedPictures';
import { presentPaths } from '../../../src/engine/components/presentPaths';
import type { Library } from '../../../src/engine/library/library';
import type { JobContext } from '../../../src/shared/rpc/protocol';
import { expectError } from '../../support/expectError';
import { memoryLibrary } from '../../support/memoryLibrary';
import { temporaryFolder } from '../../support/temporaryFolder';

const job: JobContext = { signal: new AbortController().signal, progress: () => undefined };

function libraryOf(embeddings: readonly (readonly number[] | null)[]) {
  return memoryLibrary(() =>
    embeddings.map((embedding, i) => ({
      sha256: `sha${String(i).padStart(3, '0')}`,
      path: `/p${i}`,
      codes: [],
      embeddings: embedding === null ? {} : { own: embedding },
    })),
  );
}

const cosine = (...vector: number[]): ScoreDirection => ({
  kind: 'cosine',
  vector: Float32Array.from(vector),
});

async function matched(
  embeddings: readonly (readonly number[] | null)[],
  directions: readonly ScoreDirection[],
  depth: number,
) {
  const library = libraryOf(embeddings);
  const pictures = await library.pictures('study');
  return matchedPictures(directions, depth, library, 'own', pictures, 1, job);
}

test('finds the same as sorting all scores, ties and differences of two directions included', async () => {
  const number = fc.constantFrom(-2, -1, -0.5, 0.3, 0.30000001192092896, 1, 2);
  const embedding = fc.array(number, { minLength: 3, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(embedding, { maxLength: 14 }),
      fc.array(embedding, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(1, 3, 5),
      async (embeddings, vectors, depth) => {
        const directions = vectors.map((vector) => cosine(...vector));
        const { directions: found, compared } = await matched(embeddings, directions, depth);
        expect(compared).toBe(embeddings.length);
        for (const [d, { best, worst }] of found.entries()) {
          const scores = embeddings.map((e) => score(Float32Array.from(e), directions[d]!));
          const listed = (sign: number) =>
            [...scores.keys()]
              .sort((a, b) => sign * (scores[b]! - scores[a]!) || a - b)
              .slice(0, depth)
              .map((i) => ({ number: i, value: scores[i]! }));
          expect(best).toEqual(listed(1));
          expect(worst).toEqual(listed(-1));
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('passes over pictures without an embedding, and counts the others', async () => {
  const { directions, compared } = await matched([[1, 0], null, [0, 1]], [cosine(1, 0)], 9);
  expect(compared).toBe(2);
  expect(directions[0]!.best.map(({ number }) => number)).toEqual([0, 2]);
});

test('stops at an embedding that has no score', async () => {
  await expectError(
    matched(
      [
        [1, 0],
        [0, 0],
      ],
      [cosine(1, 0)],
      1,
    ),
    'checkpoint',
  );
  await expectError(
    matched(
      [
        [1, 0],
        [3, 1],
        [Number.NaN, 0],
      ],
      [cosine(1, 0)],
      1,
    ),
    'checkpoint',
  );
});

test('no picture is among the best and the worst, however few there are', () => {
  const scores = fc.array(fc.integer({ min: -2, max: 2 }), { maxLength: 9 });
  fc.assert(
    fc.property(scores, fc.integer({ min: 1, max: 4 }), fc.uniqueArray(fc.nat(8)), (values, most, gone) => {
      const sorted = (sign: number) =>
        [...values.keys()]
          .sort((a, b) => sign * (values[b]! - values[a]!) || a - b)
          .slice(0, depthFor(most))
          .map((number) => ({ number, value: values[number]! }));
      const found: Extremes = { best: sorted(1), worst: sorted(-1) };
      const { best, worst } = withoutOverlap(found, most, (picture) => !gone.includes(picture));
      const [high, low] = [best, worst].map((some) => some.map(({ number }) => number));
      expect(new Set([...high!, ...low!]).size).toBe(high!.length + low!.length);
      expect([...high!, ...low!].filter((number) => gone.includes(number))).toEqual([]);
      const there = [...values.keys()].filter((i) => !gone.includes(i)).length;
      if (values.length < depthFor(most)) {
        expect(high!.length).toBe(Math.min(most, Math.ceil(there / 2)));
        expect(low!.length).toBe(Math.min(most, Math.floor(there / 2)));
      }
      // None of the worst is better than one of the best.
      const lowest = Math.min(...best.map(({ value }) => value));
      expect(worst.every(({ value }) => value <= lowest)).toBe(true);
    }),
  );
});

test('a picture is shown by a file that is there', async () => {
  const folder = temporaryFolder();
  const there = path.join(folder, 'there.png');
  const copy = path.join(folder, 'copy.png');
  await Promise.all([there, copy].map((file) => writeFile(file, '')));
  const gone = path.join(folder, 'gone.png');
  const file = { size: 1, mtimeNs: 1n, inode: 1n, classFolder: '.', failure: null };
  const files = [
    { ...file, path: gone, sha256: 'b' },
    { ...file, path: copy, sha256: 'b' },
    { ...file, path: gone, sha256: 'c' },
    { ...file, path: copy, sha256: null },
  ];
  let asked = 0;
  const library: Pick<Library, 'files'> = {
    async files() {
      asked += 1;
      return files;
    },
  };
  const pictures = {
    sha256: ['a', 'b', 'c'],
    paths: [there, gone, gone],
    width: new Int32Array(3),
    height: new Int32Array(3),
  };
  expect(await presentPaths(new Set([0]), pictures, library)).toEqual(new Map([[0, there]]));
  expect(asked).toBe(0);
  expect(await presentPaths(new Set([0, 1, 2]), pictures, library)).toEqual(
    new Map([
      [0, there],
      [1, copy],
    ]),
  );
});
