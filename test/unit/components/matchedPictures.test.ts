import { rm, stat, utimes, writeFile } from 'node:fs/promises';
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
import type { Library, LibraryFile } from '../../../src/engine/library/library';
import { sha256Of } from '../../../src/engine/library/readPictures';
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

test('finds the same as sorting all scores, ties, differences of two directions and rows of probes included', async () => {
  const number = fc.constantFrom(-2, -1, -0.5, 0.3, 0.30000001192092896, 1, 2);
  const embedding = fc.array(number, { minLength: 3, maxLength: 3 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(embedding, { maxLength: 14 }),
      fc.array(embedding, { minLength: 1, maxLength: 3 }),
      fc.constantFrom(1, 3, 5),
      async (embeddings, vectors, depth) => {
        const directions = vectors.map(
          (vector, i): ScoreDirection =>
            i === 0
              ? cosine(...vector)
              : { ...cosine(...vector), kind: i === 1 ? 'linear' : 'cosine', bias: vector[0]! * 10 },
        );
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

test('a picture is shown by a file that is there and has it still', async () => {
  const folder = temporaryFolder();
  const at = (name: string) => path.join(folder, name);
  const indexed = async (name: string, content: string): Promise<LibraryFile> => {
    await writeFile(at(name), content);
    const { size, mtimeNs, ino } = await stat(at(name), { bigint: true });
    const sha256 = sha256Of(Buffer.from(content));
    return {
      path: at(name),
      size: Number(size),
      mtimeNs,
      inode: ino,
      sha256,
      classFolder: '.',
      failure: null,
    };
  };
  const files = [
    await indexed('as indexed', 'wolf'),
    await indexed('gone', 'snow'),
    await indexed('gone, with a copy', 'hill'),
    await indexed('the copy', 'hill'),
    await indexed('another of the same size', 'tree'),
    await indexed('touched', 'moss'),
  ];
  for (const name of ['gone', 'gone, with a copy']) await rm(at(name));
  const later = new Date(Date.now() + 60_000);
  await writeFile(at('another of the same size'), 'rock');
  for (const name of ['another of the same size', 'touched']) await utimes(at(name), later, later);
  const library: Pick<Library, 'filesOf'> = {
    filesOf: async (some) => files.filter(({ sha256 }) => some.includes(sha256!)),
  };
  const contents = ['wolf', 'snow', 'hill', 'tree', 'moss', 'never asked for'];
  const pictures = {
    sha256: contents.map((content) => sha256Of(Buffer.from(content))),
    paths: contents,
    width: new Int32Array(6),
    height: new Int32Array(6),
  };
  const found = await presentPaths(new Set([0, 1, 2, 3, 4]), pictures, library);
  expect([...found].sort()).toEqual([
    [0, at('as indexed')],
    [2, at('the copy')],
    [4, at('touched')],
  ]);
});
