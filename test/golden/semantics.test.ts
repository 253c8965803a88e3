import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { alignment } from '../../src/engine/semantics/alignment';
import { clarity } from '../../src/engine/semantics/clarity';
import {
  activationLengths,
  type ImageActivations,
  nearestInActivation,
} from '../../src/engine/semantics/coactivation';
import { activationHistogram, firingRate } from '../../src/engine/semantics/firing';
import { labels } from '../../src/engine/semantics/labels';
import type { NearComponent } from '../../src/engine/semantics/nearestComponent';
import { polysemanticity } from '../../src/engine/semantics/polysemanticity';
import { nearestInMeaning } from '../../src/engine/semantics/redundancy';
import { referenceSamples } from '../../src/engine/semantics/referenceSamples';
import { rowOf } from '../../src/engine/semantics/rows';
import { SampleCollector, samplesOf, samplesWithout } from '../../src/engine/semantics/sampleTable';
import {
  MeaningCollector,
  type Meanings,
  nameable,
  semanticEmbedding,
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
const meaning = collectedMeanings();

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
    components.forEach(({ theta, samples }) => {
      const alone = semanticEmbedding(Int32Array.from(samples), judge);
      expect(alone.n).toBe(samples.length);
      (theta ?? new Float64Array(reference.width)).forEach((x, i) => {
        expect(alone.vector[i]).toBeCloseTo(x, 5);
      });
    });
  });

  it('collects the directions of all that have images enough', () => {
    expect(meaning.components).toEqual(nameable(table.fired));
    meaning.components.forEach((j, row) => {
      const theta = components[j]!.theta!;
      const length = Math.hypot(...theta);
      rowOf(meaning.units, row).forEach((x, i) => {
        expect(x).toBeCloseTo(theta[i]! / length, close);
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
        const alone = alignment(rowOf(meaning.units, at), rowOf(words, label.entry), reference.empty);
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

  it('finds the nearest component in meaning', () => {
    components.forEach(({ nearestInMeaning: expected }, j) => {
      expectNearest(nearestInMeaning(meaning, j, 3), expected);
    });
  });

  it('finds the nearest component in activation', () => {
    const lengths = activationLengths(activations, components.length);
    components.forEach(({ nearestInActivation: expected }, j) => {
      const own = { images: everyImage(), values: column(j) };
      expectNearest(nearestInActivation(activations, lengths, j, own, 3), expected);
    });
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

function expectNearest(found: readonly NearComponent[], expected: z.infer<typeof Nearest>): void {
  expect(found.map(({ component }) => component)).toEqual((expected ?? []).map(({ component }) => component));
  found.forEach(({ cosine }, i) => {
    expect(cosine).toBeCloseTo(expected![i]!.cosine, close);
  });
}

function collectedMeanings(): Meanings {
  const collector = new MeaningCollector(table, images, judge.width);
  for (let image = images - 1; image >= 0; image--) {
    if (collector.needs(image)) collector.add(image, rowOf(judge, image));
  }
  return collector.meanings();
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
