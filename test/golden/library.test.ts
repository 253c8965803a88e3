import { mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { createEngine } from '../../src/engine/engine';
import { openLibrary } from '../../src/engine/library/openLibrary';
import type { ComponentCard, LibraryRequest, SampleOrder, Vocabulary } from '../../src/shared/library';
import type { JobContext } from '../../src/shared/rpc/protocol';
import { root } from './references';

/**
 * What components mean in the demo's library, against PyTorch and numpy in float64 from the pictures up
 * (test/reference/library.py). Of components whose order does not hang on rounding: the same pictures, labels and
 * neighbours, in the same order. Numbers: activations within 1e-4 (of up to 25), cosines and what is made of them within
 * 2e-5, attributions within 1e-5, those from stored contributions within 5e-5 (they are kept in half precision).
 */
const tolerance = { activation: 1e-4, cosine: 2e-5, attribution: 1e-5, stored: 5e-5 };

const bytes = z.string().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const float32s = bytes.transform((raw) => new Float32Array(raw.buffer, raw.byteOffset, raw.byteLength / 4));
const int32s = bytes.transform((raw) => new Int32Array(raw.buffer, raw.byteOffset, raw.byteLength / 4));
const Near = z.array(z.object({ component: z.int(), cosine: z.number() }));

const Expected = z.object({
  component: z.int(),
  n: z.int(),
  fired: z.int(),
  firingRate: z.number(),
  maxActivation: z.number(),
  histogram: z.object({ edges: z.array(z.number()), counts: z.array(z.int()) }),
  where: z.array(z.int()).nullable(),
  samples: z.array(
    z.object({
      image: z.int(),
      activation: z.number(),
      mean: z.number(),
      token: z.int(),
      region: z.tuple([z.number(), z.number(), z.number(), z.number()]).nullable(),
    }),
  ),
  byMean: z.array(z.int()),
  byRelevance: z.array(z.object({ image: z.int(), relevance: z.number() })),
  labels: z.array(z.object({ text: z.string(), alignment: z.number() })),
  clarity: z.number().nullable(),
  polysemanticity: z
    .object({
      score: z.number(),
      separation: z.number(),
      groups: z.tuple([z.array(z.int()), z.array(z.int())]),
    })
    .nullable(),
  inMeaning: Near,
  inActivation: Near,
  reliance: z.array(
    z.object({
      alignment: z.number().nullable(),
      mean: z.number(),
      classes: z.array(z.object({ name: z.string(), mean: z.number() })),
    }),
  ),
});

const Reference = z.object({
  images: z.array(z.string()),
  sha256: z.array(z.string()),
  words: z.array(z.string()),
  prompts: z.array(z.string()),
  studies: z.array(
    z.object({
      dictionary: z.string(),
      judge: z.string().nullable(),
      fired: int32s,
      unsure: bytes,
      named: z.array(z.int()),
      alignments: float32s,
      components: z.array(Expected),
      classes: z.array(
        z.object({
          name: z.string(),
          images: z.int(),
          directions: z.array(z.object({ components: z.array(z.int()), means: z.array(z.number()) })),
        }),
      ),
    }),
  ),
});
const reference = Reference.parse(
  JSON.parse(readFileSync(path.join(root, 'test/golden/library.json'), 'utf8')),
);
const { images, sha256, words, prompts } = reference;

const scratch = mkdtempSync(path.join(realpathSync(tmpdir()), 'clipsight-library-'));
const engine = createEngine({
  cacheFolder: null,
  threads: 2,
  demoImages: path.join(root, 'examples/demo/images'),
  nounsFile: '',
});
const job: JobContext = { signal: new AbortController().signal, progress: () => undefined };
/** The judge knows no such letters. */
const vocabulary: Vocabulary = { texts: [...words, '雪'], nouns: false };
const image = (index: number) => sha256[index]!;

afterAll(async () => {
  rmSync(scratch, { recursive: true, force: true });
});

describe.each(reference.studies)('$dictionary, judged by $judge', (study) => {
  const library = path.join(scratch, `${study.dictionary}-${study.judge}.duckdb`);
  const request: LibraryRequest = {
    library,
    study: {
      model: path.join(root, 'models/emoji-clip'),
      dictionary: path.join(root, 'models', study.dictionary),
    },
    judge: study.judge === null ? null : path.join(root, 'models', study.judge),
  };
  /** CLS in the last block but one: forward mode is cheap. */
  const served = study.dictionary === 'sae-cls';
  const examine = async (component: number, order: SampleOrder): Promise<ComponentCard> => {
    const { card } = await engine.examine(
      { ...request, vocabulary, component, prompts, samples: { order, most: 20 } },
      job,
    );
    return card;
  };

  beforeAll(async () => {
    const report = await engine.indexLibrary(
      {
        ...request,
        roots: [{ folder: path.join(root, 'examples/demo/images') }],
        others: 'keep',
        contributions: { most: 1e9 },
      },
      job,
    );
    expect(report.images).toBe(images.length);
  }, 300_000);
  afterAll(async () => {
    await (await openLibrary(library)).close();
  });

  it('counts where each component fires, and names those that fire enough', async () => {
    const all = [...study.fired.keys()];
    const { components, grounds } = await engine.summarise({ ...request, vocabulary, components: all }, job);
    expect(grounds).toMatchObject({ images: images.length, judge: study.judge });
    expect(grounds.notes).toEqual([expect.stringMatching(/^1 of the vocabulary/)]);
    components.forEach(({ firingRate, n, labels }, j) => {
      const off = Math.abs(Math.round(firingRate! * images.length) - study.fired[j]!);
      expect(off).toBeLessThanOrEqual(study.unsure[j] === 1 ? 1 : 0);
      if (study.unsure[j] === 1) return;
      expect(n).toBe(Math.min(20, study.fired[j]!));
      expect(labels).toHaveLength(study.named.includes(j) ? 5 : 0);
    });
  });

  it.each(study.components)('component $component: pictures and counts', async (expected) => {
    const card = await examine(expected.component, { kind: 'max' });
    expect(card.summary.component).toBe(expected.component);
    expect(card.samples.map((one) => one.sha256)).toEqual(expected.samples.map((one) => image(one.image)));
    card.samples.forEach((sample, i) => {
      const { activation, mean, token, region } = expected.samples[i]!;
      close(sample.activation, activation, tolerance.activation);
      close(sample.mean, mean, tolerance.activation);
      expect(sample.token).toBe(token);
      if (region === null) expect(sample.region).toBeNull();
      else {
        const { left, top, width, height } = sample.region!;
        [left, top, width, height].forEach((x, at) => {
          close(x, region[at]!, 1e-9);
        });
      }
    });
    expect(card.summary.samples).toEqual(card.samples.slice(0, 3));
    expect(card.fired).toBe(expected.fired);
    expect(card.summary.n).toBe(expected.n);
    close(card.summary.firingRate!, expected.firingRate, 1e-12);
    close(card.maxActivation!, expected.maxActivation, tolerance.activation);
    expect(Array.from(card.histogram.counts)).toEqual(expected.histogram.counts);
    expected.histogram.edges.forEach((edge, b) => {
      close(card.histogram.edges[b]!, edge, tolerance.activation);
    });
    if (expected.where === null) expect(card.where).toBeNull();
    else {
      expect(card.where).toMatchObject({ rows: 8, columns: 8, cls: 0 });
      expect(Array.from(card.where!.counts)).toEqual(expected.where);
    }
    expect(card.searched).toEqual({ images: expected.fired, all: true });
  });

  it.each(study.components)('component $component: meaning', async (expected) => {
    const card = await examine(expected.component, { kind: 'mean' });
    expect(card.samples.map((one) => one.sha256)).toEqual(expected.byMean.map(image));
    expect(card.summary.labels.map(({ text }) => text)).toEqual(expected.labels.map(({ text }) => text));
    card.summary.labels.forEach(({ alignment }, i) => {
      close(alignment, expected.labels[i]!.alignment, tolerance.cosine);
    });
    closeOrNull(card.clarity, expected.clarity);
    const found = card.polysemanticity;
    const wanted = expected.polysemanticity;
    expect(found?.groups.map((group) => [...group])).toEqual(wanted?.groups);
    closeOrNull(found?.score ?? null, wanted?.score ?? null);
    closeOrNull(found?.separation ?? null, wanted?.separation ?? null);
    closeOrNull(card.redundancy, expected.inMeaning[0]?.cosine ?? null);
    for (const which of ['inMeaning', 'inActivation'] as const) {
      const nearest = card.nearest[which].slice(0, 3);
      expect(nearest.map(({ component }) => component.component)).toEqual(
        expected[which].map(({ component }) => component),
      );
      nearest.forEach(({ cosine }, i) => {
        close(cosine, expected[which][i]!.cosine, tolerance.cosine);
      });
    }
  });

  it.each(study.components)('component $component: prompts that rely on it', async (expected) => {
    const direction = { kind: 'prompt', text: prompts[0]! } as const;
    const card = await examine(expected.component, { kind: 'relevance', direction });
    // Where forward mode costs too much there are no contributions: the model is run on the 64 that fire most.
    const { fired } = expected;
    expect(card.searched).toEqual(
      served ? { images: fired, all: true } : { images: Math.min(64, fired), all: fired <= 64 },
    );
    const relevant = new Map(expected.byRelevance.map((one) => [image(one.image), one.relevance]));
    const within = served ? tolerance.stored : tolerance.attribution;
    card.samples.forEach((sample, i) => {
      const known = relevant.get(sample.sha256);
      if (known !== undefined) close(sample.relevance!, known, within);
      if (card.searched.all) close(sample.relevance!, expected.byRelevance[i]!.relevance, within);
    });
    if (card.searched.all) expect(card.samples).toHaveLength(expected.byRelevance.length);
    card.reliance.forEach(({ prompt, alignment, mean, classes }, p) => {
      const wanted = expected.reliance[p]!;
      expect(prompt).toBe(prompts[p]);
      closeOrNull(alignment, wanted.alignment);
      if (!served) {
        expect(mean).toBeNull();
        expect(classes).toEqual([]);
        return;
      }
      close(mean!, wanted.mean, tolerance.attribution);
      expect(classes).toHaveLength(wanted.classes.length);
      classes.forEach((one, i) => {
        expect(one.name).toBe(wanted.classes[i]!.name);
        expect(one.images).toBe(
          images.filter((file) => path.basename(path.dirname(file)) === one.name).length,
        );
        close(one.mean, wanted.classes[i]!.mean, tolerance.attribution);
      });
    });
  });

  it('aligns a text with all components', async () => {
    const found = await engine.alignments({ ...request, text: 'snow' }, job);
    const at = new Map(Array.from(found.components, (component, i) => [component, i]));
    study.named.forEach((component, i) => {
      if (study.unsure[component] === 1) return;
      close(found.alignments[at.get(component)!]!, study.alignments[i]!, tolerance.cosine);
    });
    const { hits } = await engine.searchComponents(
      { ...request, vocabulary, query: { kind: 'text', text: 'snow' }, most: 10 },
      job,
    );
    expect(hits[0]!.by).toBe('label');
    expect(hits[0]!.component.labels[0]!.text).toContain('snow');
  });

  it('averages attributions per class', async () => {
    const found = await engine.meanAttribution(
      { ...request, directions: prompts.map((text) => ({ kind: 'prompt', text })), most: 10 },
      job,
    );
    if (!served) {
      expect(found.classes).toEqual([]);
      expect(found.notes).toEqual([expect.stringContaining('No contributions')]);
      return;
    }
    expect(found.notes).toEqual([]);
    for (const wanted of study.classes) {
      const one = found.classes.find(({ name }) => name === wanted.name)!;
      expect(one.images).toBe(wanted.images);
      one.directions.forEach(({ components, means }, p) => {
        const { components: best, means: values } = wanted.directions[p]!;
        means.forEach((mean, i) => {
          close(Math.abs(mean), Math.abs(values[i]!), tolerance.attribution);
          const same = best.indexOf(components[i]!);
          if (same !== -1) close(mean, values[same]!, tolerance.attribution);
        });
        expect(components[0]).toBe(best[0]);
      });
    }
  });

  it('finds what fires in an image, and lays the components out', async () => {
    const { samples, component } = study.components.at(-1)!;
    const { hits } = await engine.searchComponents(
      {
        ...request,
        vocabulary,
        query: { kind: 'image', image: { kind: 'file', path: path.join(root, images[samples[0]!.image]!) } },
        most: 1000,
      },
      job,
    );
    const hit = hits.find((one) => one.component.component === component)!;
    close(hit.score!, samples[0]!.activation, tolerance.activation);
    const map = await engine.mapComponents({ ...request, vocabulary, layout: 'pca' }, job);
    expect(map.components.length).toBe(map.x.length);
    expect(map.names.every((name) => words.includes(name))).toBe(true);
    expect(Math.max(...map.x.map(Math.abs), ...map.y.map(Math.abs))).toBeCloseTo(1, 6);
  });
});

function close(found: number, expected: number, within: number): void {
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(within);
}

function closeOrNull(found: number | null, expected: number | null): void {
  if (expected === null || found === null) expect(found).toBe(expected);
  else close(found, expected, tolerance.cosine);
}
