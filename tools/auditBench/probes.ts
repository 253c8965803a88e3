import * as path from 'node:path';
import { score } from '../../src/engine/attribution/score';
import { meanWithInterval } from '../../src/engine/numeric/bootstrap';
import type { Direction } from '../../src/shared/direction';
import { type Noun, nouns, senses } from '../world/nouns';
import type { PlannedScene } from '../world/plan';
import { random } from '../world/random';
import { type Scene, sampleScene } from '../world/scene';
import { type Artefact, artefacts, isPlace, type World } from '../world/world';
import { sharesOf } from './candidates';
import { folderOf, pictureOf } from './library';
import { pairsOfNoun } from './pairs';
import { promptDirection, promptOf } from './planted';
import type { Estimate, ProbeResult } from './results';
import { counts, type Setup } from './setup';
import { nameOf, type Thing } from './things';
import type { Truth } from './truth';

/** A class that always comes with a thing, in a set whose other classes never do. */
export interface Split {
  readonly noun: Noun;
  readonly artefact: Artefact;
  readonly others: readonly Noun[];
}

const perClass = 60;
const otherClasses = 7;
const bare: World = { shortcuts: {}, told: 0, watermark: { rate: 0, mentioned: 0 } };

/** The world's own shortcuts (the prompt may have learned them), and each artefact once with a noun that has none. */
export function chooseSplits(world: World, seed: number): readonly Split[] {
  const chance = random(seed, 'splits');
  const free = nouns.filter((noun) => senses[noun] === undefined && world.shortcuts[noun] === undefined);
  const own = Object.entries(world.shortcuts).map(([noun, { artefact }]) => ({
    noun: noun as Noun,
    artefact,
  }));
  const strange = artefacts.map((artefact) => ({ noun: chance.pick(free), artefact }));
  return [...own, ...strange].map(({ noun, artefact }) => ({
    noun,
    artefact,
    others: pickSome(
      free.filter((one) => one !== noun),
      otherClasses,
      chance,
    ),
  }));
}

/** What a probe relies on that was fitted on a split, beside the prompt of the same class. */
export async function benchProbe(
  setup: Setup,
  split: Split,
  truth: Truth,
  index: number,
): Promise<ProbeResult> {
  const { engine, glyphs, size, seed } = setup;
  const { noun, artefact, others } = split;
  const thing: Thing = isPlace(artefact) ? { kind: 'place', place: artefact } : { kind: 'watermark' };
  const classes = [noun, ...others];
  const planned = classes.flatMap((one): readonly PlannedScene[] =>
    Array.from({ length: perClass }, (_, k) => ({
      file: `images/${folderOf(one)}/${folderOf(one)}_${String(k).padStart(2, '0')}.png`,
      scene: sampleScene(bare, [seed, 'split', index, one, k], {
        nouns: [one],
        with: one === noun ? [artefact] : [],
        without: one === noun ? [] : [artefact],
      }),
    })),
  );
  const folder = path.join(setup.scratch, `split-${index}`);
  const library = await engine.index(folder, planned, glyphs, size);
  const { probe, accuracy } = await engine.fitProbe({
    library,
    name: `${noun} with ${nameOf(thing)}`,
    classes: classes.map((one) => ({ name: one, folders: [folderOf(one)] })),
    heldOut: 0.25,
    c: [0.01, 0.1, 1, 10, 100],
    seed,
  });
  const rows = classes.map((one): Direction => {
    const { weights, bias } = probe.classes.find(({ name }) => name === one)!;
    return { kind: 'linear', name: one, input: probe.input, weights, bias };
  });
  const subjects = [
    ...classes.map((one) => ({ one, set: 'prompts', direction: promptDirection(one), beside: null })),
    ...classes.map((one, i) => ({ one, set: 'probe', direction: rows[i]!, beside: i })),
  ].map(({ one, set, direction, beside }) => ({
    name: set === 'probe' ? one : promptOf(one),
    direction,
    text: promptOf(one),
    set,
    images: { kind: 'folders' as const, folders: [folderOf(one)] },
    expected: [],
    beside,
  }));
  const { findings } = await engine.audit(library, subjects, { ...setup.audit, confirm: false });
  const components = truth.latents
    .filter(({ belongs }) => belongs.some((one) => one.thing === nameOf(thing)))
    .map(({ component }) => component);
  const foundBy = (subject: number) =>
    findings.filter((one) => one.subject === subject && components.includes(one.component)).length;
  const own = planned.slice(0, perClass).map(({ file }) => pictureOf(folder, file));
  const all = planned.map(({ scene }) => scene);
  const both = { probe: rows[0]!, prompt: promptDirection(noun) };
  const [probeEffects, promptEffects] = [
    await effects(setup, both.probe, thing, noun, all),
    await effects(setup, both.prompt, thing, noun, all),
  ];
  const [probeShares, promptShares] = [
    await shares(setup, both.probe, components, own),
    await shares(setup, both.prompt, components, own),
  ];
  return {
    noun,
    thing: nameOf(thing),
    others: [...others],
    accuracy: accuracy.heldOut,
    components,
    share: beside(probeShares, promptShares),
    effect: beside(probeEffects, promptEffects),
    findings: { probe: foundBy(classes.length), prompt: foundBy(0) },
  };
}

async function shares(
  { observer }: Setup,
  direction: Direction,
  among: readonly number[],
  files: readonly string[],
): Promise<readonly number[]> {
  const measured = await observer.attribute(files, direction);
  return measured.map(({ components: active, ablation }) => {
    const each = sharesOf(ablation);
    return active.reduce((sum, one, i) => sum + (among.includes(one) ? each[i]! : 0), 0);
  });
}

/** What the thing adds to the score, scene by scene, in standard deviations of the score over the split. */
async function effects(
  { observer, seed }: Setup,
  direction: Direction,
  drawn: Thing,
  of: Noun,
  over: readonly Scene[],
): Promise<readonly number[]> {
  const [resolved] = await observer.directions([direction]);
  const scoreAll = async (scenes: readonly Scene[]) =>
    (await observer.see(scenes)).map(({ embedding }) => score(embedding, resolved!));
  const spread = standardDeviation(await scoreAll(over));
  const pairs = pairsOfNoun(drawn, of, seed, counts.ofNoun);
  const without = await scoreAll(pairs.map((pair) => pair.without));
  const having = await scoreAll(pairs.map((pair) => pair.with));
  return having.map((one, i) => (one - without[i]!) / spread);
}

function beside(probe: readonly number[], prompt: readonly number[]): ProbeResult['share'] {
  return {
    probe: estimate(probe),
    prompt: estimate(prompt),
    difference: estimate(probe.map((one, i) => one - prompt[i]!)),
  };
}

function estimate(values: readonly number[]): Estimate {
  return meanWithInterval(values.map((sum) => ({ sum, count: 1 })));
}

function standardDeviation(values: readonly number[]): number {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  return Math.sqrt(values.reduce((sum, one) => sum + (one - mean) ** 2, 0) / (values.length - 1));
}

function pickSome(from: readonly Noun[], count: number, chance: ReturnType<typeof random>): readonly Noun[] {
  return from
    .map((noun) => ({ noun, at: chance.uniform(0, 1) }))
    .sort((a, b) => a.at - b.at)
    .slice(0, count)
    .map(({ noun }) => noun);
}
