import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { openEvidence } from '../../src/engine/attribution/evidence';
import { openHook } from '../../src/engine/attribution/openHook';
import type { ScoreDirection } from '../../src/engine/attribution/score';
import type { Hook } from '../../src/engine/clip/hook';
import { embeddingSize, tokenCount } from '../../src/engine/clip/imageTower';
import type { Codes, Dictionary } from '../../src/engine/dictionary/dictionary';
import { openHeads } from '../../src/engine/dictionary/heads';
import { openNeurons } from '../../src/engine/dictionary/neurons';
import { openSae } from '../../src/engine/dictionary/sae';
import { gaussLegendre } from '../../src/engine/numeric/gaussLegendre';
import { cpuSessions } from '../../src/engine/runtime/sessions';
import { plainImageEmbedding, type Rows } from '../support/plainClip';
import { RandomWeights, randomImageTower } from '../support/randomClip';
import { type DictionarySpec, plainCodes, randomDictionary } from '../support/randomDictionary';
import { towers } from '../support/towers';
import { randomNumbers } from '../unit/graph/numbers';
import { temporaryFolder } from '../unit/graph/weightsFile';

/**
 * What patches give to the activation of a component and to the score, against central differences through the same
 * tower and encoder in plain double precision: one patch of the picture is moved away from the picture's mean patch.
 * Differences with a step of 10⁻⁴ err by about 10⁻⁸; the rest is float32. Relative to the largest number.
 */
const tolerance = 5e-5;
const step = 1e-4;
const noPause = async () => undefined;

const size = 12;
const kinds: Readonly<Record<string, Omit<DictionarySpec, 'width' | 'size'>>> = {
  'top-k': { activation: 'topk', k: 3, keep: 'relu', subtracts: false },
  'top-k signed, transposed': { activation: 'topk', k: 3, keep: 'signed', transposed: [true, true] },
  'top-k by magnitude': { activation: 'topk', k: 4, by: 'magnitude', keep: 'absolute', scaled: true },
  'group maximum': { activation: 'groupmax', k: 3 },
  'ReLU, layer norm': { activation: 'relu', normalization: ['layer_norm'] },
  'tanh of ReLU, soft cap': { activation: 'tanh-relu', softcap: 0.7, scaled: true },
  'JumpReLU, constant norm': { activation: 'jumprelu', normalization: ['constant_norm_rescale'] },
  'gated, centred and scaled, then layer norm': {
    activation: 'gated',
    normalization: ['affine', 'layer_norm'],
    softcap: 2,
  },
};

/** SAEs read what a tower gives whatever it is: all kinds on one, and one kind on each. */
const everyKind = Object.keys(kinds);
const oneKind = everyKind.slice(-1);

describe.each(Object.entries(towers))('%s', (name, variant) => {
  const folder = temporaryFolder();
  const weights = new RandomWeights(join(folder, 'weights'), 7);
  const image = randomImageTower(weights, variant);
  const checkpoint = { id: 'tiny', image, weightsFolder: folder, embeddingSize: embeddingSize(image) };
  const picture = randomNumbers(11)(75);
  const patches = [0, 1, 2, 3];
  beforeAll(() => weights.write());

  const tokens = image.cls === null ? 'all' : 'cls';
  const hooks: readonly Hook[] = [
    { point: 'resid_post', layer: 0, tokens },
    { point: 'mlp_out', layer: 1, tokens: 'patches' },
    { point: 'embedding', layer: 1, tokens: 'all' },
  ];

  it.each(
    (name === 'CLIP' ? everyKind : oneKind).flatMap((kind) => hooks.map((hook) => ({ kind, ...hook }))),
  )('SAE: $kind, $point, $tokens', async ({ kind, ...hook }) => {
    const width = hook.point === 'embedding' ? checkpoint.embeddingSize : image.width;
    const made = randomDictionary(temporaryFolder(), { ...kinds[kind]!, width, size }, randomNumbers(3));
    const [first, last] = selected(hook);
    const info = { id: 'random', sha256: '', ...hook, size };
    const dictionary = openSae(made.record, {
      info,
      hook,
      span: { start: first, end: last },
      notes: [],
      threads: 1,
    });
    const component = (j: number) => (rows: Rows) =>
      rows.slice(first, last).reduce((sum, row) => sum + plainCodes(made, row).z[j]!, 0);
    // At the picture itself a small step selects no other latents.
    await expectEvidence(dictionary, hook, 1, component);
    await expectComplete(dictionary);
  });

  it.each([
    { point: 'neurons', layer: 1, tokens },
    { point: 'heads', layer: 0, tokens: 'all' },
  ] as const)('$point of block $layer, $tokens', async (hook) => {
    const own = { sha256: '', layer: hook.layer, tokens: hook.tokens, threads: 1 };
    const dictionary = (hook.point === 'heads' ? openHeads : openNeurons)(checkpoint, own);
    const [first, last] = selected(hook);
    const seen = plainRead(hook, picture).slice(first, last);
    const component = (j: number) => (rows: Rows) =>
      rows.slice(first, last).reduce((sum, row, t) => {
        if (hook.point === 'neurons') return sum + row[j]!;
        // How far it points the way that it points in the picture.
        const [before, now] = [seen[t]!, row].map((one) => one.slice(j * 3, j * 3 + 3));
        return sum + now!.reduce((dot, x, i) => dot + x * before![i]!, 0) / Math.hypot(...before!);
      }, 0);
    await expectEvidence(dictionary, hook, 0.6, component);
    await expectComplete(dictionary);
  });

  it.each(['cosine', 'linear'] as const)('%s score', async (kind) => {
    const direction: ScoreDirection = { kind, vector: randomNumbers(5)(checkpoint.embeddingSize) };
    const y = (pixels: ArrayLike<number>) => {
      const e = plainImageEmbedding(image, (tensor) => weights.values(tensor), pixels);
      const product = e.reduce((sum, x, i) => sum + x * direction.vector[i]!, 0);
      return kind === 'linear' ? product : product / Math.hypot(...e);
    };
    const { dictionary, programs } = await opened(
      openNeurons(checkpoint, { sha256: '', layer: 0, tokens: 'all', threads: 1 }),
    );
    const reads = { ...dictionary, span: programs.span };
    const at = openEvidence(checkpoint, reads, { sessions: cpuSessions(1), quadrature: point(0.6) });
    const { values, flat } = await at.ofScore(picture, direction, noPause);
    expectNear(values, slopes(y, 0.6));
    expectNear([flat], [y(along(0))]);
    const whole = openEvidence(checkpoint, reads, {
      sessions: cpuSessions(1),
      quadrature: gaussLegendre(24),
    });
    const all = await whole.ofScore(picture, direction, noPause);
    expect(all.flat + total(all.values)).toBeCloseTo(y(picture), 3);
    await Promise.all([at, whole, programs, dictionary].map((each) => each.release()));
  });

  /** Values at one point of the path, of each component by itself and of all at each patch. */
  async function expectEvidence(
    of: Dictionary,
    hook: Hook,
    at: number,
    component: (j: number) => (rows: Rows) => number,
  ): Promise<void> {
    const { dictionary, programs, codes, components } = await opened(of);
    const evidence = openEvidence(
      checkpoint,
      { ...dictionary, span: programs.span },
      { sessions: cpuSessions(1), quadrature: point(at) },
    );
    expect(components.length).toBeGreaterThan(0);
    const expected = components.map((j) => slopes((pixels) => component(j)(plainRead(hook, pixels)), at));
    for (const [column, j] of components.entries()) {
      const { values, flat } = await evidence.ofComponent(picture, codes, column, noPause);
      expectNear(values, expected[column]!);
      if (at !== 1) expectNear([flat], [component(j)(plainRead(hook, along(0)))]);
    }
    for (const patch of patches) {
      expectNear(
        await evidence.atPatch(picture, codes, patch, noPause),
        expected.map((each) => each[patch]!),
      );
    }
    await Promise.all([evidence, programs].map((each) => each.release()));
  }

  /** The selection held, the flat picture's and the values are the picture's. */
  async function expectComplete(of: Dictionary): Promise<void> {
    const { dictionary, programs, codes } = await opened(of);
    const evidence = openEvidence(
      checkpoint,
      { ...dictionary, span: programs.span },
      { sessions: cpuSessions(1), quadrature: gaussLegendre(24) },
    );
    const { values, flat } = await evidence.ofComponent(picture, codes, 0, noPause);
    const { componentSize } = dictionary;
    let whole = 0;
    for (let t = 0; t < codes.tokens; t++) {
      const from = t * codes.latents.length;
      const vector = codes.activations.subarray(from, from + componentSize);
      whole += componentSize === 1 ? vector[0]! : Math.hypot(...vector);
    }
    expect(Math.abs(flat + total(values) - whole)).toBeLessThan(0.01 * Math.max(1, Math.abs(whole)));
    await Promise.all([evidence, programs, dictionary].map((each) => each.release()));
  }

  async function opened(dictionary: Dictionary) {
    const programs = openHook(checkpoint, dictionary, { sessions: cpuSessions(1) });
    const { read } = await programs.trunk([picture]);
    const codes = (await dictionary.encode(read))[0] as Codes;
    const components = Array.from(codes.latents)
      .filter((_, j) => j % dictionary.componentSize === 0)
      .map((latent) => latent / dictionary.componentSize);
    return { dictionary, programs, codes, components };
  }

  function plainRead(hook: Hook, pixels: ArrayLike<number>): Rows {
    let seen: Rows = [];
    plainImageEmbedding(
      image,
      (tensor) => weights.values(tensor),
      pixels,
      (place, layer, rows) => {
        if (place === hook.point && layer === hook.layer) seen = rows;
        return rows;
      },
    );
    return seen;
  }

  /** Derivatives of what pixels give, one per patch, along what the patch has beside the mean patch. */
  function slopes(of: (pixels: ArrayLike<number>) => number, at: number): number[] {
    return patches.map((patch) => {
      const [up, down] = [step, -step].map((by) => of(along(at, patch, by)));
      return (up! - down!) / (2 * step);
    });
  }

  /** Pixels on the way from the flat picture to the picture, one patch further by so much. */
  function along(at: number, further?: number, by = 0): number[] {
    const mean = (c: number, y: number, x: number) =>
      patches.reduce((sum, p) => sum + picture[pixelOf(c, p, y, x)]!, 0) / patches.length;
    const pixels = Array.from(picture);
    for (const patch of patches) {
      for (let n = 0; n < 12; n++) {
        const [c, y, x] = [Math.floor(n / 4), Math.floor((n % 4) / 2), n % 2];
        const place = pixelOf(c, patch, y, x);
        const middle = mean(c, y, x);
        pixels[place] = middle + (at + (patch === further ? by : 0)) * (picture[place]! - middle);
      }
    }
    return pixels;
  }

  function selected({ point: place, tokens: which }: Hook): readonly [number, number] {
    if (place === 'embedding') return [0, 1];
    const first = which === 'patches' && image.cls !== null ? 1 : 0;
    return [first, which === 'cls' ? 1 : tokenCount(image)];
  }
});

const point = (at: number) => ({ points: Float64Array.of(at), weights: Float64Array.of(1) });
const total = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0);
/** Of a picture of 5 × 5, two patches of 2 × 2 a row. */
const pixelOf = (c: number, patch: number, y: number, x: number) =>
  c * 25 + (Math.floor(patch / 2) * 2 + y) * 5 + (patch % 2) * 2 + x;

function expectNear(actual: ArrayLike<number>, expected: readonly number[]): void {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(0.1, ...expected.map(Math.abs));
  const worst = Math.max(...Array.from(actual, (x, i) => Math.abs(x - expected[i]!)));
  expect(worst / scale).toBeLessThan(tolerance);
}
