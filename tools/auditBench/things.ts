import { glyphsOf, type Noun, nouns, senses } from '../world/nouns';
import { type Colour, colours, type Place, places, type Texture, textures } from '../world/world';

/** Something that can be drawn in a scene or left out of it. */
export type Thing =
  | { readonly kind: 'place'; readonly place: Place }
  | { readonly kind: 'texture'; readonly texture: Texture }
  | { readonly kind: 'colour'; readonly colour: Colour }
  | { readonly kind: 'watermark' }
  /** A written word: the name of a noun, or (null) of any but what is drawn. */
  | { readonly kind: 'word'; readonly noun: Noun | null }
  /** A glyph: any of the noun's, or (of a homonym) that of one sense. */
  | { readonly kind: 'noun'; readonly noun: Noun; readonly sense: number | null };

export type ThingKind = Thing['kind'];

/** One name per thing, for people and as a key. */
export function nameOf(thing: Thing): string {
  switch (thing.kind) {
    case 'place':
      return thing.place;
    case 'texture':
      return `${thing.texture} background`;
    case 'colour':
      return `${thing.colour} background`;
    case 'watermark':
      return 'watermark';
    case 'word':
      return thing.noun === null ? 'another word' : `the word ${thing.noun}`;
    case 'noun':
      return thing.sense === null ? thing.noun : `${thing.noun} (${senses[thing.noun]![thing.sense]})`;
  }
}

/** What stands for a noun: of a homonym each of its senses. */
export function glyphThings(noun: Noun): readonly Thing[] {
  if (senses[noun] === undefined) return [{ kind: 'noun', noun, sense: null }];
  return glyphsOf[noun].map((_, sense) => ({ kind: 'noun', noun, sense }));
}

/** Everything that a component may answer to. */
export function allThings(): readonly Thing[] {
  return [
    ...places.map((place) => ({ kind: 'place', place }) as const),
    ...textures.map((texture) => ({ kind: 'texture', texture }) as const),
    ...(Object.keys(colours) as Colour[]).map((colour) => ({ kind: 'colour', colour }) as const),
    { kind: 'watermark' },
    { kind: 'word', noun: null },
    ...nouns.flatMap(glyphThings),
    ...nouns.map((noun) => ({ kind: 'word', noun }) as const),
  ];
}

/**
 * Whether the prompt “a photo of a <noun>” says it: the noun's own glyphs. Of a homonym it says neither sense: which of
 * the two is meant, the word leaves open, and each drives it alone.
 */
export function isSaid(noun: Noun, thing: Thing): boolean {
  return thing.kind === 'noun' && thing.noun === noun && thing.sense === null;
}

/** Whether a noun is a word of a compound noun: *bear* of *teddy bear*. The other way round, the prompt names it. */
export function isWordOf(part: Noun, compound: Noun): boolean {
  return part !== compound && compound.split(' ').includes(part);
}
