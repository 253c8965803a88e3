import { score } from '../../src/engine/attribution/score';
import { meanWithInterval } from '../../src/engine/numeric/bootstrap';
import type { Direction } from '../../src/shared/direction';
import type { Noun } from '../world/nouns';
import type { Scene } from '../world/scene';
import { sharesOf } from './candidates';
import { type DrawnFolder, pictureOf } from './library';
import { pairsOfNoun } from './pairs';
import { promptDirection } from './planted';
import type { Estimate, ProbeResult } from './results';
import { counts, type Setup } from './setup';
import {
  type PlannedSplit,
  perClass,
  plannedSplit,
  type Split,
  splitFolder,
  subjectsOfSplit,
} from './splits';
import { nameOf, type Thing } from './things';
import type { Truth } from './truth';

/**
 * What probes rely on that were fitted on splits, beside the prompts of the same classes. Their pictures lie in the library
 * that prompts are audited over: in the splits alone the thing would always mean the class.
 */
export async function benchProbes(
  setup: Setup,
  asked: readonly Split[],
  audited: DrawnFolder & { readonly library: string },
  truth: Truth,
): Promise<ProbeResult[]> {
  const { engine, glyphs, size, say } = setup;
  const splits = asked.map((split, index) => plannedSplit(setup, split, index));
  const { library } = audited;
  say('Drawing and indexing the splits …');
  await engine.index(library, [audited, ...splits], glyphs, size);
  const fitted = [];
  for (const split of splits) fitted.push(await fitSplit(setup, split, library));
  const subjects = fitted.flatMap(({ split, rows }, i) =>
    subjectsOfSplit(split, rows, i * 2 * split.classes.length),
  );
  say('Auditing probes and prompts …');
  const { findings } = await engine.audit(library, subjects, setup.audit);
  const results: ProbeResult[] = [];
  let first = 0;
  for (const { split, rows, heldOut } of fitted) {
    const { noun, thing, others, planned, folder, classes } = split;
    const subjectOf = { prompt: first, probe: first + classes.length };
    first += 2 * classes.length;
    const components = truth.latents
      .filter(({ belongs }) => belongs.some((one) => one.thing === nameOf(thing)))
      .map(({ component }) => component);
    const own = planned.slice(0, perClass).map(({ file }) => pictureOf(folder, file));
    const all = planned.map(({ scene }) => scene);
    const prompt = promptDirection(noun);
    results.push({
      noun,
      thing: nameOf(thing),
      others: [...others],
      accuracy: heldOut,
      components,
      share: beside(
        await shares(setup, rows[0]!, components, own),
        await shares(setup, prompt, components, own),
      ),
      effect: beside(
        await effects(setup, rows[0]!, thing, noun, all),
        await effects(setup, prompt, thing, noun, all),
      ),
      findings: (['probe', 'prompt'] as const).flatMap((by) =>
        findings
          .filter(({ subject }) => subject === subjectOf[by])
          .map(({ component, label, kind, measured, score: excess, beside: besides }) => ({
            by,
            component,
            label,
            kind,
            measured,
            score: excess,
            beside: besides,
            ofThing: components.includes(component),
          })),
      ),
    });
  }
  return results;
}

async function fitSplit({ engine, seed }: Setup, split: PlannedSplit, library: string) {
  const { probe, accuracy } = await engine.fitProbe({
    library,
    name: `${split.noun} with ${nameOf(split.thing)}`,
    classes: split.classes.map((one) => ({ name: one, folders: [splitFolder(split.index, one)] })),
    heldOut: 0.25,
    c: [0.01, 0.1, 1, 10, 100],
    seed,
  });
  const rows = split.classes.map((one): Direction => {
    const { weights, bias } = probe.classes.find(({ name }) => name === one)!;
    return { kind: 'linear', name: one, input: probe.input, weights, bias };
  });
  return { split, rows, heldOut: accuracy.heldOut };
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
