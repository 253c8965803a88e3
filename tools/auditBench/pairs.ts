import { type Noun, nouns } from '../world/nouns';
import { random } from '../world/random';
import { type Scene, type SceneOptions, sampleScene } from '../world/scene';
import { extras, type World } from '../world/world';
import { isWordOf, type Thing } from './things';

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
 * score of the first: one that is a word of it (*bear* of *teddy bear*) is held against another noun in its place.
 */
export function pairsOfNoun(thing: Thing, noun: Noun, seed: number, count: number): readonly ScenePair[] {
  return Array.from({ length: count }, (_, k) => k).flatMap((k) => {
    const key = [seed, 'of', noun, k];
    return thing.kind === 'noun' && thing.noun !== noun
      ? pairBeside(thing, noun, key)
      : pairOf(thing, noun, key);
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
    case 'noun': {
      const changed = one({ nouns: [thing.noun], ...glyphOf(thing) });
      if (thing.noun !== noun) return both(changed);
      // Of a homonym's own scenes: a sense, against anything else in its place.
      return [{ noun, without: one({ nouns: [otherNoun([noun], key)] }), with: changed }];
    }
  }
}

function pairBeside(
  thing: Extract<Thing, { readonly kind: 'noun' }>,
  noun: Noun,
  key: readonly (string | number)[],
): readonly ScenePair[] {
  const beside = (second: Noun, options: SceneOptions) => plain(key, { nouns: [noun, second], ...options });
  const having = beside(thing.noun, thing.sense === null ? {} : { glyphs: [undefined, thing.sense] });
  if (isWordOf(thing.noun, noun))
    return [{ noun, without: beside(otherNoun([noun, thing.noun], key), {}), with: having }];
  // What is absent is the same whatever is present in the other scene: it is drawn once for all things.
  const { things, ...rest } = beside(nouns[0]!, { glyphs: [undefined, 0] });
  return [
    {
      noun,
      without: {
        ...rest,
        things: things.map((one, i) => (i === 0 ? one : { ...one, absent: true as const })),
      },
      with: having,
    },
  ];
}

function glyphOf({ sense }: Extract<Thing, { readonly kind: 'noun' }>): SceneOptions {
  return sense === null ? {} : { glyphs: [sense] };
}

/** A noun by chance that is none of these, and shares no word with them. */
function otherNoun(than: readonly Noun[], key: readonly (string | number)[]): Noun {
  const chance = random(...key, 'another noun');
  for (;;) {
    const found = chance.pick(nouns);
    if (!than.some((one) => one === found || isWordOf(one, found) || isWordOf(found, one))) return found;
  }
}
