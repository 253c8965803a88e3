import { type Noun, nouns, senses } from '../world/nouns';
import { demoWorld, type Place, places } from '../world/world';
import type { Content, Thing } from './contents';

/**
 * What a component is to a prompt: `said` where it answers to what the prompt says, at least half as much as to anything
 * (a homonym says both its senses); `unclear` where it does so between a fifth and half as much, or hardly ever fires;
 * else what it answers to most: the thing that was planted with the prompt's noun (`shortcut`), another place, a texture
 * or colour of the background, a watermark, a written word, a noun that shares a word with the prompt's (`compound`), or
 * any other noun.
 */
export const relations = [
  'said',
  'homonym',
  'shortcut',
  'place',
  'background',
  'watermark',
  'written',
  'compound',
  'noun',
  'unclear',
] as const;
export type Relation = (typeof relations)[number];

const SAID = 0.5;
const NOT_SAID = 0.2;

/** Whether the mark should be there; null where nobody can say. */
export function shouldMark(relation: Relation): boolean | null {
  switch (relation) {
    case 'said':
    case 'homonym':
      return false;
    case 'unclear':
      return null;
    case 'shortcut':
    case 'place':
    case 'background':
    case 'watermark':
    case 'written':
    case 'compound':
    case 'noun':
      return true;
  }
}

/** What a prompt says of the world. */
export interface Said {
  readonly nouns: readonly Noun[];
  readonly places: readonly Place[];
}

/** By whole words, the longest names first: a hot dog is no dog. */
export function saidIn(prompt: string): Said {
  let rest = ` ${prompt.toLowerCase()} `;
  const take = <T extends string>(names: readonly T[]): T[] =>
    names
      .toSorted((a, b) => b.length - a.length)
      .filter((name) => {
        if (!rest.includes(` ${name} `)) return false;
        rest = rest.replaceAll(` ${name} `, '  ');
        return true;
      });
  // A sense by its own name says the noun that has it.
  const homonyms = Object.entries(senses) as [Noun, readonly string[]][];
  const sensed = homonyms.flatMap(([noun, names]) => (take(names).length > 0 ? [noun] : []));
  return { nouns: [...sensed, ...take(nouns)], places: take(places) };
}

export function relationOf(content: Content | null, said: Said): Relation {
  if (content === null) return 'unclear';
  const things: readonly Thing[] = [
    ...said.nouns.map((noun) => ({ kind: 'noun', noun }) as const),
    ...said.places.map((place) => ({ kind: 'place', place }) as const),
  ];
  const share = Math.max(...things.map((thing) => content.share(thing)));
  if (share >= SAID) return said.nouns.some((noun) => senses[noun] !== undefined) ? 'homonym' : 'said';
  if (share > NOT_SAID) return 'unclear';
  const { most } = content;
  switch (most.kind) {
    case 'noun':
      return said.nouns.some((noun) => shareWord(noun, most.noun)) ? 'compound' : 'noun';
    case 'place':
      return isShortcut(said, most.place) ? 'shortcut' : 'place';
    case 'watermark':
      return isShortcut(said, 'watermark') ? 'shortcut' : 'watermark';
    case 'written':
      return 'written';
    case 'texture':
    case 'colour':
      return 'background';
  }
}

function isShortcut(said: Said, artefact: string): boolean {
  return said.nouns.some((noun) => demoWorld.shortcuts[noun]?.artefact === artefact);
}

function shareWord(a: Noun, b: Noun): boolean {
  const words = new Set(a.split(' '));
  return b.split(' ').some((word) => words.has(word));
}
