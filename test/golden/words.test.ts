import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { HashCache } from '../../src/engine/checkpoint/hashCache';
import { selfTestStore } from '../../src/engine/dictionary/selfTestStore';
import { picturesIn } from '../../src/engine/image/picturesIn';
import type { JobServices } from '../../src/engine/jobs/jobServices';
import { wordJobs } from '../../src/engine/jobs/wordJobs';
import { type Model, openModel } from '../../src/engine/model';
import { evenly } from '../../src/engine/numeric/evenly';
import { modelOnCpu } from '../../src/engine/runtime/sessions';
import { openStudy, type Study } from '../../src/engine/study';
import { fromErrorInfo } from '../../src/shared/errors';
import type { TokenSelection } from '../../src/shared/hook';
import { root } from './references';

/**
 * Words of a prompt in the demo, against what the engine computes by other ways: scores and attributions of the prompt,
 * and of the prompt without each word. float32 both ways; the worst difference seen is 3·10⁻⁷.
 */
const tolerance = 2e-6;

const text = 'a photo of a wolf in snow';
const split = text.split(' ');
const job = { signal: new AbortController().signal, progress: () => undefined };
const wolf = { kind: 'file', path: path.join(root, 'examples/demo/images/wolf/wolf_04.jpg') } as const;

const studies: readonly [name: string, dictionary: string, tokens?: TokenSelection][] = [
  ['an SAE', path.join(root, 'models/sae-cls')],
  ['neurons', 'neurons:3'],
  ['heads, components of many latents', 'heads:2'],
  ['patches that nothing reads', 'neurons:-1', 'patches'],
];

describe.each(studies)('%s', (_name, dictionary, tokens) => {
  const request = { model: path.join(root, 'models/emoji-clip'), dictionary, ...(tokens ? { tokens } : {}) };
  let model: Model;
  let study: Study;
  let demands = 0;

  beforeAll(async () => {
    const options = { ...job, hashes: new HashCache(null), threads: 1 };
    model = await openModel(request.model, options);
    study = await openStudy(request, model, {
      ...options,
      weightCache: '',
      notes: [],
      selfTests: selfTestStore(null),
      demoImages: () => picturesIn(path.join(root, 'examples/demo/images/wolf')),
    });
  });
  afterAll(async () => {
    await study.release();
    await model.release();
  });

  const services = {
    inTurn: <T>(run: () => Promise<T>) => run(),
    studyFor: async () => study,
    demandUnchanged: async () => {
      demands += 1;
    },
  } as unknown as JobServices;
  const wordsOf = (components: readonly number[], signal = job.signal) =>
    wordJobs(services).attributeWords(
      { study: request, image: wolf, text, components: [...components] },
      { ...job, signal },
    );

  it('gives what attribution gives, and what that is without each word', async () => {
    const active = await activeComponents(study);
    const { size } = study.info.dictionary;
    const silent = Array.from({ length: size }, (_, j) => j).filter((j) => !active.includes(j));
    const asked = evenly(active, 5).toReversed();
    // Once by forward mode of these components alone, once by what attribution kept of all of them.
    const first = await wordsOf([...silent.slice(0, 1), ...asked]);
    const whole = await attributed(study, text);
    const again = await wordsOf(asked);
    expect(demands).toBe(2);
    const without = await Promise.all(
      split.map((_, left) => attributed(study, split.filter((_, i) => i !== left).join(' '))),
    );
    for (const found of [first, again]) {
      near(found.similarity, whole.similarity);
      expect(found.words.map((word) => word.text)).toEqual(split);
      expect(found.words.map(({ start, text: { length } }) => text.slice(start, start + length))).toEqual(
        split,
      );
      expect(found.tokens.map(({ word }) => word)).toEqual([null, ...split.keys(), null]);
      found.words.forEach(({ contribution, leaveOneOut }, word) => {
        expect(contribution).toBe(found.contributions[word + 1]);
        near(leaveOneOut, whole.similarity - without[word]!.similarity);
      });
      expect(found.components.map(({ component }) => component)).toEqual(asked);
      for (const { component, attribution, leaveOneOut, contributions } of found.components) {
        near(attribution, whole.of(component));
        expect(contributions).toHaveLength(found.tokens.length);
        leaveOneOut.forEach((lost, word) => {
          near(lost, whole.of(component) - without[word]!.of(component));
        });
      }
    }
    first.components.forEach(({ contributions }, n) => {
      contributions.forEach((x, t) => {
        near(x, again.components[n]!.contributions[t]!);
      });
    });
  });

  it('can be cancelled', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(wordsOf([], controller.signal)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('knows only components that there are', async () => {
    await expect(wordsOf([1e6])).rejects.toMatchObject({ code: 'dictionary' });
  });
});

const checkpoints = path.join(root, 'test/golden/checkpoints');
const names = readdirSync(checkpoints).filter((name) => existsSync(path.join(checkpoints, `${name}.json`)));
const Reference = z.object({ path: z.string(), texts: z.array(z.object({ text: z.string() })) });

describe('tokens of texts in every layout', () => {
  it.each(names)('%s', async (name) => {
    const json = await readFile(path.join(checkpoints, `${name}.json`), 'utf8');
    const { path: folder, texts } = Reference.parse(JSON.parse(json));
    const model = await openModel(path.join(checkpoints, folder), {
      ...job,
      hashes: new HashCache(null),
      placeTowers: () => modelOnCpu(1),
    });
    const noPause = async () => undefined;
    for (const { text: each } of texts.slice(0, 3)) {
      const [embedded] = await model.text.embed([each], noPause);
      const w = embedded!.vector.map((_, d) => Math.sin(d));
      const { tokens, words, contributions } = await model.text.contributions(each, [w], noPause);
      expect(contributions[0]).toHaveLength(tokens.length);
      tokens.forEach(({ word }, t) => {
        if (word === null) expect(contributions[0]![t]).toBe(0);
      });
      expect(Math.max(...contributions[0]!.map(Math.abs))).toBeGreaterThan(1e-4);
      const [read, whole] = [words.map((word) => word.text).join(''), each.replace(/\s+/g, '')];
      if (embedded!.truncated) expect(whole.startsWith(read)).toBe(true);
      else expect(read).toBe(whole);
    }
    await model.release();
  });
});

function near(found: number, expected: number): void {
  expect(Math.abs(found - expected)).toBeLessThan(tolerance);
}

async function attributed(study: Study, prompt: string) {
  const { directions } = await study.resolve([{ kind: 'prompt', text: prompt }], job);
  for await (const outcome of study.attribute([wolf], directions, [], job)) {
    if (outcome.kind === 'failure') throw fromErrorInfo(outcome.error);
    const { latents, directions: found } = outcome.value;
    const { similarity, attributions } = found[0]!;
    return { similarity, of: (component: number) => attributions[latents.indexOf(component)]! };
  }
  throw new Error('no outcome');
}

async function activeComponents(study: Study): Promise<number[]> {
  for await (const outcome of study.observe([wolf], job)) {
    if (outcome.kind === 'failure') throw fromErrorInfo(outcome.error);
    return [...outcome.value.components];
  }
  throw new Error('no outcome');
}
