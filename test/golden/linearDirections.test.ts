import { copyFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { resolveDirection } from '../../src/engine/attribution/direction';
import { measureSubjects } from '../../src/engine/audit/measured';
import { setClasses } from '../../src/engine/audit/setAccuracy';
import { HashCache } from '../../src/engine/checkpoint/hashCache';
import { ComponentTables } from '../../src/engine/components/componentTables';
import { TextVectors } from '../../src/engine/components/textVectors';
import { selfTestStore } from '../../src/engine/dictionary/selfTestStore';
import { createEngine } from '../../src/engine/engine';
import { tokenizerFallback } from '../../src/engine/hub/fetch';
import { picturesIn } from '../../src/engine/image/picturesIn';
import { oneAtATime } from '../../src/engine/job';
import { openSubject } from '../../src/engine/jobs/openSubject';
import { uniforms } from '../../src/engine/numeric/uniforms';
import { keepOpen } from '../../src/engine/opened';
import { openLibraries } from '../../src/engine/openLibraries';
import type { ImageAnalysis } from '../../src/shared/analysis';
import type { Direction } from '../../src/shared/direction';
import type { Intervention } from '../../src/shared/intervention';
import type { LibraryRequest } from '../../src/shared/library';
import { methods } from '../../src/shared/measurement';
import { job, scratchFolder } from './faithfulnessReferences';
import { root } from './references';

/**
 * Rows of probes through the whole engine. One row per axis of the embedding space reads the embedding itself off the
 * engine, and what each component adds to it; what every other row has to give follows from those by hand. The embedding
 * is held against torch in attribution.test.ts.
 */
const width = 128;
const kinds = ['wolf', 'cow', 'car'];
const each = 4;
const scratch = scratchFolder();
const images = path.join(scratch, 'images');
const demo = path.join(root, 'examples/demo/images');
const libraries = openLibraries();
const engine = createEngine({ cacheFolder: null, threads: 2, demoImages: demo, nounsFile: '', libraries });
afterAll(() => libraries.close());
const request: LibraryRequest = {
  library: path.join(scratch, 'library.duckdb'),
  study: { model: path.join(root, 'models/emoji-clip'), dictionary: path.join(root, 'models/sae-cls') },
  judge: null,
};
const { study } = request;
const files = kinds.flatMap((kind) =>
  Array.from({ length: each }, (_, i) => path.join(images, kind, `${kind}_0${i}.jpg`)),
);
const sources = files.map((file) => ({ kind: 'file' as const, path: file }));

type Row = Extract<Direction, { kind: 'linear' }>;
const axes = Array.from({ length: width }, (_, k): Row => {
  const weights = Array.from({ length: width }, (__, i) => (i === k ? 1 : 0));
  return { kind: 'linear', name: `axis ${k}`, input: 'raw', weights, bias: 0 };
});
const random = uniforms(5);
const rows = (['raw', 'normalised'] as const).flatMap((input) =>
  kinds.map((name, k): Row => {
    const weights = Array.from({ length: width }, () => Math.fround(random() - 0.5));
    return { kind: 'linear', name, input, weights, bias: k - 1.25 };
  }),
);

/** Of each image: its embedding, and what each component adds to it by its gradient, [components, embedding]. */
interface Known {
  readonly e: readonly number[];
  readonly components: readonly number[];
  readonly added: readonly (readonly number[])[];
}
let known: readonly Known[];
let analyses: readonly ImageAnalysis[];

async function analysed(directions: readonly Direction[], some = sources, intervention: Intervention = []) {
  const asked = { study, images: some, directions: [...directions], intervention };
  return (await engine.attribute(asked, job)).images.map((outcome): ImageAnalysis => {
    if (outcome.kind !== 'analysis') throw new Error('an image failed');
    return outcome.analysis;
  });
}

beforeAll(async () => {
  for (const file of files) {
    mkdirSync(path.dirname(file), { recursive: true });
    copyFileSync(path.join(demo, path.relative(images, file)), file);
  }
  await engine.indexLibrary(
    { ...request, roots: [{ folder: images }], others: 'keep', contributions: 'none' },
    job,
  );
  known = (await analysed(axes)).map(({ latents, directions }) => ({
    e: directions.map(({ similarity }) => similarity),
    components: [...latents],
    added: Array.from(latents, (_, j) => directions.map(({ attributions }) => attributions[j]!)),
  }));
  analyses = await analysed(rows);
}, 120_000);

const along = (a: readonly number[], b: readonly number[]) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);
const scoreBy = ({ input, weights, bias }: Row, e: readonly number[]) =>
  along(weights, e) / (input === 'raw' ? 1 : Math.hypot(...e)) + bias;
/** ⟨∂y/∂e, change⟩ */
function slopeBy(row: Row, e: readonly number[], change: readonly number[]): number {
  if (row.input === 'raw') return along(row.weights, change);
  const length = Math.hypot(...e);
  const v = e.map((x) => x / length);
  return (along(row.weights, change) - along(row.weights, v) * along(v, change)) / length;
}

function demandNear(found: ArrayLike<number>, expected: ArrayLike<number>, share: number): void {
  expect(found.length).toBe(expected.length);
  const largest = Math.max(...Array.from(expected, Math.abs));
  const off = Math.max(...Array.from(expected, (value, i) => Math.abs(found[i]! - value)));
  expect(off / largest).toBeLessThan(share);
}

it('attributes scores of rows: their bias in the score, and no part of it in a component', () => {
  analyses.forEach(({ latents, directions }, i) => {
    const { e, components, added } = known[i]!;
    expect([...latents]).toEqual(components);
    rows.forEach((row, d) => {
      expect(directions[d]!.similarity).toBeCloseTo(scoreBy(row, e), 5);
      demandNear(
        directions[d]!.attributions,
        added.map((change) => slopeBy(row, e, change)),
        1e-4,
      );
    });
  });
});

it('attributes what the score changes by when a component is turned a little', async () => {
  const [{ components }, some] = [known[0]!, sources.slice(0, 1)];
  const { attributions } = analyses[0]!.directions[0]!;
  const most = components.toSorted(
    (a, b) => Math.abs(attributions[components.indexOf(b)]!) - Math.abs(attributions[components.indexOf(a)]!),
  )[0]!;
  const at = async (factor: number) => (await analysed(rows, some, [{ component: most, factor }]))[0]!;
  const [up, down] = [await at(1.05), await at(0.95)];
  rows.forEach((_, d) => {
    const slope = (up.directions[d]!.similarity - down.directions[d]!.similarity) / 0.1;
    demandNear([analyses[0]!.directions[d]!.attributions[components.indexOf(most)]!], [slope], 5e-3);
  });
});

it('measures by every method', async () => {
  const ask = (directions: readonly Direction[]) =>
    engine.measure({ study, image: sources[0]!, directions: [...directions], methods: [...methods] }, job);
  const [measured, ofAxes, unbiased] = [
    await ask(rows),
    await ask(axes),
    await ask(rows.map((row) => ({ ...row, bias: 0 }))),
  ];
  const { e } = known[0]!;
  const without = ofAxes.directions.map((one) => one.without);
  const ablated = methods.indexOf('ablation');
  rows.forEach((row, d) => {
    const { similarity, without: none, values } = measured.directions[d]!;
    expect(similarity).toBeCloseTo(scoreBy(row, e), 5);
    expect(none).toBeCloseTo(scoreBy(row, without), 5);
    const costs = Array.from(measured.components, (_, j) => {
      const left = e.map((x, k) => x - ofAxes.directions[k]!.values[ablated]![j]!);
      return scoreBy(row, e) - scoreBy(row, left);
    });
    demandNear(values[ablated]!, costs, 1e-3);
    const sum = values[methods.indexOf('integrated-gradients')]!.reduce((a, b) => a + b, 0);
    demandNear([sum], [similarity - none], 0.01);
    methods.forEach((method, m) => {
      // A score of another size is another number in float32; the differences are the same.
      demandNear(values[m]!, unbiased.directions[d]!.values[m]!, method === 'random' ? 1e-12 : 1e-4);
      if (row.input === 'normalised' || ['energy', 'random'].includes(method)) return;
      if (method.endsWith('logit-lens')) return;
      // Of a row on raw embeddings all of these are sums over the axes.
      const sums = Array.from(measured.components, (_, j) =>
        along(
          row.weights,
          ofAxes.directions.map((one) => one.values[m]![j]!),
        ),
      );
      demandNear(values[m]!, sums, 1e-3);
    });
  });
});

it('compares: scores and mean attributions are those of attribute', async () => {
  const compared = await engine.compare({ study, images: sources, directions: rows, most: 5 }, job);
  const scores = rows.flatMap((_, d) => analyses.map(({ directions }) => directions[d]!.similarity));
  demandNear(compared.similarities, scores, 1e-5);
  const means = rows.flatMap((_, d) =>
    Array.from(compared.components, (component) => {
      const all = analyses.map(({ latents, directions }) => {
        const j = latents.indexOf(component);
        return j === -1 ? 0 : directions[d]!.attributions[j]!;
      });
      return all.reduce((a, b) => a + b, 0) / all.length;
    }),
  );
  demandNear(compared.attributions, means, 1e-4);
});

it('matches pictures in the order of their scores', async () => {
  const { directions } = await engine.matchImages({ ...request, directions: [...rows], most: 3 }, job);
  rows.forEach((row, d) => {
    const order = files
      .map((file, i) => ({ path: file, score: scoreBy(row, known[i]!.e) }))
      .toSorted((a, b) => b.score - a.score);
    const { best, worst } = directions[d]!;
    expect(best.map((one) => one.path)).toEqual(order.slice(0, 3).map((one) => one.path));
    expect(worst.map((one) => one.path)).toEqual(
      order
        .toReversed()
        .slice(0, 3)
        .map((one) => one.path),
    );
    best.forEach(({ similarity }, i) => {
      expect(similarity).toBeCloseTo(order[i]!.score, 5);
    });
  });
});

it.each(['raw', 'normalised'] as const)('intervenes on a library classified by %s rows', async (input) => {
  const classes = rows
    .filter((row) => row.input === input)
    .map((direction) => ({ name: direction.name, direction, folders: [direction.name] }));
  const component = known[0]!.components[0]!;
  const intervention = [{ component, factor: 0 }];
  const found = await engine.interveneLibrary({ ...request, intervention, classes, most: 20 }, job);
  const after = await analysed(
    classes.map(({ direction }) => direction),
    sources,
    intervention,
  );
  const put = (scores: readonly number[]) => scores.indexOf(Math.max(...scores));
  const counts = (of: readonly number[]) => classes.map((_, c) => of.filter((one) => one === c).length);
  const placed = known.map(({ e }) => put(classes.map(({ direction }) => scoreBy(direction, e))));
  const moved = after.map(({ directions }) => put(directions.map(({ similarity }) => similarity)));
  expect(found.classes.map(({ predicted }) => predicted.before)).toEqual(counts(placed));
  expect(found.classes.map(({ predicted }) => predicted.after)).toEqual(counts(moved));
  found.classes.forEach(({ change }, c) => {
    const own = Array.from({ length: each }, (_, n) => c * each + n);
    const { direction } = classes[c]!;
    const changes = own.map((i) => after[i]!.directions[c]!.similarity - scoreBy(direction, known[i]!.e));
    expect(change).toBeCloseTo(changes.reduce((a, b) => a + b, 0) / each, 5);
  });
});

it('audits rows beside prompts: shares, those of the prompt on the same pictures, and accuracy', async () => {
  const opened = keepOpen({
    ...{ hashes: new HashCache(null), threads: 2, weightCache: path.join(tmpdir(), 'clipsight', 'weights') },
    ...{
      selfTests: selfTestStore(null),
      demoImages: () => picturesIn(demo),
      clipTokenizer: tokenizerFallback,
    },
  });
  const services = {
    ...{ threads: 2, nounsFile: '', inTurn: oneAtATime(), ...opened, libraryAt: libraries.at },
    ...{ tables: new ComponentTables(), texts: new TextVectors() },
  };
  const { library, subject, inTurn } = await openSubject(request, services, job);
  const { table } = await services.tables.load(library, subject, job);
  const none = { text: () => new Float32Array(), image: () => new Float32Array() };
  const directions = rows.map((row) => resolveDirection(row, none));
  const classes = setClasses(
    rows.map((row, d) => ({ set: row.input, direction: directions[d]! })),
    [],
  );
  const pictures = Int32Array.from(table.pictures.sha256.keys());
  const asked = rows.map((_, d) => ({
    ...{ direction: d, beside: (d + 1) % rows.length, pictures, classes: classes[d]! },
  }));
  const found = new Map<
    number,
    { means: Map<number, number>; beside: Map<number, number>; accuracy: number }
  >();
  const list = await library.files(null);
  await measureSubjects(
    asked,
    table.perPicture,
    {
      ...{ library, subject, inTurn, pictures: table.pictures, directions, threads: 2 },
      files: async () => new Map(list.map((file) => [file.sha256!, [file]])),
    },
    (d, { means, beside, accuracy }) => {
      const byComponent = (of: typeof means) =>
        new Map(Array.from(of.components, (component, at) => [component, of.means[at]!]));
      found.set(d, { means: byComponent(means), beside: byComponent(beside!), accuracy: accuracy! });
    },
    job,
  );

  const expected = rows.map(() => new Map<number, number>());
  for (const [i, image] of sources.entries()) {
    const asked_ = { study, image, directions: [...rows], methods: ['ablation' as const] };
    const { components, directions: measured } = await engine.measure(asked_, job);
    expect([...components]).toEqual(known[i]!.components);
    measured.forEach(({ values: [costs] }, d) => {
      const total = costs!.reduce((sum, cost) => sum + Math.max(0, cost), 0);
      components.forEach((component, j) => {
        const share = Math.max(0, costs![j]!) / total / sources.length;
        expected[d]!.set(component, (expected[d]!.get(component) ?? 0) + share);
      });
    });
  }
  for (const [d, row] of rows.entries()) {
    const { means, beside, accuracy } = found.get(d)!;
    const near = (ours: ReadonlyMap<number, number>, theirs: ReadonlyMap<number, number>) => {
      const components = [...theirs.keys()];
      const values = (of: ReadonlyMap<number, number>) =>
        components.map((component) => of.get(component) ?? 0);
      demandNear(values(ours), values(theirs), 5e-3);
    };
    near(means, expected[d]!);
    near(beside, expected[(d + 1) % rows.length]!);
    const set = rows.filter(({ input }) => input === row.input);
    const right = known.filter(({ e }) => set.every((rival) => scoreBy(rival, e) <= scoreBy(row, e)));
    expect(accuracy).toBe(right.length / known.length);
  }
});
