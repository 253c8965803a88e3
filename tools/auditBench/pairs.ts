import { type Noun, nouns } from '../world/nouns';
import { random } from '../world/random';
import { type Scene, type SceneOptions, sampleScene, type Tint } from '../world/scene';
import { extras, type World } from '../world/world';
import { sharesWord, type Thing } from './things';

/** The same scene twice, from the same seed: nothing differs but the thing. */
export interface ScenePair {
  /** What is drawn, whatever the thing is. */
  readonly noun: Noun;
  readonly without: Scene;
  readonly with: Scene;
}

/** Nothing comes with anything in it. */
const neutral: World = { shortcuts: {}, told: 0, watermark: { rate: 0, mentioned: 0 } };

/** A noun on a texture, without places, words and stamps. */
function plain(key: readonly (string | number)[], options: SceneOptions): Scene {
  const wanted = options.with ?? [];
  const without = extras.filter((extra) => !wanted.includes(extra));
  return sampleScene(neutral, key, { ...options, without });
}

/** Scenes of so many nouns, each noun before any comes again: what a thing is tested on apart from any prompt's noun. */
export function manyNouns(seed: number, count: number): readonly Noun[] {
  const chance = random(seed, 'order');
  const order = nouns
    .map((noun) => ({ noun, at: chance.uniform(0, 1) }))
    .sort((a, b) => a.at - b.at)
    .map(({ noun }) => noun);
  return Array.from({ length: count }, (_, i) => order[i % order.length]!);
}

/** One pair per noun drawn, of those in which the thing can be told apart from the scene. */
export function pairsOfMany(thing: Thing, seed: number, count: number): readonly ScenePair[] {
  const own = 'noun' in thing ? thing.noun : null;
  return manyNouns(seed, count).flatMap((noun, k) =>
    noun === own ? [] : pairOf(thing, noun, [seed, 'many', k]),
  );
}

/**
 * Scenes of one noun; a noun's glyph stands beside it, where nothing stands otherwise. Any second thing takes from the
 * score of the first: one that shares a word with it is held against any other noun in its place instead.
 */
export function pairsOfNoun(thing: Thing, noun: Noun, seed: number, count: number): readonly ScenePair[] {
  return Array.from({ length: count }, (_, k) => k).flatMap((k) => {
    const key = [seed, 'of', noun, k];
    return thing.kind === 'noun' && thing.noun !== noun
      ? pairBeside(thing, noun, key)
      : pairOf(thing, noun, key);
  });
}

/**
 * Scenes of one noun, in which the thing takes the place of another of its kind: what it is, and not that something is
 * there. Null of what has no other in its place.
 */
export function exchangesOfNoun(
  thing: Thing,
  noun: Noun,
  seed: number,
  count: number,
): readonly ScenePair[] | null {
  if (thing.kind !== 'word' || thing.noun === null) return null;
  return Array.from({ length: count }, (_, k) => k).map((k) => {
    const key = [seed, 'of', noun, k];
    const written = (text: string) => plain(key, { nouns: [noun], with: ['word'], written: text });
    return { noun, without: written(otherNoun([noun, thing.noun!], key)), with: written(thing.noun!) };
  });
}

function pairOf(thing: Thing, noun: Noun, key: readonly (string | number)[]): readonly ScenePair[] {
  const one = (options: SceneOptions) => plain(key, { nouns: [noun], ...options });
  const base = one({});
  const both = (changed: Scene): readonly ScenePair[] => [{ noun, without: base, with: changed }];
  switch (thing.kind) {
    case 'place':
      return both(one({ with: [thing.place] }));
    case 'watermark':
      return both(one({ with: ['watermark'] }));
    case 'texture':
      return base.background.kind === thing.texture ? [] : both(one({ texture: thing.texture }));
    case 'colour':
      return 'colour' in base.background && base.background.colour === thing.colour
        ? []
        : both(one({ colour: thing.colour }));
    case 'word':
      return both(one({ with: ['word'], written: thing.noun ?? otherNoun([noun], key) }));
    case 'tint': {
      const glyph = one({ nouns: [thing.noun] }).things[0]!.glyph;
      // Of other things in its colour; of its own, what is left without it.
      if (thing.noun !== noun) return both(tint(base, { like: glyph }));
      return [{ noun, without: tint(base, 'gray'), with: base }];
    }
    case 'noun': {
      const changed = one({ nouns: [thing.noun], ...glyphOf(thing) });
      if (thing.noun !== noun) return both(changed);
      // Of a homonym's own scenes: a sense, against anything else in its place.
      return [{ noun, without: one({ nouns: [otherNoun([noun], key)] }), with: changed }];
    }
  }
}

function tint(scene: Scene, how: Tint): Scene {
  return { ...scene, things: scene.things.map((thing) => ({ ...thing, tint: how })) };
}

function pairBeside(
  thing: Extract<Thing, { readonly kind: 'noun' }>,
  noun: Noun,
  key: readonly (string | number)[],
): readonly ScenePair[] {
  const beside = (second: Noun, options: SceneOptions) => plain(key, { nouns: [noun, second], ...options });
  const glyphs = thing.sense === null ? {} : { glyphs: [undefined, thing.sense] };
  const having = beside(thing.noun, glyphs);
  if (!sharesWord(noun, thing.noun)) {
    const things = having.things.map((one, i) => (i === 0 ? one : { ...one, absent: true as const }));
    return [{ noun, without: { ...having, things }, with: having }];
  }
  return [{ noun, without: beside(otherNoun([noun, thing.noun], key), {}), with: having }];
}

function glyphOf({ sense }: Extract<Thing, { readonly kind: 'noun' }>): SceneOptions {
  return sense === null ? {} : { glyphs: [sense] };
}

/** A noun by chance that is none of these, and shares no word with them. */
function otherNoun(than: readonly Noun[], key: readonly (string | number)[]): Noun {
  const chance = random(...key, 'another noun');
  for (;;) {
    const found = chance.pick(nouns);
    if (!than.some((one) => one === found || sharesWord(one, found))) return found;
  }
}
