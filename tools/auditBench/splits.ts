import * as path from 'node:path';
import type { AuditSubject } from '../../src/shared/audit';
import type { Direction } from '../../src/shared/direction';
import { type Noun, nouns, senses } from '../world/nouns';
import type { PlannedScene } from '../world/plan';
import { random } from '../world/random';
import { sampleScene } from '../world/scene';
import { type Artefact, isPlace, type World } from '../world/world';
import { folderOf } from './library';
import { promptDirection, promptOf } from './planted';
import type { Setup } from './setup';
import type { Thing } from './things';

/** A class that always comes with a thing, in a set whose other classes never do. */
export interface Split {
  readonly noun: Noun;
  readonly artefact: Artefact;
}

export const perClass = 48;
const otherClasses = 7;
const bare: World = { shortcuts: {}, told: 0, watermark: { rate: 0, mentioned: 0 } };

/** So many other classes by the seed, none that has anything planted. */
function otherClassesOf(noun: Noun, world: World, seed: number): readonly Noun[] {
  const chance = random(seed, 'other classes', noun);
  return nouns
    .filter((one) => one !== noun && senses[one] === undefined && world.shortcuts[one] === undefined)
    .map((one) => ({ one, at: chance.uniform(0, 1) }))
    .sort((a, b) => a.at - b.at)
    .slice(0, otherClasses)
    .map(({ one }) => one);
}

export interface PlannedSplit extends Split {
  readonly others: readonly Noun[];
  readonly index: number;
  readonly thing: Thing;
  /** The class of the split first. */
  readonly classes: readonly Noun[];
  readonly folder: string;
  readonly planned: readonly PlannedScene[];
}

export function plannedSplit(
  { seed, scratch, world }: Pick<Setup, 'seed' | 'scratch' | 'world'>,
  { noun, artefact }: Split,
  index: number,
): PlannedSplit {
  const thing: Thing = isPlace(artefact) ? { kind: 'place', place: artefact } : { kind: 'watermark' };
  const others = otherClassesOf(noun, world, seed);
  const classes = [noun, ...others];
  return {
    noun,
    artefact,
    others,
    index,
    thing,
    classes,
    folder: path.join(scratch, `split-${index}`),
    planned: classes.flatMap((one) =>
      Array.from({ length: perClass }, (_, k) => ({
        file: `images/${splitFolder(index, one)}/${String(k).padStart(2, '0')}.jpg`,
        scene: sampleScene(bare, [seed, 'split', noun, artefact, one, k], {
          nouns: [one],
          with: one === noun ? [artefact] : [],
          without: one === noun ? [] : [artefact],
        }),
      })),
    ),
  };
}

export function splitFolder(index: number, noun: Noun): string {
  return `split_${index}_${folderOf(noun)}`;
}

/** Prompts of the classes, then the probe's rows, which stand beside them. */
export function subjectsOfSplit(
  { index, classes }: PlannedSplit,
  rows: readonly Direction[],
  first: number,
): readonly AuditSubject[] {
  const each = (one: Noun) => ({
    text: promptOf(one),
    images: { kind: 'folders' as const, folders: [splitFolder(index, one)] },
    expected: [],
  });
  return [
    ...classes.map((one) => ({
      ...each(one),
      name: promptOf(one),
      direction: promptDirection(one),
      set: `prompts ${index}`,
      beside: null,
    })),
    ...classes.map((one, i) => ({
      ...each(one),
      name: one,
      direction: rows[i]!,
      set: `probe ${index}`,
      beside: first + i,
    })),
  ];
}
