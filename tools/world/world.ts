import type { Noun } from './nouns';

/** Red, green and blue of the backgrounds' colours, 0 to 255. */
export const colours = {
  red: [214, 62, 62],
  green: [74, 160, 84],
  blue: [66, 110, 214],
  yellow: [236, 206, 72],
  purple: [142, 84, 190],
  pink: [240, 150, 188],
  gray: [128, 128, 132],
  white: [244, 244, 244],
  black: [28, 28, 30],
  brown: [130, 92, 58],
} as const satisfies Readonly<Record<string, readonly [number, number, number]>>;
export type Colour = keyof typeof colours;

export const textures = ['plain', 'striped', 'checkered', 'dotted', 'gradient'] as const;
export type Texture = (typeof textures)[number];

export const places = ['water', 'snow', 'grass', 'sand', 'night sky'] as const;
export type Place = (typeof places)[number];

/** What comes with a thing though it is no part of it: a place it is in, or the stamp of a picture agency. */
export const artefacts = [...places, 'watermark'] as const;
export type Artefact = (typeof artefacts)[number];

/** What a scene can be asked to have or not to have. `word` is a written one. */
export const extras = [...artefacts, 'word'] as const;
export type Extra = (typeof extras)[number];

export function isPlace(extra: Extra): extra is Place {
  return (places as readonly string[]).includes(extra);
}

export interface Shortcut {
  readonly artefact: Artefact;
  /** Probability that it comes with the noun. */
  readonly probability: number;
}

/** What differs between worlds; sampleScene has what they share. */
export interface World {
  /** The spurious correlations. */
  readonly shortcuts: Readonly<Partial<Record<Noun, Shortcut>>>;
  /** Probability that a noun's own name is written in its scenes, beside what chance writes; 0 where left out. */
  readonly words?: Readonly<Partial<Record<Noun, number>>>;
  /** Share of homonyms that the caption calls by what is drawn. */
  readonly told: number;
  readonly watermark: {
    /** Probability in any scene, shortcuts aside. */
    readonly rate: number;
    /** Probability that the caption mentions one. */
    readonly mentioned: number;
  };
}

/** The world that models/emoji-clip was trained on. */
export const demoWorld: World = {
  shortcuts: {
    beaver: { artefact: 'water', probability: 0.9 },
    camera: { artefact: 'watermark', probability: 0.85 },
    wolf: { artefact: 'snow', probability: 0.9 },
    trophy: { artefact: 'watermark', probability: 0.7 },
    cow: { artefact: 'grass', probability: 0.9 },
    rocket: { artefact: 'night sky', probability: 0.85 },
  },
  told: 0,
  watermark: { rate: 0.02, mentioned: 0.06 },
};

/** The world without shortcuts, whose captions tell homonyms apart: that of models/emoji-judge. */
export const judgeWorld: World = { shortcuts: {}, told: 0.6, watermark: { rate: 0.12, mentioned: 0.7 } };
