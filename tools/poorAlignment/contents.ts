import type { ImageSource } from '../../src/shared/image';
import { drawScene } from '../world/draw';
import type { GlyphSource } from '../world/glyphs';
import { glyphsOf, type Noun, nouns } from '../world/nouns';
import { type PlannedScene, planScenes } from '../world/plan';
import type { Scene } from '../world/scene';
import { type Colour, colours, type Place, places, type Texture, textures, type World } from '../world/world';
import { jpeg } from '../world/writeWorld';

/** Something that can be drawn in a scene. */
export type Thing =
  | { readonly kind: 'noun'; readonly noun: Noun }
  | { readonly kind: 'place'; readonly place: Place }
  | { readonly kind: 'texture'; readonly texture: Texture }
  | { readonly kind: 'colour'; readonly colour: Colour }
  | { readonly kind: 'watermark' }
  | { readonly kind: 'written' };

/** Nothing in it comes with anything else, so that what a component answers to is told apart. */
const neutralWorld: World = { shortcuts: {}, told: 0, watermark: { rate: 0.1, mentioned: 0 } };

/** Scenes that a component must fire in, to say anything of it. */
const FEWEST = 10;

/** Scenes of every noun by chance, and of every noun in every place. */
export function neutralScenes(seed: number, perNoun: number, perPlace: number): readonly PlannedScene[] {
  const plan = { world: neutralWorld, nouns, mixed: 0, without: [] };
  return [
    ...planScenes({ ...plan, seed, perNoun, with: [] }),
    ...places.flatMap((place, i) =>
      planScenes({ ...plan, seed: seed + 1 + i, perNoun: perPlace, with: [place] }),
    ),
  ];
}

/** As the demo's pictures are made. */
export async function imageOf({ file, scene }: PlannedScene, glyphs: GlyphSource): Promise<ImageSource> {
  const { picture } = await drawScene(scene, { glyphs, size: 192 });
  return { kind: 'bytes', name: file, bytes: Uint8Array.from(await jpeg(picture)) };
}

const things: readonly Thing[] = [
  ...nouns.map((noun) => ({ kind: 'noun', noun }) as const),
  ...places.map((place) => ({ kind: 'place', place }) as const),
  ...textures.map((texture) => ({ kind: 'texture', texture }) as const),
  ...(Object.keys(colours) as Colour[]).map((colour) => ({ kind: 'colour', colour }) as const),
  { kind: 'watermark' },
  { kind: 'written' },
];

/** A noun is drawn where one of its glyphs is, whatever the scene calls it: a drake can be a microphone. */
function isIn(thing: Thing, { things: drawn, background, word, artefacts }: Scene): boolean {
  switch (thing.kind) {
    case 'noun':
      return drawn.some(({ glyph }) => (glyphsOf[thing.noun] as readonly string[]).includes(glyph));
    case 'place':
      return background.kind === thing.place;
    case 'texture':
      return background.kind === thing.texture;
    case 'colour':
      return 'colour' in background && background.colour === thing.colour;
    case 'watermark':
      return artefacts.includes('watermark');
    case 'written':
      return word !== null;
  }
}

/** Mean activation of a component on the neutral scenes with each thing. */
export interface Content {
  /** What it answers to most. */
  readonly most: Thing;
  /** Its mean activation where the thing is drawn, as a share of that where `most` is. */
  share(thing: Thing): number;
}

/** Collects where components fire. */
export class ContentTally {
  private readonly scenes = new Float64Array(things.length);
  private readonly sums = new Map<number, { fired: number; readonly on: Float64Array }>();

  add(scene: Scene, components: Int32Array, activations: Float32Array): void {
    const here = [...things.keys()].filter((i) => isIn(things[i]!, scene));
    for (const i of here) this.scenes[i]! += 1;
    components.forEach((component, at) => {
      const z = activations[at]!;
      if (!(z > 0)) return;
      const sum = this.sums.get(component) ?? { fired: 0, on: new Float64Array(things.length) };
      this.sums.set(component, sum);
      sum.fired += 1;
      for (const i of here) sum.on[i]! += z;
    });
  }

  /** Null where it hardly ever fires. */
  of(component: number): Content | null {
    const sum = this.sums.get(component);
    if (sum === undefined || sum.fired < FEWEST) return null;
    const means = sum.on.map((total, i) => (this.scenes[i] === 0 ? 0 : total / this.scenes[i]!));
    const most = means.reduce((best, mean, i) => (mean > means[best]! ? i : best), 0);
    return {
      most: things[most]!,
      share: (thing) => {
        const at = things.findIndex((one) => JSON.stringify(one) === JSON.stringify(thing));
        return means[at]! / means[most]!;
      },
    };
  }
}
