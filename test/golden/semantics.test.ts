import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { alignment } from '../../src/engine/semantics/alignment';
import { clarity } from '../../src/engine/semantics/clarity';
import {
  type ImageActivations,
  indexActivations,
  nearestInActivation,
} from '../../src/engine/semantics/coactivation';
import { activationHistogram, firingRate } from '../../src/engine/semantics/firing';
import { labels } from '../../src/engine/semantics/labels';
import type { NearestComponents } from '../../src/engine/semantics/nearestComponents';
import { polysemanticity } from '../../src/engine/semantics/polysemanticity';
import { nearestInMeaning } from '../../src/engine/semantics/redundancy';
import { referenceSamples } from '../../src/engine/semantics/referenceSamples';
import { rowOf } from '../../src/engine/semantics/rows';
import { SampleCollector, samplesOf, samplesWithout } from '../../src/engine/semantics/sampleTable';
import {
  nameable,
  semanticEmbedding,
  semanticEmbeddings,
} from '../../src/engine/semantics/semanticEmbedding';

/** What components mean, against numpy and scipy: test/reference/semantics.py. */

const bytes = z.string().transform((text) => new Uint8Array(Buffer.from(text, 'base64')));
const float32s = bytes.transform((raw) => new Float32Array(raw.buffer, raw.byteOffset, raw.byteLength / 4));
const float64s = bytes.transform((raw) => new Float64Array(raw.buffer, raw.byteOffset, raw.byteLength / 8));
const Nearest = z.array(z.object({ component: z.int(), cosine: z.number() })).nullable();

const Reference = z.object({
  width: z.int(),
  images: z.int(),
  judge: float32s,
  words: float32s,
  empty: float32s,
  activations: float32s,
  leftOut: z.array(z.int()),
  components: z.array(
    z.object({
      samples: z.array(z.int()),
      without: z.array(z.int()),
      theta: float64s.nullable(),
      clarity: z.number().nullable(),
      firingRate: z.number(),
      histogram: z.object({ edges: z.array(z.number()), counts: z.array(z.int()) }),
      polysemanticity: z
        .object({ score: z.number(), separation: z.number(), clusters: z.array(z.int()) })
        .nullable(),
      labels: z.array(z.object({ entry: z.int(), alignment: z.number() })).nullable(),
      nearestInMeaning: Nearest,
      nearestInActivation: Nearest,
    }),
  ),
});

const reference = Reference.parse(JSON.parse(readFileSync(join(__dirname, 'semantics.json'), 'utf8')));
const { components, images } = reference;
const judge = { data: reference.judge, width: reference.width };
const words = { data: reference.words, width: reference.width };
const activations = sparse(reference.activations, components.length);
const table = collected(20);
const meaning = semanticEmbeddings(table, judge);

/** float32 against float64, of numbers about 1. */
const close = 6;

describe('what components mean', () => {
  it('has every kind of component', () => {
    expect(components.map(({ labels }) => labels !== null)).toContain(false);
    expect(components.map(({ samples }) => samples.length)).toContain(0);
    expect(components.map(({ samples }) => samples.length)).toContain(20);
  });

  it('finds the reference samples, one component at a time and all at once', () => {
    components.forEach(({ samples }, j) => {
      expect(Array.from(samplesOf(table, j).images)).toEqual(samples);
      expect(Array.from(referenceSamples(everyImage(), column(j), 20).images)).toEqual(samples);
    });
  });

  it('leaves out images as if they had never been there', () => {
    const deep = collected(images);
    const leftOut = new Set(reference.leftOut);
    components.forEach(({ without }, j) => {
      const samples = samplesWithout(deep, j, leftOut, 20);
      expect(Array.from(samples!.images)).toEqual(without);
    });
  });

  it('averages the raw embeddings of the judge', () => {
    components.forEach(({ theta, samples }, j) => {
      const alone = semanticEmbedding(Int32Array.from(samples), judge);
      expect(alone.n).toBe(samples.length);
      expect(meaning.n[j]).toBe(samples.length);
      expect(Array.from(rowOf(meaning.theta, j))).toEqual(Array.from(alone.vector));
      (theta ?? new Float64Array(reference.width)).forEach((x, i) => {
        expect(alone.vector[i]).toBeCloseTo(x, 5);
      });
    });
  });

  it('labels by alignment, all components at once', async () => {
    const found = await labels(meaning, words, reference.empty, 5, { threads: 1 });
    expect(Array.from(found.components)).toEqual([...components.keys()].filter((j) => components[j]!.labels));
    found.components.forEach((j, at) => {
      components[j]!.labels!.forEach((label, rank) => {
        const i = at * found.k + rank;
        expect(found.entries[i]).toBe(label.entry);
        expect(found.alignments[i]).toBeCloseTo(label.alignment, close);
        const alone = alignment(rowOf(meaning.theta, j), rowOf(words, label.entry), reference.empty);
        expect(alone).toBeCloseTo(label.alignment, close);
      });
    });
  });

  it('scores clarity', () => {
    components.forEach(({ clarity: expected, samples }) => {
      const found = clarity(Int32Array.from(samples), judge);
      if (expected === null) expect(found).toBeNull();
      else expect(found).toBeCloseTo(expected, close);
    });
  });

  it('scores polysemanticity', () => {
    components.forEach(({ polysemanticity: expected, samples }) => {
      const found = polysemanticity(Int32Array.from(samples), judge);
      if (expected === null) {
        expect(found).toBeNull();
        return;
      }
      expect(found!.score).toBeCloseTo(expected.score, 5);
      expect(found!.separation).toBeCloseTo(expected.separation, close);
      found!.groups.forEach((group, c) => {
        expect(Array.from(group)).toEqual(samples.filter((_, i) => expected.clusters[i] === c));
      });
    });
  });

  it('finds the nearest component in meaning', async () => {
    const found = await nearestInMeaning(meaning, everyComponent(), 3, { threads: 1 });
    expect(found.components).toEqual(nameable(meaning.n));
    expectNearest(found, (j) => components[j]!.nearestInMeaning);
  });

  it('finds the nearest component in activation', () => {
    const found = nearestInActivation(indexActivations(activations, components.length), everyComponent(), 3);
    expectNearest(found, (j) => components[j]!.nearestInActivation);
  });

  it('counts how often which activations occur', () => {
    components.forEach((component, j) => {
      expect(firingRate(table.fired[j]!, images)).toBe(component.firingRate);
      const { edges, counts } = activationHistogram(column(j), 20);
      expect(Array.from(counts)).toEqual(component.histogram.counts);
      component.histogram.edges.forEach((edge, b) => {
        expect(edges[b]).toBeCloseTo(edge, 12);
      });
    });
  });
});

function expectNearest(found: NearestComponents, expected: (j: number) => z.infer<typeof Nearest>): void {
  const known = [...components.keys()].filter((j) => expected(j) !== null);
  expect(Array.from(found.components)).toEqual(known);
  found.components.forEach((j, row) => {
    for (let i = 0; i < found.k; i++) {
      const other = expected(j)![i] ?? { component: -1, cosine: 0 };
      expect(found.nearest[row * found.k + i]).toBe(other.component);
      expect(found.cosines[row * found.k + i]).toBeCloseTo(other.cosine, close);
    }
  });
}

function everyComponent(): Int32Array {
  return Int32Array.from(components.keys());
}

function everyImage(): Int32Array {
  return Int32Array.from({ length: images }, (_, i) => i);
}

function column(j: number): Float32Array {
  return Float32Array.from({ length: images }, (_, i) => reference.activations[i * components.length + j]!);
}

function sparse(dense: Float32Array, width: number): ImageActivations {
  const active = [...dense.keys()].filter((i) => dense[i] !== 0);
  const offsets = new Int32Array(dense.length / width + 1);
  for (const i of active) offsets[Math.floor(i / width) + 1]!++;
  for (let i = 1; i < offsets.length; i++) offsets[i]! += offsets[i - 1]!;
  return {
    offsets,
    components: Int32Array.from(active, (i) => i % width),
    values: Float32Array.from(active, (i) => dense[i]!),
  };
}

/** Images come in an order of their own, as from several workers. */
function collected(depth: number) {
  const collector = new SampleCollector(components.length, depth);
  for (let step = 0; step < images; step++) {
    const image = (step * 7) % images;
    const [start, end] = [activations.offsets[image]!, activations.offsets[image + 1]!];
    collector.add(
      image,
      activations.components.subarray(start, end),
      activations.values.subarray(start, end),
    );
  }
  return collector.table();
}
