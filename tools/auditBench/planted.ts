import type { Direction } from '../../src/shared/direction';
import { type Noun, nouns, senses, withArticle } from '../world/nouns';
import { random } from '../world/random';
import type { World } from '../world/world';
import { glyphThings, isWordOf, type Thing } from './things';

/** Why a prompt might rely on a thing that it does not say, as the world was made. */
export const plantedKinds = ['shortcut', 'homonym', 'compound', 'written'] as const;
export type PlantedKind = (typeof plantedKinds)[number];

/** A pair of a noun's prompt and a thing that was planted for it. Whether the model learned it is another question. */
export interface Planted {
  readonly noun: Noun;
  readonly thing: Thing;
  readonly kind: PlantedKind;
}

export function promptOf(noun: Noun): string {
  return `a photo of ${withArticle(noun)}`;
}

export function promptDirection(noun: Noun): Direction {
  return { kind: 'prompt', text: promptOf(noun) };
}

/** So many nouns, by the seed, whose scenes carry their own word; none that has anything else planted. */
export function nounsWithWords(world: World, seed: number, count: number): readonly Noun[] {
  const chance = random(seed, 'nouns with words');
  return nouns
    .filter((noun) => world.shortcuts[noun] === undefined && senses[noun] === undefined)
    .filter((noun) => !noun.includes(' '))
    .map((noun) => ({ noun, at: chance.uniform(0, 1) }))
    .sort((a, b) => a.at - b.at)
    .slice(0, count)
    .map(({ noun }) => noun);
}

/** The world with own words in 60 % of the scenes of these nouns: by chance alone, too few carry one to be tested. */
export function withWords(world: World, written: readonly Noun[]): World {
  return { ...world, words: { ...world.words, ...Object.fromEntries(written.map((noun) => [noun, 0.6])) } };
}

/** All that was planted in a world. `among`: nouns that have prompts. */
export function plantedIn(world: World, among: readonly Noun[]): readonly Planted[] {
  return among.flatMap((noun): readonly Planted[] => {
    const shortcut = world.shortcuts[noun];
    return [
      ...(shortcut === undefined
        ? []
        : [{ noun, kind: 'shortcut', thing: artefact(shortcut.artefact) } as const]),
      ...(senses[noun] === undefined
        ? []
        : glyphThings(noun).map((thing) => ({ noun, kind: 'homonym', thing }) as const)),
      ...nouns
        .filter((other) => isWordOf(other, noun))
        .flatMap(glyphThings)
        .map((thing) => ({ noun, kind: 'compound', thing }) as const),
      ...(world.words?.[noun] === undefined
        ? []
        : [{ noun, kind: 'written', thing: { kind: 'word', noun } } as const]),
    ];
  });
}

/** Those that something is planted for, and the words of compounds. */
export function nounsOfInterest(world: World, among: readonly Noun[]): ReadonlySet<Noun> {
  return new Set(
    plantedIn(world, among).flatMap(({ noun, thing }) =>
      thing.kind === 'noun' ? [noun, thing.noun] : [noun],
    ),
  );
}

function artefact(name: NonNullable<World['shortcuts'][Noun]>['artefact']): Thing {
  return name === 'watermark' ? { kind: 'watermark' } : { kind: 'place', place: name };
}
