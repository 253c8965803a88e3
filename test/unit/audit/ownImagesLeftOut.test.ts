import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ownImagesLeftOut } from '../../../src/engine/audit/ownImagesLeftOut';
import { pairAlignments } from '../../../src/engine/audit/pairAlignments';
import { unwatched } from '../../../src/engine/job';
import { SampleCollector } from '../../../src/engine/semantics/sampleTable';
import { type MemoryPicture, memoryLibrary } from '../../support/memoryLibrary';

/** Pictures in which component 0 fires with these activations; 0 where it is silent. */
function firing(activations: readonly number[], depth: number) {
  const all = activations.map(
    (max, i): MemoryPicture => ({
      sha256: String(i).padStart(4, '0'),
      path: `/${i}.png`,
      codes: max === 0 ? [] : [{ component: 0, max }],
      embeddings: { judge: [i + 1, 1] },
    }),
  );
  const library = memoryLibrary(() => all);
  const collector = new SampleCollector(1, depth);
  activations.forEach((max, i) => {
    collector.add(i, Int32Array.of(0), Float32Array.of(max));
  });
  return { library, judgedSamples: collector.table() };
}

const leave = async (
  activations: readonly number[],
  depth: number,
  own: ReadonlySet<number>,
  unjudged: ReadonlySet<number> = new Set(),
) => {
  const { library, judgedSamples } = firing(
    activations.map((max, i) => (unjudged.has(i) ? 0 : max)),
    depth,
  );
  const full = firing(activations, depth).library;
  const pictures = await library.pictures('study');
  const table = { judgedSamples, unjudged, pictures };
  const [found] = await ownImagesLeftOut([{ component: 0, own }], full, 'study', table, unwatched);
  return found;
};

it('leaves the usual pictures where none is the subject’s', async () => {
  expect(await leave([5, 4, 3, 2, 1], 3, new Set([7]))).toBeNull();
});

it('gives the twenty highest that are not the subject’s, however deep they lie', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(0, 1, 2, 3, 5, 8), { minLength: 1, maxLength: 120 }),
      fc.integer({ min: 20, max: 40 }),
      fc.array(fc.nat(119)),
      fc.array(fc.nat(119), { maxLength: 20 }),
      async (activations, depth, some, unseen) => {
        const [own, unjudged] = [new Set(some), new Set(unseen)];
        const found = await leave(activations, depth, own, unjudged);
        const order = [...activations.keys()]
          .filter((i) => activations[i]! > 0 && !unjudged.has(i))
          .sort((a, b) => activations[b]! - activations[a]! || a - b);
        const expected = order.filter((i) => !own.has(i)).slice(0, 20);
        expect([...(found ?? order.slice(0, 20))]).toEqual(expected);
      },
    ),
  );
});

it('reads meanings from what is left, or from the usual pictures', async () => {
  const { library } = firing([5, 4, 3, 2, 1, 1, 1], 10);
  const pictures = await library.pictures('study');
  const table = {
    pictures,
    meanings: { components: Int32Array.of(0), units: { data: Float32Array.of(0.6, 0.8), width: 2 } },
    meaningRows: Int32Array.of(0, -1),
  };
  const texts = [Float32Array.of(1, 0), Float32Array.of(0, 1)];
  const question = (component: number, samples: number[] | null) => ({
    component,
    samples: samples === null ? null : Int32Array.from(samples),
    texts,
  });
  const judge = { key: 'judge', embedder: null!, id: null, name: 'judge', embeddingSize: 2 };
  const found = await pairAlignments(
    [question(0, null), question(1, null), question(0, [1, 2, 3, 4, 5]), question(0, [1, 2, 3, 4])],
    Float32Array.of(0, 1),
    library,
    { judge },
    table,
    unwatched,
  );
  // The mean of (2, 1) … (6, 1) is (4, 1).
  expect(found).toEqual([
    [expect.closeTo(-0.2, 6), 0],
    null,
    [expect.closeTo(3 / Math.sqrt(17), 6), 0],
    null,
  ]);
});
