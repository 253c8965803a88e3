import { sampleCaption } from './caption';
import { glyphsOf, type Noun, nouns } from './nouns';
import { type Random, random } from './random';
import {
  type Artefact,
  type Colour,
  colours,
  type Extra,
  isPlace,
  type Place,
  places,
  type Texture,
  textures,
  type World,
} from './world';

/** Side of the square on which backgrounds are drawn, in pixels; larger pictures enlarge it. */
export const backgroundSize = 64;

/** What is in a picture, apart from its size. Lengths in pixels of the background are said to be so. */
export interface Scene {
  /** One or two. */
  readonly things: readonly Thing[];
  readonly background: Background;
  readonly word: Word | null;
  /** Shortcuts and stamps that were drawn; a place that is there by chance is only the background. */
  readonly artefacts: readonly Artefact[];
  readonly caption: string;
  /** Of the noise. */
  readonly grain: string;
}

export interface Thing {
  readonly noun: Noun;
  readonly glyph: string;
  /** Longer side of the glyph before it is turned, in sides of the picture. */
  readonly scale: number;
  /** Left and right exchanged. */
  readonly mirrored: boolean;
  /** Degrees anticlockwise. */
  readonly angle: number;
  /** Where in the room that its part of the picture leaves, 0 to 1 from the left and from the top. */
  readonly x: number;
  readonly y: number;
  /** It is not drawn, and its part of the picture stays empty. */
  readonly absent?: true;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Periods, wavelengths and points in pixels of the background, angles in radians. */
export type Background =
  | { readonly kind: 'plain'; readonly colour: Colour }
  | { readonly kind: 'gradient'; readonly colour: Colour; readonly angle: number }
  | { readonly kind: 'striped'; readonly colour: Colour; readonly period: number; readonly angle: number }
  | { readonly kind: 'checkered'; readonly colour: Colour; readonly period: number }
  | { readonly kind: 'dotted'; readonly colour: Colour; readonly period: number }
  | { readonly kind: 'water'; readonly wavelength: number; readonly phase: number }
  | { readonly kind: 'snow'; readonly flakes: readonly Point[] }
  | { readonly kind: 'grass' }
  | { readonly kind: 'sand' }
  | { readonly kind: 'night sky'; readonly stars: readonly Point[] };

export interface Word {
  readonly text: string;
  /** Size of the letters, in sides of the picture. */
  readonly height: number;
  /** Where in the room that is left, 0 to 1 from the left. */
  readonly x: number;
  readonly edge: 'top' | 'bottom';
  /** Pixels from that edge. */
  readonly margin: number;
}

export interface SceneOptions {
  /** What is drawn; by chance if left out. */
  readonly nouns?: readonly [Noun] | readonly [Noun, Noun];
  /** How many nouns are drawn by chance; if left out, one in 62 of 100 scenes. */
  readonly count?: 1 | 2;
  readonly with?: readonly Extra[];
  readonly without?: readonly Extra[];
  /** Which of the glyphs of each noun is drawn, by its place in `glyphsOf`; by chance if left out. */
  readonly glyphs?: readonly (number | undefined)[];
  /** What the background is where it is no place; by chance if left out. */
  readonly texture?: Texture;
  readonly colour?: Colour;
  /** What is written where something is; by chance if left out. */
  readonly written?: string;
}

/**
 * A scene by chance. With the same key it is the same; every part has its own stream, so that scenes with and without
 * an extra differ in nothing but that, and in the caption that tells of it.
 */
export function sampleScene(
  world: World,
  key: readonly (string | number)[],
  options: SceneOptions = {},
): Scene {
  const stream = (part: string) => random(...key, part);
  const drawn = options.nouns ?? sampleNouns(options.count, stream('nouns'));
  const asked = { with: options.with ?? [], without: options.without ?? [] };
  const shortcut = sampleShortcuts(world, drawn, stream('shortcuts')).filter(
    (artefact) => !asked.without.includes(artefact),
  );
  const { place, texture } = samplePlace(shortcut, asked, stream('place'));
  const stamped = sampleWatermark(world, shortcut, asked, stream('watermark'));
  const background =
    place === null
      ? sampleTexture(
          { kind: options.texture ?? texture.kind, colour: options.colour ?? texture.colour },
          stream('texture'),
        )
      : sampleGround(place, stream('ground'));
  const things = drawn.map((noun, i) =>
    sampleThing(noun, drawn.length, options.glyphs?.[i], stream(`thing ${i}`)),
  );
  const word = sampleWord(world, drawn, asked, options.written, stream);
  const planned = [...shortcut, ...asked.with].filter((extra) => extra === place) as Place[];
  const scene = {
    things,
    background,
    word,
    artefacts: [...new Set<Artefact>([...planned, ...(stamped ? (['watermark'] as const) : [])])].toSorted(),
  };
  return { ...scene, caption: sampleCaption(scene, world, stream('caption')), grain: key.join('/') };
}

interface Asked {
  readonly with: readonly Extra[];
  readonly without: readonly Extra[];
}

function sampleNouns(count: 1 | 2 | undefined, chance: Random): readonly Noun[] {
  const first = chance.integer(0, nouns.length);
  const single = chance.chance(0.62);
  if (count === 1 || (count === undefined && single)) return [nouns[first]!];
  const second = (first + chance.integer(1, nouns.length)) % nouns.length;
  return [nouns[first]!, nouns[second]!];
}

function sampleShortcuts(world: World, drawn: readonly Noun[], chance: Random): readonly Artefact[] {
  return drawn.flatMap((noun) => {
    const shortcut = world.shortcuts[noun];
    return shortcut !== undefined && chance.chance(shortcut.probability) ? [shortcut.artefact] : [];
  });
}

/** The place, and the texture and colour that stand there if there is none: drawn for both, so that pairs agree. */
function samplePlace(shortcut: readonly Artefact[], asked: Asked, chance: Random) {
  const byChance = chance.chance(0.1) ? chance.pick(places) : null;
  const kind = chance.pick(textures);
  const colour = chance.pick(Object.keys(colours) as Colour[]);
  const allowed = byChance !== null && asked.without.includes(byChance) ? null : byChance;
  const place: Place | null = asked.with.find(isPlace) ?? shortcut.find(isPlace) ?? allowed;
  return { place, texture: { kind, colour } };
}

function sampleWatermark(world: World, shortcut: readonly Artefact[], asked: Asked, chance: Random): boolean {
  const byChance = chance.chance(world.watermark.rate);
  if (asked.with.includes('watermark')) return true;
  if (asked.without.includes('watermark')) return false;
  return byChance || shortcut.includes('watermark');
}

function sampleTexture(
  { kind, colour }: { readonly kind: Texture; readonly colour: Colour },
  chance: Random,
): Background {
  switch (kind) {
    case 'plain':
      return { kind, colour };
    case 'gradient':
      return { kind, colour, angle: chance.uniform(0, 6.28) };
    case 'striped':
      return { kind, colour, period: chance.uniform(6, 12), angle: chance.uniform(0, 3.14) };
    case 'checkered':
      return { kind, colour, period: chance.integer(6, 12) };
    case 'dotted':
      return { kind, colour, period: chance.integer(8, 14) };
  }
}

function sampleGround(kind: Place, chance: Random): Background {
  switch (kind) {
    case 'water':
      return { kind, wavelength: chance.uniform(14, 22), phase: chance.uniform(0, 6) };
    case 'snow':
      return { kind, flakes: samplePoints(chance.integer(40, 80), chance) };
    case 'night sky':
      return { kind, stars: samplePoints(chance.integer(14, 34), chance) };
    case 'grass':
    case 'sand':
      return { kind };
  }
}

function samplePoints(count: number, chance: Random): readonly Point[] {
  return Array.from({ length: count }, () => ({
    x: chance.integer(0, backgroundSize),
    y: chance.integer(0, backgroundSize),
  }));
}

function sampleThing(noun: Noun, count: number, which: number | undefined, chance: Random): Thing {
  const byChance: string = chance.pick<string>(glyphsOf[noun]);
  const glyph = which === undefined ? byChance : glyphsOf[noun][which]!;
  return {
    noun,
    glyph,
    scale: count === 1 ? chance.uniform(0.42, 0.92) : chance.uniform(0.36, 0.55),
    // A flag has no other side.
    mirrored: chance.chance(0.3) && !isFlag(glyph),
    angle: chance.uniform(-18, 18),
    x: chance.uniform(0, 1),
    y: chance.uniform(0, 1),
  };
}

/** Flags are written in regional indicators. */
function isFlag(glyph: string): boolean {
  return /^[\u{1f1e6}-\u{1f1ff}]/u.test(glyph);
}

function sampleWord(
  { words }: World,
  drawn: readonly Noun[],
  asked: Asked,
  written: string | undefined,
  stream: (part: string) => Random,
): Word | null {
  const chance = stream('word');
  const byChance = chance.chance(0.1);
  const text = chance.chance(0.5) ? drawn[0]! : chance.pick(nouns);
  const height = chance.uniform(0.17, 0.23);
  const x = chance.uniform(0, 1);
  const edge = chance.chance(0.7) ? 'bottom' : 'top';
  const margin = edge === 'bottom' ? chance.uniform(2, 8) : chance.uniform(0, 6);
  // Own words have a stream of their own: worlds that differ in them alone draw the same scenes otherwise.
  const own = drawn.find((noun) => stream(`own word of ${noun}`).chance(words?.[noun] ?? 0));
  if (asked.without.includes('word')) return null;
  if (!(byChance || own !== undefined || asked.with.includes('word'))) return null;
  return { text: written ?? own ?? text, height, x, edge, margin };
}
