import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine';
import type { ImageSource } from '../../src/shared/image';
import type { JobContext } from '../../src/shared/rpc/protocol';
import type { MapKind, PatchMap } from '../../src/shared/where';
import { nouns } from '../../tools/world/nouns';
import { massInside, plantedScenes, plantedStudy, promptOf } from '../support/plantedRegions';

const root = join(__dirname, '../..');
const model = join(root, 'models/emoji-clip');
const wolf: ImageSource = { kind: 'file', path: join(root, 'examples/demo/images/wolf/wolf_00.jpg') };
const direction = promptOf('wolf');
const patches = Array.from({ length: 64 }, (_, patch) => patch);

const engine = createEngine({
  cacheFolder: null,
  threads: 1,
  demoImages: join(root, 'examples/demo/images'),
  nounsFile: '',
});
const quiet: JobContext = { signal: new AbortController().signal, progress: () => undefined };

interface Asked {
  readonly dictionary: string;
  readonly tokens?: 'cls' | 'patches' | 'all';
}
const sae = (name: string) => join(root, 'models', name);

async function analysed(study: Asked) {
  const { images } = await engine.attribute(
    { study: { model, ...study }, images: [wolf], directions: [direction] },
    quiet,
  );
  if (images[0]?.kind !== 'analysis') throw new Error('no analysis');
  return images[0].analysis;
}
const mapped = async (study: Asked, map: MapKind, job: JobContext = quiet): Promise<PatchMap> =>
  engine.mapPatches({ study: { model, ...study }, image: wolf, map }, job);
const at = async (study: Asked, patch: number) =>
  engine.componentsAt({ study: { model, ...study }, image: wolf, direction, patch }, quiet);
const sumOf = ({ values, elsewhere }: PatchMap) =>
  values.reduce((sum, value) => sum + value, 0) + (elsewhere ?? 0);

describe.each([
  { dictionary: sae('sae-patches') },
  { dictionary: 'neurons:-2', tokens: 'all' },
  { dictionary: 'heads:-2', tokens: 'patches' },
] as const)('a dictionary on patch tokens: $dictionary', (study) => {
  it('has maps that add up to what attribute says, and lists the same at each patch', async () => {
    const { latents, activations, directions } = await analysed(study);
    const { attributions, similarity } = directions[0]!;
    const largest = [...attributions.keys()]
      .toSorted((a, b) => Math.abs(attributions[b]!) - Math.abs(attributions[a]!))
      .slice(0, 3);
    const maps: { component: number; activation: PatchMap; attribution: PatchMap }[] = [];
    for (const column of largest) {
      const component = latents[column]!;
      const activation = await mapped(study, { kind: 'activation', component });
      const attribution = await mapped(study, { kind: 'attribution', component, direction });
      maps.push({ component, activation, attribution });
      expect(activation).toMatchObject({
        rows: 8,
        columns: 8,
        crop: { left: 0, top: 0, width: 192, height: 192 },
      });
      const onCls = activation.elsewhere ?? Number.NEGATIVE_INFINITY;
      expect(Math.max(onCls, ...activation.values)).toBe(activations[column]);
      expect(sumOf(attribution)).toBeCloseTo(attributions[column]!, 6);
      const readsCls = 'tokens' in study && study.tokens === 'all';
      expect([activation.elsewhere === null, attribution.elsewhere === null]).toEqual([!readsCls, !readsCls]);
    }
    for (const patch of [0, 27, 63]) {
      const { by, components, values, attributions: parts } = await at(study, patch);
      expect(by).toBe('activation');
      expect([...values].map(Math.abs)).toEqual([...values].map(Math.abs).toSorted((a, b) => b - a));
      for (const { component, activation, attribution } of maps) {
        const place = components.indexOf(component);
        expect(place < 0 ? 0 : values[place]).toBe(activation.values[patch]);
        expect(place < 0 ? 0 : parts![place]).toBe(attribution.values[patch]);
      }
    }
    const score = await mapped(study, { kind: 'score', direction });
    expect(sumOf(score)).toBeCloseTo(similarity, 1);
  });
});

describe('a dictionary on the CLS token', () => {
  const study = { dictionary: sae('sae-cls') };

  it('lists at a patch what the maps of all its components have there', async () => {
    const { latents, activations } = await analysed(study);
    const maps = new Map<number, PatchMap>();
    for (const component of latents)
      maps.set(component, await mapped(study, { kind: 'evidence', component }));
    for (const patch of patches.filter((p) => p % 13 === 0)) {
      const { by, components, values, attributions } = await at(study, patch);
      expect([by, attributions]).toEqual(['evidence', null]);
      expect([...components].toSorted((a, b) => a - b)).toEqual([...latents]);
      components.forEach((component, i) => {
        expect(values[i]).toBeCloseTo(maps.get(component)!.values[patch]!, 4);
      });
    }
    // Whatever misses the whole by more is said to.
    latents.forEach((component, i) => {
      const map = maps.get(component)!;
      const missing = Math.abs(activations[i]! - sumOf(map)) / Math.abs(activations[i]! - map.elsewhere!);
      expect(missing > 0.1).toBe(map.notes.length > 0);
    });
  });

  it('refuses maps that there are not, and says which there are', async () => {
    const wanted: MapKind[] = [
      { kind: 'activation', component: 3 },
      { kind: 'attribution', component: 3, direction },
    ];
    for (const map of wanted) {
      await expect(mapped(study, map)).rejects.toMatchObject({
        code: 'dictionary',
        message: expect.stringContaining('sae-cls reads the CLS token'),
        remedy: expect.stringContaining('evidence'),
      });
    }
    await expect(mapped(study, { kind: 'evidence', component: 1024 })).rejects.toMatchObject({
      code: 'dictionary',
      remedy: expect.stringContaining('1023'),
    });
    await expect(at(study, 64)).rejects.toMatchObject({ remedy: expect.stringContaining('63') });
  });

  it('has an empty map of a component that is silent', async () => {
    const { latents } = await analysed(study);
    const component = latents.includes(5) ? 6 : 5;
    const map = await mapped(study, { kind: 'evidence', component });
    expect(map).toMatchObject({ values: new Float32Array(64), elsewhere: 0 });
    expect(map.notes[0]).toContain('not active');
  });

  it('is cancelled before a run', async () => {
    const { latents } = await analysed(study);
    const job = { signal: AbortSignal.abort(), progress: () => undefined };
    const asked = mapped(study, { kind: 'evidence', component: latents[0]! }, job);
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  });
});

/**
 * Planted regions. A noun's component is chosen on other scenes; a noun has one where half of that component's
 * activation is on its scenes. models/README.md has the figures for all nouns.
 */
const some = nouns.filter((_, i) => i % 9 === 4);
let scenes: Awaited<ReturnType<typeof plantedScenes>>;
beforeAll(async () => {
  scenes = await plantedScenes(some, 6, 8201);
});

describe.each(['sae-cls', 'sae-patches'] as const)(
  'what a noun’s component of %s answers to',
  (dictionary) => {
    it('lies where the thing is', async () => {
      const study = plantedStudy(dictionary);
      const chosen = await study.components(scenes);
      const having = some.filter((noun) => chosen.get(noun)!.share >= 0.5);
      expect(having.length).toBeGreaterThan(10);
      const inside: ReturnType<typeof massInside>[] = [];
      for (const { noun, image, box } of await plantedScenes(having, 3, 8202)) {
        const map = await study.map(image, { kind: 'evidence', component: chosen.get(noun)!.component });
        if (map.notes.some((note) => note.includes('not active'))) continue;
        inside.push(massInside(map, box));
      }
      expect(inside.length).toBeGreaterThan(25);
      const share = (of: (one: (typeof inside)[number]) => number) =>
        inside.filter((one) => of(one) >= 0.7).length / inside.length;
      expect(share(({ uniform }) => uniform)).toBeLessThan(0.3);
      expect(share(({ positive }) => positive)).toBeGreaterThanOrEqual(0.8);
    });
  },
);
