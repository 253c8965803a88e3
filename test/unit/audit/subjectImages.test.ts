import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { subjectImages } from '../../../src/engine/audit/subjectImages';
import { unwatched } from '../../../src/engine/job';
import { type MemoryPicture, memoryLibrary } from '../../support/memoryLibrary';

const all = Array.from(
  { length: 24 },
  (_, i): MemoryPicture => ({
    sha256: String(i).padStart(4, '0'),
    path: resolve(i < 12 ? `/dog/${i}.png` : `/cat/${i}.png`),
    codes: [],
    embeddings: { own: [Math.cos(i / 12), Math.sin(i / 12)] },
  }),
);

it('takes folders, files or best matches, and says what is missing', async () => {
  const library = memoryLibrary(() => all);
  const pictures = await library.pictures('study');
  const files = new Map((await library.files(null)).map((file) => [file.sha256!, [file]]));
  const paths = [...pictures.paths.slice(5, 16), resolve('/gone.png')];
  const found = await subjectImages(
    [
      { name: 'dog', images: { kind: 'folders', folders: ['dog', 'dogs'] } },
      { name: 'some', images: { kind: 'files', paths } },
      { name: 'best', images: { kind: 'matches', most: 11 } },
      { name: 'few', images: { kind: 'files', paths: paths.slice(0, 3) } },
    ],
    [0, 0, 0, 0].map(() => ({ kind: 'cosine', vector: Float32Array.of(1, 0) })),
    {
      ...{ library, pictures, files: async () => files, embedder: 'own', model: 'clip', threads: 1 },
      unembedded: new Set([3]),
    },
    unwatched,
  );
  expect(found.map((one) => [...one.pictures])).toEqual([
    [0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11],
    [5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
    [0, 1, 2, 4, 5, 6, 7, 8, 9, 10],
    [5, 6, 7],
  ]);
  expect(found.map(({ error }) => error?.code ?? null)).toEqual([null, null, null, 'library']);
  expect(found[0]!.notes).toEqual([
    'The library has no pictures in dogs.',
    expect.stringMatching(/^1 of its images have no embedding by clip/),
  ]);
  expect(found[1]!.notes).toEqual([expect.stringMatching(/^1 of its 12 images are not in the library/)]);
  expect(found[3]!.error!.message).toContain('“few” has 3 images');
});
