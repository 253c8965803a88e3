import { writeFile } from 'node:fs/promises';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { firingFacts, firingOf, judgedFacts } from '../../../src/engine/components/card';
import { buildCoactivity, nearestByActivity } from '../../../src/engine/components/coactivity';
import { ComponentTables } from '../../../src/engine/components/componentTables';
import { Labeller } from '../../../src/engine/components/labelling';
import { meanAttribution } from '../../../src/engine/components/meanAttribution';
import { relevances } from '../../../src/engine/components/relevance';
import { componentSums, relianceOf } from '../../../src/engine/components/reliance';
import { alignments, searchActivations, searchText } from '../../../src/engine/components/search';
import type { InTurn, Subject, Turn } from '../../../src/engine/components/subject';
import { groundsOf, nameOf, type Sources, summaryOf } from '../../../src/engine/components/summaries';
import { TextVectors } from '../../../src/engine/components/textVectors';
import { normalise } from '../../../src/engine/numeric/vector';
import { type Annotation, noAnnotation } from '../../../src/shared/library';
import type { JobContext } from '../../../src/shared/rpc/protocol';
import { expectError } from '../../support/expectError';
import { type MemoryLibrary, type MemoryPicture, memoryLibrary } from '../../support/memoryLibrary';
import { temporaryFolder } from '../../support/temporaryFolder';

const job: JobContext = { signal: new AbortController().signal, progress: () => undefined };

const subject = {
  study: { key: 'study', model: { id: 'clip', embeddingSize: 2 }, dictionary: { id: 'sae' } },
  size: 5,
  embedder: 'own',
  judge: { key: 'judge', id: 'judge', name: 'judge', embeddingSize: 2 },
  regions: {
    grid: 2,
    firstPatch: 1,
    placed: true,
    crop: (width: number, height: number) => ({ left: 0, top: 0, width, height }),
    region: () => null,
  },
} as unknown as Subject;

/** The judge knows words by their place on the circle; it reads no umlauts. */
const words: Readonly<Record<string, readonly [number, number]>> = {
  '': [0.6, 0.8],
  right: [1, 0],
  up: [0, 1],
  both: [Math.SQRT1_2, Math.SQRT1_2],
  'a photo of a right': [0.8, 0.6],
  'a photo of an up': [0.6, -0.8],
  'a photo of an old unicorn': [Math.SQRT1_2, Math.SQRT1_2],
};

function turns(): { readonly inTurn: InTurn; readonly read: string[][] } {
  const read: string[][] = [];
  const turn = {
    judge: {
      text: {
        async embed(texts: readonly string[]) {
          read.push([...texts]);
          return texts.map((text) => ({
            vector: Float32Array.from(words[text] ?? [-1, 0]),
            truncated: false,
            readAs: text.includes('ü') ? text.replace('ü', '') : null,
          }));
        },
      },
    },
    study: {
      async *attribute(images: readonly { readonly path: string }[]) {
        for (const { path } of images) {
          if (path === '/p2') yield { kind: 'failure', error: { code: 'image', message: 'gone' } };
          else {
            const value = {
              latents: Int32Array.of(0),
              activations: Float32Array.of(path === '/p1' ? 77 : Number(path.slice(2)) + 1),
              directions: [{ attributions: Float32Array.of(0.5) }],
            };
            yield { kind: 'ready', value };
          }
        }
      },
    },
  } as unknown as Turn;
  return { inTurn: (_job, use) => use(turn), read };
}

/** Pictures p0, p1, …: component 0 fires in all, the later the more; 1 in the first five; 2 in three; 4 is negative. */
function picture(i: number, { contributions = false, judged = true } = {}): MemoryPicture {
  return {
    sha256: `sha${i}`,
    path: `/p${i}`,
    codes: [
      {
        component: 0,
        max: i + 1,
        mean: 10 - i,
        token: i % 3,
        ...(contributions ? { contribution: [i, 1] } : {}),
      },
      ...(i < 5 ? [{ component: 1, max: 1 }] : []),
      ...(i < 3 ? [{ component: 2, max: 2 }] : []),
      { component: 4, max: -1 },
    ],
    embeddings: { own: [3, 4], ...(judged ? { judge: i < 5 ? [2, 0] : [0, 2] } : {}) },
  };
}

const eight = Array.from({ length: 8 }, (_, i) => picture(i));

async function sourcesOf(library: MemoryLibrary, texts: readonly string[]) {
  const loaded = await new ComponentTables().load(library, subject, job);
  const labeller = new Labeller({ nounsFile: '', texts: new TextVectors(), threads: 1 });
  const { inTurn, read } = turns();
  const vocabulary = { texts: [...texts], nouns: false };
  const labelling = await labeller.label(vocabulary, loaded, library, subject, inTurn, job);
  const annotations = await library.annotations('study');
  const sources: Sources = { table: loaded.table, labelling, annotations, subject };
  return { loaded, sources, read };
}

test('a summary has the first samples with their tokens and means, and counts what fires', async () => {
  const library = memoryLibrary(() => eight);
  const { sources } = await sourcesOf(library, ['up', 'right', 'both', 'grün']);
  const zero = summaryOf(0, sources);
  expect(zero).toMatchObject({ component: 0, n: 8, firingRate: 1, annotation: noAnnotation });
  expect(zero.samples.map(({ path, activation, mean, token }) => [path, activation, mean, token])).toEqual([
    ['/p7', 8, 3, 1],
    ['/p6', 7, 4, 0],
    ['/p5', 6, 5, 2],
  ]);
  expect(zero.labels.map(({ text }) => text)).toEqual(['both', 'right', 'up']);
  const one = summaryOf(1, sources);
  expect(one).toMatchObject({ n: 5, firingRate: 5 / 8 });
  expect(one.labels[0]!.text).toBe('right');
  expect(one.labels[0]!.alignment).toBeCloseTo(1 - 0.6, 6);
  expect(summaryOf(2, sources)).toMatchObject({ n: 3, labels: [] });
  expect(summaryOf(3, sources)).toMatchObject({ n: 0, firingRate: 0, samples: [] });
  expect(summaryOf(4, sources)).toMatchObject({ n: 0, firingRate: 0, samples: [] });
  expect(sources.labelling.notes[0]).toMatch(/^1 of the vocabulary/);
});

test('pictures that the judge has not seen are left out of meanings, and counted', async () => {
  const some = eight.map((_, i) => picture(i, { judged: i !== 0 }));
  const library = memoryLibrary(() => some);
  const { loaded, sources } = await sourcesOf(library, ['right']);
  expect(summaryOf(0, sources).n).toBe(7);
  expect(summaryOf(1, sources)).toMatchObject({ n: 4, labels: [], firingRate: 5 / 8 });
  expect(summaryOf(1, sources).samples[0]!.path).toBe('/p0');
  const { notes, images } = groundsOf(library, loaded, subject, []);
  expect(images).toBe(8);
  expect(notes[0]).toMatch(/^1 of 8 pictures were not seen by judge/);
});

test('groups of a polysemantic component are named by places among all samples', async () => {
  // p7 fires most and was not judged: the judged ones begin at place 1.
  const some = eight.map((_, i) => picture(i, { judged: i !== 7 }));
  const library = memoryLibrary(() => some);
  const { table } = await new ComponentTables().load(library, subject, job);
  const firing = firingOf(await library.activationsOf('study', 0, table.pictures));
  const { polysemanticity, clarity } = await judgedFacts(0, table, firing, library, subject);
  expect(polysemanticity!.groups).toEqual([
    [1, 2],
    [3, 4, 5, 6, 7],
  ]);
  expect(polysemanticity!.score).toBeCloseTo(1, 6);
  // Two of one kind and five of the other: 11 of 21 pairs are alike.
  expect(clarity).toBeCloseTo(11 / 21, 6);
});

test('a table is read once, and again when pictures come or are judged, not when something is renamed', async () => {
  let all = eight.slice(0, 6);
  const library = memoryLibrary(() => all);
  const tables = new ComponentTables();
  const first = await tables.load(library, subject, job);
  await Promise.all([tables.load(library, subject, job), tables.load(library, subject, job)]);
  library.version++;
  const renamed = await tables.load(library, subject, job);
  expect(renamed.labels).toBe(first.labels);
  expect(library.asked.filter((what) => what === 'activations')).toHaveLength(1);
  all = eight;
  library.version++;
  const grown = await Promise.all([1, 2].map(() => tables.load(library, subject, job)));
  expect(grown.map(({ table }) => table.pictures.sha256.length)).toEqual([8, 8]);
  expect(library.asked.filter((what) => what === 'activations')).toHaveLength(2);
});

test('a table that is good again, for what came has gone, knows the files of now', async () => {
  let all = eight.slice(0, 6);
  const library = memoryLibrary(() => all);
  const tables = new ComponentTables();
  for (const now of [all, eight, all.map((one) => ({ ...one, path: `/moved${one.path}` }))]) {
    all = now;
    library.version++;
    const { table } = await tables.load(library, subject, job);
    expect(table.pictures.paths).toEqual(now.map(({ path }) => path));
  }
  expect(library.asked.filter((what) => what === 'activations')).toHaveLength(2);
});

test('meanings of pictures whose embeddings went meanwhile are not read from the others', async () => {
  const library = memoryLibrary(() => eight);
  const { embeddings } = library;
  library.embeddings = async (key, sha256) => {
    const found = await embeddings(key, sha256);
    return { ...found, present: found.present.map((there, i) => (sha256[i] === 'sha3' ? 0 : there)) };
  };
  const loaded = new ComponentTables().load(library, subject, job);
  await expectError(loaded, 'library', 'changed while it was read');
});

test('texts are read once: remembered, and kept where one may write', async () => {
  const texts = new TextVectors();
  const { inTurn, read } = turns();
  const owned = memoryLibrary(() => eight);
  const vectors = await texts.of(['up', 'right', 'up'], owned, subject, inTurn, job);
  expect(vectors.map(({ vector }) => [...vector])).toEqual([
    [0, 1],
    [1, 0],
    [0, 1],
  ]);
  await texts.of(['right', 'both'], owned, subject, inTurn, job);
  expect(read).toEqual([['up', 'right'], ['both']]);
  expect(owned.asked).toEqual(['keep 2', 'keep 1']);
  await new TextVectors().of(['right', 'both'], owned, subject, inTurn, job);
  expect(read).toHaveLength(2);
  const read2 = memoryLibrary(() => eight, { owner: false });
  await new TextVectors().of(['up'], read2, subject, inTurn, job);
  expect(read2.asked).toEqual([]);
});

test('the vocabulary’s parts are put together: the best of both, each text once', async () => {
  const library = memoryLibrary(() => eight);
  const loaded = await new ComponentTables().load(library, subject, job);
  const nounsFile = path.join(temporaryFolder(), 'nouns.txt');
  const labeller = new Labeller({ nounsFile, texts: new TextVectors(), threads: 1 });
  const { inTurn, read } = turns();
  const label = async (texts: string[], nouns: boolean) => {
    const found = await labeller.label({ texts, nouns }, loaded, library, subject, inTurn, job);
    return found.of(0).map(({ text }) => text);
  };
  await expect(label(['up'], true)).rejects.toMatchObject({ code: 'configuration' });
  expect(await label(['up', ' right ', '', 'up'], false)).toEqual(['right', 'up']);
  expect(read.flat()).toEqual(['up', 'right', '']);
  await writeFile(nounsFile, 'right\r\nup\nold unicorn\n');
  // Bundled nouns are read as a caption has them, and shown as they are; of two with one name the better counts.
  expect(await label(['up', 'right'], true)).toEqual(['right', 'old unicorn', 'up']);
  expect(await label([], true)).toEqual(['right', 'old unicorn', 'up']);
  // What reads the same has its shortest name.
  expect(await label(['a photo of an old unicorn'], true)).toEqual(['right', 'old unicorn', 'up']);
  expect(read.flat().slice(3)).toEqual([
    'a photo of a right',
    'a photo of an up',
    'a photo of an old unicorn',
  ]);
});

test('a search finds the number, what was written, labels, then meanings; each component once', async () => {
  const annotations = new Map<number, Annotation>([
    [3, { ...noAnnotation, name: 'The Right one' }],
    [1, { ...noAnnotation, note: 'not right at all' }],
  ]);
  const library = memoryLibrary(() => eight, { annotations });
  const { sources } = await sourcesOf(library, ['right', 'up']);
  const aligned = alignments(sources.table.meanings, Float32Array.of(1, 0), Float32Array.from(words['']!));
  const why = (text: string, most = 9) =>
    searchText(text, aligned, most, sources).map(({ component, by }) => [component.component, by]);
  expect(why('RIGHT')).toEqual([
    [3, 'name'],
    [1, 'note'],
    [0, 'label'],
  ]);
  expect(why('4')).toEqual([
    [4, 'number'],
    [1, 'meaning'],
    [0, 'meaning'],
  ]);
  expect(why('4', 1)).toEqual([[4, 'number']]);
  expect(why('5')).toEqual([
    [1, 'meaning'],
    [0, 'meaning'],
  ]);
  expect(searchText('x', aligned, 1, sources)[0]!.score).toBeCloseTo(0.4, 6);
  expect(nameOf(3, sources)).toBe('The Right one');
  expect(nameOf(1, sources)).toBe('right');
  expect(nameOf(2, sources)).toBe('');
  const fired = searchActivations(Int32Array.of(0, 1, 2), Float32Array.of(1, 3, -1), 5, sources);
  expect(fired.map(({ component, score }) => [component.component, score])).toEqual([
    [1, 3],
    [0, 1],
  ]);
});

test('what fires together is read from as many pictures as may be held', async () => {
  const library = memoryLibrary(() => eight);
  const { table } = await new ComponentTables().load(library, subject, job);
  const own = firingOf(await library.activationsOf('study', 1, table.pictures));
  const all = await buildCoactivity(library, subject, table, job);
  expect(all.pictures).toBe(8);
  const near = nearestByActivity(all, 1, own, 5);
  expect(near.map(({ component }) => component)).toEqual([2, 0]);
  expect(near[0]!.cosine).toBeCloseTo(3 / Math.sqrt(3 * 5), 6);
  expect(near[1]!.cosine).toBeCloseTo(15 / Math.sqrt(204 * 5), 6);
  const few = await buildCoactivity(library, subject, table, job, 8);
  expect(few.pictures).toBe(2);
  expect(nearestByActivity(few, 1, own, 5)[0]!.cosine).toBeCloseTo(1, 6);
});

test('relevance is exact from contributions, whose pictures are all', async () => {
  const library = memoryLibrary(() => eight.map((_, i) => picture(i, { contributions: true })));
  const { table } = await new ComponentTables().load(library, subject, job);
  const firing = firingOf(await library.activationsOf('study', 0, table.pictures));
  const direction = { kind: 'cosine', vector: Float32Array.of(1, 0) } as const;
  const found = await relevances(0, firing, direction, library, subject, table, turns().inTurn, job);
  // v = (0.6, 0.8), ‖e‖ = 5, u − y·v = (0.64, −0.48): d = (i, 1) gives (0.64·i − 0.48)/5.
  expect(found.all).toBe(true);
  eight.forEach((_, i) => {
    expect(found.byPicture.get(i)).toBeCloseTo((0.64 * i - 0.48) / 5, 6);
  });
  const { samples, searched } = firingFacts(firing, 'relevance', found, 2, table, subject.regions);
  expect(samples.map(({ path }) => path)).toEqual(['/p7', '/p6']);
  expect(searched).toEqual({ images: 8, all: true });
});

test('pictures in which a component is active below 0 are none that it fires in', async () => {
  const library = memoryLibrary(() =>
    [2, -1].map((max, i) => ({
      sha256: `sha${i}`,
      path: `/p${i}`,
      codes: [{ component: 0, max, contribution: [1, 1] }],
      embeddings: { own: [3, 4], judge: [1, 0] },
    })),
  );
  const { table } = await new ComponentTables().load(library, subject, job);
  const firing = firingOf(await library.activationsOf('study', 0, table.pictures));
  const direction = { kind: 'cosine', vector: Float32Array.of(1, 0) } as const;
  const found = await relevances(0, firing, direction, library, subject, table, turns().inTurn, job);
  expect([[...found.byPicture.keys()], found.all]).toEqual([[0], true]);
});

test('without contributions the model is run, and what changed since is left out', async () => {
  const library = memoryLibrary(() => eight);
  const { table } = await new ComponentTables().load(library, subject, job);
  const firing = firingOf(await library.activationsOf('study', 0, table.pictures));
  const direction = { kind: 'cosine', vector: Float32Array.of(1, 0) } as const;
  const found = await relevances(0, firing, direction, library, subject, table, turns().inTurn, job);
  expect([...found.byPicture.keys()].sort()).toEqual([0, 3, 4, 5, 6, 7]);
  expect(found.all).toBe(false);
  expect(found.notes[0]).toMatch(/^2 pictures/);
});

test('where a component fires, by patch and at CLS, and samples by mean', async () => {
  const library = memoryLibrary(() => eight);
  const { table } = await new ComponentTables().load(library, subject, job);
  const firing = firingOf(await library.activationsOf('study', 0, table.pictures));
  const facts = firingFacts(firing, 'mean', null, 3, table, subject.regions);
  expect(facts.where).toEqual({ rows: 2, columns: 2, cls: 3, counts: Int32Array.of(3, 2, 0, 0) });
  expect(facts.samples.map(({ path }) => path)).toEqual(['/p0', '/p1', '/p2']);
  expect(facts).toMatchObject({ maxActivation: 8, fired: 8, searched: { images: 8, all: true } });
  const silent = firingOf(await library.activationsOf('study', 4, table.pictures));
  expect(firingFacts(silent, 'max', null, 3, table, subject.regions)).toMatchObject({
    maxActivation: null,
    fired: 0,
    samples: [],
  });
});

const sums = [
  {
    classFolder: 'a',
    pictures: ['sha0', 'sha1'],
    components: Int32Array.of(0, 1, 3),
    sums: { data: Float32Array.of(2, 0, -8, 0, 1, 4), width: 2 },
  },
  {
    classFolder: 'b',
    pictures: ['sha2'],
    components: Int32Array.of(1),
    sums: { data: Float32Array.of(3, 6), width: 2 },
  },
];

test('mean attribution keeps the largest of each class and direction, by magnitude', async () => {
  const library = memoryLibrary(() => eight, { sums });
  const directions = { data: Float32Array.of(1, 0, 0, 1), width: 2 };
  const found = await meanAttribution(library, subject, directions, 2, 1, job);
  expect(found).toEqual({
    notes: [],
    classes: [
      {
        name: 'a',
        images: 2,
        directions: [
          { components: Int32Array.of(1, 0), means: Float32Array.of(-4, 1) },
          { components: Int32Array.of(3, 0), means: Float32Array.of(2, 0) },
        ],
      },
      {
        name: 'b',
        images: 1,
        directions: [
          { components: Int32Array.of(1), means: Float32Array.of(3) },
          { components: Int32Array.of(1), means: Float32Array.of(6) },
        ],
      },
    ],
  });
});

test('a prompt relies on a component by its mean over all pictures summed', async () => {
  const library = memoryLibrary(() => eight, { sums });
  const reliance = relianceOf('p', Float32Array.of(1, 0), 0.1, await componentSums(library, subject, 1));
  expect(reliance).toEqual({
    prompt: 'p',
    alignment: 0.1,
    mean: (-8 + 3) / 3,
    classes: [
      { name: 'a', images: 2, mean: -4 },
      { name: 'b', images: 1, mean: 3 },
    ],
  });
  const none = relianceOf(
    'p',
    normalise(Float32Array.of(1, 1)),
    null,
    await componentSums(
      memoryLibrary(() => eight),
      subject,
      1,
    ),
  );
  expect(none).toEqual({ prompt: 'p', alignment: null, mean: null, classes: [] });
});
