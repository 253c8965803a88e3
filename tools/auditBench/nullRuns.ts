import * as path from 'node:path';
import { type Noun, nouns, senses } from '../world/nouns';
import { random } from '../world/random';
import type { World } from '../world/world';
import { libraryScenes, subjectsOf } from './audited';
import type { Labels } from './labels';
import { promptOf } from './planted';
import type { NullResult } from './results';
import type { Setup } from './setup';

/** Nothing comes with anything; words, places and stamps by chance, as everywhere. */
const unplanted: World = { shortcuts: {}, told: 0, watermark: { rate: 0.02, mentioned: 0 } };

export interface NullRequest {
  readonly runs: number;
  readonly nouns: number;
  readonly perNoun: number;
}

/** Audits of worlds without anything planted, each of its own seed and nouns; homonyms are left out. Gives all runs so far. */
export async function* nullRuns(
  setup: Setup,
  { runs, nouns: count, perNoun }: NullRequest,
  labels: Labels,
): AsyncGenerator<NullResult> {
  const done: NullResult['runs'] = [];
  for (let run = 0; run < runs; run++) {
    const seed = setup.seed + 1 + run;
    const chosen = chooseNouns(seed, count);
    const planned = libraryScenes({ world: unplanted, seed }, chosen, () => perNoun);
    const folder = path.join(setup.scratch, `null-${run}`);
    const library = `${folder}.duckdb`;
    await setup.engine.index(library, [{ folder, planned }], setup.glyphs, setup.size);
    const { findings } = await setup.engine.audit(library, subjectsOf(chosen), {
      ...setup.audit,
      confirm: false,
    });
    const unconfirmed = [];
    for (const { subject, component, label, kind, score } of findings) {
      const noun = chosen[subject]!;
      if ((await labels.right(noun, component)).length > 0) continue;
      unconfirmed.push({ prompt: promptOf(noun), component, label, kind, score });
    }
    done.push({ seed, findings: findings.length, unconfirmed });
    setup.say(
      `Nothing planted, run ${run + 1} of ${runs}: ${findings.length} findings, ${unconfirmed.length} not confirmed`,
    );
    yield { nouns: count, perNoun, runs: [...done] };
  }
}

function chooseNouns(seed: number, count: number): readonly Noun[] {
  const chance = random(seed, 'nouns of a world without anything planted');
  return nouns
    .filter((noun) => senses[noun] === undefined)
    .map((noun) => ({ noun, at: chance.uniform(0, 1) }))
    .sort((a, b) => a.at - b.at)
    .slice(0, count)
    .map(({ noun }) => noun);
}
