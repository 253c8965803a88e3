import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { HashCache } from '../../src/engine/checkpoint/hashCache';
import { selfTestStore } from '../../src/engine/dictionary/selfTestStore';
import { createEngine } from '../../src/engine/engine';
import { tokenizerFallback } from '../../src/engine/hub/fetch';
import { picturesIn } from '../../src/engine/image/picturesIn';
import { unwatched as job, oneAtATime } from '../../src/engine/job';
import { compareDirections } from '../../src/engine/jobs/comparison';
import { keepOpen } from '../../src/engine/opened';
import type { Study } from '../../src/engine/study';
import type { Comparison } from '../../src/shared/comparison';
import { Direction } from '../../src/shared/direction';
import type { ImageSource } from '../../src/shared/image';
import type { StudyRequest } from '../../src/shared/study';
import { relativeError, root } from './references';

/**
 * Prompts side by side against test/reference/comparison.py: transformers' own modules and autograd, in float64. The
 * components that are to be chosen are clear there: no two of them are nearer than 1e-4 of the largest. Scores agree to
 * 1e-6, attributions, activations and totals to 2e-5 of the largest.
 */
const floats = z.array(z.number()).transform((values) => Float32Array.from(values));
const Reference = z.object({
  model: z.string(),
  images: z.array(z.string()),
  most: z.int(),
  directions: z.array(Direction),
  cosines: floats,
  comparisons: z.array(
    z.object({
      dictionary: z.string(),
      similarities: floats,
      components: z.array(z.int()),
      attributions: floats,
      activations: floats,
      totals: floats,
    }),
  ),
});
const reference = Reference.parse(
  JSON.parse(await readFile(path.join(root, 'test/golden/comparison.json'), 'utf8')),
);
const images = reference.images.map((image): ImageSource => ({ kind: 'file', path: path.join(root, image) }));
const { directions, most } = reference;
const newEngine = () =>
  createEngine({
    cacheFolder: null,
    threads: 2,
    demoImages: path.join(root, 'examples/demo/images'),
    nounsFile: '',
  });
const engine = newEngine();

const studyOf = (dictionary: string): StudyRequest => ({
  model: path.join(root, reference.model),
  ...(dictionary.includes(':')
    ? { dictionary, tokens: 'cls' }
    : { dictionary: path.join(root, 'models', dictionary) }),
});

const furthest = (a: Float32Array, b: Float32Array): number =>
  a.length === b.length ? a.reduce((most_, x, i) => Math.max(most_, Math.abs(x - b[i]!)), 0) : Number.NaN;

describe.each(reference.comparisons)('$dictionary', (expected) => {
  const study = studyOf(expected.dictionary);
  let compared: Comparison;
  beforeAll(async () => {
    compared = await engine.compare({ study, images, directions, most }, job);
  });

  it('scores as transformers and autograd do, and chooses the same components', () => {
    expect(compared.failures).toEqual(images.map(() => null));
    expect(furthest(compared.similarities, expected.similarities)).toBeLessThan(1e-6);
    expect([...compared.components].sort()).toEqual([...expected.components].sort());
    const column = Array.from(compared.components, (component) => expected.components.indexOf(component));
    const width = column.length;
    const theirs = (values: Float32Array) =>
      values.map((_, n) => values[Math.floor(n / width) * width + column[n % width]!]!);
    expect(relativeError(compared.attributions, theirs(expected.attributions))).toBeLessThan(2e-5);
    expect(relativeError(compared.activations, theirs(expected.activations))).toBeLessThan(2e-5);
    expect(relativeError(compared.totals, expected.totals)).toBeLessThan(2e-5);
  });

  it('has the component with the largest attribution of all first', () => {
    const width = compared.components.length;
    const largest = Array.from({ length: width }, (_, c) =>
      Math.max(...directions.map((__, d) => Math.abs(compared.attributions[d * width + c]!))),
    );
    expect(largest).toEqual(largest.toSorted((a, b) => b - a));
  });

  it('scores the same without attributing', async () => {
    const scored = await newEngine().compare({ study, images, directions, most: 0 }, job);
    expect(furthest(scored.similarities, expected.similarities)).toBeLessThan(1e-6);
    expect(scored.components).toHaveLength(0);
    expect(scored.attributions).toHaveLength(0);
    expect([...scored.totals].every((total) => total === 0)).toBe(true);
  });

  it('is what attribute says, of one image and one direction', async () => {
    for (const [i, direction] of [directions[0]!, directions.at(-1)!].entries()) {
      const one = { study, images: [images[i]!], directions: [direction] };
      const found = await engine.compare({ ...one, most: 1000 }, job);
      const [outcome] = (await engine.attribute(one, job)).images;
      if (outcome?.kind !== 'analysis') throw new Error('the demo image gave no analysis');
      const { latents, activations, directions: results } = outcome.analysis;
      const { attributions, similarity } = results[0]!;
      const order = [...latents.keys()].sort(
        (a, b) => Math.abs(attributions[b]!) - Math.abs(attributions[a]!) || latents[a]! - latents[b]!,
      );
      expect([...found.components]).toEqual(order.map((at) => latents[at]));
      expect([...found.attributions]).toEqual(order.map((at) => attributions[at]));
      expect([...found.activations]).toEqual(order.map((at) => activations[at]));
      expect([...found.similarities]).toEqual([Math.fround(similarity)]);
      const total = attributions.reduce((sum, a) => sum + Math.abs(a), 0);
      expect(found.totals[0]).toBeCloseTo(total, 5);
    }
  });
});

it('is the same in several passes, where the sums of all directions would take too much', async () => {
  const opened = keepOpen({
    hashes: new HashCache(null),
    threads: 2,
    weightCache: tmpdir(),
    selfTests: selfTestStore(null),
    demoImages: () => picturesIn(path.join(root, 'examples/demo/images')),
    clipTokenizer: tokenizerFallback,
  });
  const asked: number[] = [];
  const services = {
    ...opened,
    inTurn: oneAtATime(),
    studyFor: async (...request: Parameters<typeof opened.studyFor>) => {
      const study = await opened.studyFor(...request);
      const attribute: Study['attribute'] = (sources, block, ...rest) => {
        asked.push(block.length);
        return study.attribute(sources, block, ...rest);
      };
      return { ...study, attribute };
    },
  };
  // Latents of every patch: neither directions nor images fire the same ones.
  const request = { study: studyOf('sae-patches'), images, directions, most };
  const whole = await compareDirections(request, services, job);
  expect(new Set(asked)).toEqual(new Set([directions.length]));
  asked.length = 0;
  expect(await compareDirections(request, services, job, { capacity: 20_000 })).toEqual(whole);
  expect(Math.min(...asked)).toBeLessThan(directions.length);
});

it('says of each direction how its texts were read', async () => {
  const { readings } = await engine.compare(
    {
      study: studyOf('sae-cls'),
      images: images.slice(0, 1),
      directions: [
        { kind: 'prompt', text: 'a wolf' },
        { kind: 'ensemble', name: 'l’hiver', texts: ['a photo of l’hiver', 'snow '.repeat(40)] },
        {
          kind: 'versus',
          of: { kind: 'prompt', text: 'snow' },
          against: [{ kind: 'prompt', text: 'l’hiver' }],
        },
      ],
      most: 0,
    },
    job,
  );
  expect(readings[0]).toEqual([]);
  expect(readings[1]).toEqual([
    expect.stringMatching(/^“a photo of l’hiver” has characters/),
    expect.stringMatching(/^“snow snow .*…” is longer than the 24 tokens/),
  ]);
  expect(readings[2]).toEqual([expect.stringMatching(/^“l’hiver” has characters/)]);
});

it('names the one of several prompts that is empty', async () => {
  const asked = ['wolf', ' ', 'dog'].map((text) => ({ kind: 'prompt', text }) as const);
  const request = { study: studyOf('sae-cls'), images, directions: asked, most: 1 };
  await expect(engine.compare(request, job)).rejects.toThrow('Prompt 2 of 3 is empty.');
  await expect(engine.relate({ study: request.study, directions: asked }, job)).rejects.toThrow(
    'Prompt 2 of 3 is empty.',
  );
});

it('has a difference of a prompt and itself in no relation', async () => {
  const wolf = { kind: 'prompt', text: 'a wolf' } as const;
  await expect(
    engine.relate(
      { study: studyOf('sae-cls'), directions: [wolf, { kind: 'versus', of: wolf, against: [wolf] }] },
      job,
    ),
  ).rejects.toThrow('“a wolf” against “a wolf”: there is no difference between them.');
});

it('relates directions of every kind', async () => {
  const study = studyOf('sae-cls');
  const { cosines } = await engine.relate({ study, directions }, job);
  expect(furthest(cosines, reference.cosines)).toBeLessThan(1e-6);

  // An image is a direction, too: its cosine with a prompt is their similarity.
  const [image] = images;
  const related = await engine.relate(
    { study, directions: [{ kind: 'image', image: image! }, ...directions.slice(0, 3)] },
    job,
  );
  const asked = { study, images: [image!], directions: directions.slice(0, 3), most: 0 };
  const { similarities } = await engine.compare(asked, job);
  expect(furthest(related.cosines.subarray(1, 4), similarities)).toBeLessThan(1e-6);
});
