import * as z from 'zod';
import { type ScoreDirection, score } from '../../src/engine/attribution/score';
import type { Noun } from '../world/nouns';
import type { Scene } from '../world/scene';
import type { Observer, Seen } from './observer';
import { belongs, mayBelong, Paired, paired, raises } from './paired';
import { pairsOfMany, pairsOfNoun, type ScenePair } from './pairs';
import type { Planted } from './planted';
import { plantedKinds, promptDirection, promptOf } from './planted';
import { nameOf, type Thing } from './things';

/** Scenes a thing is tested on: of many nouns for latents, of the prompt's noun for prompts. */
export interface TruthCounts {
  readonly many: number;
  readonly ofNoun: number;
}

/** What a thing does to prompts and latents, on scenes of many nouns. */
const ThingEffect = z.strictObject({
  thing: z.string(),
  kind: z.string(),
  scenes: z.int(),
  /** Mean activation of each latent with the thing, and without it. */
  with: z.array(z.number()),
  without: z.array(z.number()),
  /** One per prompt: the mean change of its score, on scenes of other nouns. */
  scores: z.array(z.number()),
});
export type ThingEffect = z.infer<typeof ThingEffect>;

const Belonging = Paired.extend({ thing: z.string() });

export const Truth = z.strictObject({
  seed: z.int(),
  /** A prompt's score is raised where it rises by more than this. */
  amount: z.number(),
  /** Nouns of the prompts, in order. */
  nouns: z.array(z.string()),
  /** What was planted, and whether it is so. */
  planted: z.array(
    z.strictObject({
      noun: z.string(),
      prompt: z.string(),
      thing: z.string(),
      kind: z.enum(plantedKinds),
      /** The prompt's score on scenes of its noun; of a sense and of a word of a compound, in place of another noun. */
      own: Paired,
      true: z.boolean(),
    }),
  ),
  things: z.array(ThingEffect),
  /** Of every latent: how much it fires where it fires, and the things it belongs to, the strongest first. */
  latents: z.array(
    z.strictObject({ component: z.int(), typical: z.number().nullable(), belongs: z.array(Belonging) }),
  ),
});
export type Truth = z.infer<typeof Truth>;

export interface TruthRequest {
  readonly seed: number;
  readonly amount: number;
  readonly nouns: readonly Noun[];
  readonly planted: readonly Planted[];
  readonly things: readonly Thing[];
  readonly counts: TruthCounts;
}

/** What is so, by drawing it: see docs/audit.md, *Ground truth*. */
export async function measureTruth(request: TruthRequest, observer: Observer): Promise<Truth> {
  const { seed, amount, nouns, planted, things, counts } = request;
  const directions = await observer.directions(nouns.map(promptDirection));
  const measured: Measured[] = [];
  for (const thing of things) {
    const pairs = pairsOfMany(thing, seed, counts.many);
    measured.push({ thing, ...(await seePairs(pairs, observer)) });
  }
  const typical = typicalActivations(measured, observer.components);
  const plantedTruth: Truth['planted'] = [];
  for (const one of planted) {
    const at = nouns.indexOf(one.noun);
    const own = await testPrompt(
      pairsOfNoun(one.thing, one.noun, seed, counts.ofNoun),
      directions[at]!,
      observer,
    );
    plantedTruth.push({
      noun: one.noun,
      prompt: promptOf(one.noun),
      thing: nameOf(one.thing),
      kind: one.kind,
      own,
      true: raises(own, amount),
    });
  }
  const effects = measured.map((one) => effectOf(one, nouns, directions, observer.components));
  return {
    seed,
    amount,
    nouns: [...nouns],
    planted: plantedTruth,
    things: effects,
    latents: Array.from(typical, (usual, component) => ({
      component,
      typical: usual,
      belongs: usual === null ? [] : belongingsOf(component, usual, measured, effects),
    })),
  };
}

/** A prompt's score on pairs of scenes. */
export async function testPrompt(
  pairs: readonly ScenePair[],
  direction: ScoreDirection,
  observer: Observer,
): Promise<Paired> {
  const seen = await seePairs(pairs, observer);
  return paired(
    seen.without.map((one) => score(one.embedding, direction)),
    seen.with.map((one) => score(one.embedding, direction)),
  );
}

interface SeenPairs {
  readonly pairs: readonly ScenePair[];
  readonly without: readonly Seen[];
  readonly with: readonly Seen[];
}
interface Measured extends SeenPairs {
  readonly thing: Thing;
}

async function seePairs(pairs: readonly ScenePair[], observer: Observer): Promise<SeenPairs> {
  const scenes: Scene[] = pairs.flatMap((pair) => [pair.without, pair.with]);
  const seen = await observer.see(scenes);
  return {
    pairs,
    without: pairs.map((_, i) => seen[2 * i]!),
    with: pairs.map((_, i) => seen[2 * i + 1]!),
  };
}

/** Mean activation over all scenes in which it fires; null where it hardly ever does. */
function typicalActivations(measured: readonly Measured[], components: number): readonly (number | null)[] {
  const [sums, counts] = [new Float64Array(components), new Float64Array(components)];
  for (const one of new Set(measured.flatMap(({ with: having, without }) => [...having, ...without]))) {
    one.components.forEach((component, i) => {
      if (!(one.activations[i]! > 0)) return;
      sums[component]! += one.activations[i]!;
      counts[component]! += 1;
    });
  }
  return Array.from(sums, (sum, j) => (counts[j]! < fewestScenes ? null : sum / counts[j]!));
}
const fewestScenes = 10;

function effectOf(
  measured: Measured,
  nouns: readonly Noun[],
  directions: readonly ScoreDirection[],
  components: number,
): ThingEffect {
  return {
    thing: nameOf(measured.thing),
    kind: measured.thing.kind,
    scenes: measured.pairs.length,
    with: meanActivations(measured.with, components),
    without: meanActivations(measured.without, components),
    scores: nouns.map((noun, i) => changeElsewhere(measured, noun, directions[i]!)),
  };
}

/** Mean change on the scenes of other nouns than the prompt's. */
function changeElsewhere(
  { pairs, without, with: having }: SeenPairs,
  noun: Noun,
  direction: ScoreDirection,
): number {
  const here = pairs.flatMap((pair, i) => (pair.noun === noun ? [] : [i]));
  const sum = here.reduce(
    (total, i) => total + score(having[i]!.embedding, direction) - score(without[i]!.embedding, direction),
    0,
  );
  return rounded(sum / here.length);
}

function meanActivations(seen: readonly Seen[], components: number): number[] {
  const sums = new Float64Array(components);
  for (const one of seen) {
    one.components.forEach((component, i) => {
      sums[component]! += one.activations[i]!;
    });
  }
  return Array.from(sums, (sum) => rounded(sum / seen.length));
}

function belongingsOf(
  component: number,
  typical: number,
  measured: readonly Measured[],
  effects: readonly ThingEffect[],
): Truth['latents'][number]['belongs'] {
  return measured
    .flatMap((one, i) => {
      const both = { without: effects[i]!.without[component]!, with: effects[i]!.with[component]! };
      if (!mayBelong(both, typical)) return [];
      const test = paired(
        one.without.map((seen) => activationOf(seen, component)),
        one.with.map((seen) => activationOf(seen, component)),
      );
      return belongs(test, typical) ? [{ thing: nameOf(one.thing), ...test }] : [];
    })
    .sort((a, b) => b.with - b.without - (a.with - a.without));
}

/** 0 where it is silent. */
export function activationOf({ components, activations }: Seen, component: number): number {
  const at = components.indexOf(component);
  return at === -1 ? 0 : Math.max(0, activations[at]!);
}

function rounded(x: number): number {
  return Number(x.toPrecision(5));
}
