import { join } from 'node:path';
import { createEngine } from '../../src/engine/engine';
import type { ImageSource } from '../../src/shared/image';
import type { MapKind } from '../../src/shared/where';
import { type Box, drawScene } from '../../tools/world/draw';
import { openGlyphs } from '../../tools/world/glyphs';
import { type Noun, withArticle } from '../../tools/world/nouns';
import { planScenes } from '../../tools/world/plan';
import { demoWorld } from '../../tools/world/world';
import { jpeg } from '../../tools/world/writeWorld';

const root = join(__dirname, '../..');
const job = { signal: new AbortController().signal, progress: () => undefined };

/** A fresh scene of one thing, and where that lies. */
export interface Planted {
  readonly noun: Noun;
  readonly image: ImageSource;
  readonly box: Box;
}

export async function plantedScenes(
  nouns: readonly Noun[],
  perNoun: number,
  seed: number,
): Promise<readonly Planted[]> {
  const glyphs = openGlyphs(join(root, 'tools/world/glyphs'));
  const plan = planScenes({ world: demoWorld, seed, nouns, perNoun, mixed: 0, with: [], without: [] });
  const scenes: Planted[] = [];
  for (const { file, scene } of plan) {
    const { picture, boxes } = await drawScene(scene, { glyphs, size: 192 });
    const bytes = Uint8Array.from(await jpeg(picture));
    scenes.push({
      noun: scene.things[0]!.noun,
      image: { kind: 'bytes', name: file, bytes },
      box: boxes[0]!,
    });
  }
  return scenes;
}

/** The component that answers to a noun on some scenes. */
export interface NounComponent {
  readonly component: number;
  /** What of its activation over all of the scenes is on the noun's. */
  readonly share: number;
}

/** The demo model with one of its dictionaries. */
export function plantedStudy(dictionary: 'sae-cls' | 'sae-patches') {
  const engine = createEngine({
    cacheFolder: null,
    threads: 2,
    demoImages: join(root, 'examples/demo/images'),
    nounsFile: '',
  });
  const study = { model: join(root, 'models/emoji-clip'), dictionary: join(root, 'models', dictionary) };
  return {
    /** Of the components that fire in at least half of a noun's scenes the one with the largest share. */
    async components(scenes: readonly Planted[]): Promise<ReadonlyMap<Noun, NounComponent>> {
      const { images } = await engine.attribute(
        { study, images: scenes.map(({ image }) => image), directions: [] },
        job,
      );
      const all = new Map<number, number>();
      const ofNoun = new Map<Noun, Map<number, { sum: number; fired: number }>>();
      images.forEach((outcome, i) => {
        if (outcome.kind !== 'analysis') throw new Error(outcome.error.message);
        const { noun } = scenes[i]!;
        const own = ofNoun.get(noun) ?? new Map<number, { sum: number; fired: number }>();
        ofNoun.set(noun, own);
        outcome.analysis.latents.forEach((j, at) => {
          const z = outcome.analysis.activations[at]!;
          const { sum, fired } = own.get(j) ?? { sum: 0, fired: 0 };
          own.set(j, { sum: sum + z, fired: fired + 1 });
          all.set(j, (all.get(j) ?? 0) + z);
        });
      });
      return new Map(
        [...ofNoun].map(([noun, own]) => {
          const least = scenes.filter((scene) => scene.noun === noun).length / 2;
          const [best] = [...own]
            .filter(([, { fired }]) => fired >= least)
            .map(([component, { sum }]) => ({ component, share: sum / all.get(component)! }))
            .toSorted((a, b) => b.share - a.share);
          return [noun, best ?? { component: 0, share: 0 }];
        }),
      );
    },
    map: async (image: ImageSource, map: MapKind) => engine.mapPatches({ study, image, map }, job),
  };
}

export const promptOf = (noun: Noun) =>
  ({ kind: 'prompt', text: `a photo of ${withArticle(noun)}` }) as const;

/** What part of the positive part of a map, and of its absolute values, lies in a box, patches by their overlap with it. */
export function massInside(
  {
    values,
    rows,
    columns,
  }: { readonly values: Float32Array; readonly rows: number; readonly columns: number },
  [left, top, right, bottom]: Box,
): { readonly positive: number; readonly absolute: number; readonly uniform: number } {
  const overlap = (patch: number, from: number, to: number, of: number) =>
    Math.max(0, Math.min((patch + 1) / of, to) - Math.max(patch / of, from)) * of;
  const sums = { positive: 0, absolute: 0, uniform: 0 };
  const inside = { positive: 0, absolute: 0, uniform: 0 };
  values.forEach((value, p) => {
    const share =
      overlap(p % columns, left, right, columns) * overlap(Math.floor(p / columns), top, bottom, rows);
    const parts = { positive: Math.max(0, value), absolute: Math.abs(value), uniform: 1 };
    for (const kind of ['positive', 'absolute', 'uniform'] as const) {
      sums[kind] += parts[kind];
      inside[kind] += share * parts[kind];
    }
  });
  return {
    positive: inside.positive / sums.positive,
    absolute: inside.absolute / sums.absolute,
    uniform: inside.uniform / sums.uniform,
  };
}
