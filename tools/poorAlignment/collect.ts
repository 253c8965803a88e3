import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as z from 'zod';
import type { ImageAnalysis } from '../../src/shared/analysis';
import type { ImageSource } from '../../src/shared/image';
import type { GlyphSource } from '../world/glyphs';
import { isNoun, type Noun, withArticle } from '../world/nouns';
import { planScenes } from '../world/plan';
import { demoWorld } from '../world/world';
import { ContentTally, imageOf, neutralScenes } from './contents';
import type { DemoEngine } from './engine';
import { type Relation, relationOf, type Said, saidIn } from './relation';
import type { PairSet } from './results';

/** A component that is among the strongest for an image and a prompt. */
export interface Strong {
  readonly set: PairSet['name'];
  readonly prompt: string;
  readonly said: Said;
  readonly component: number;
  /** 0 for the strongest. */
  readonly rank: number;
  /** The component that speaks against the prompt, more strongly than any speaks for it; null where none does. */
  readonly against: number | null;
  readonly relation: Relation;
}

const STRONGEST = 5;
const perNoun = { neutral: 12, neutralPlace: 2, fresh: 30, shortcut: 100 };
const seeds = { neutral: 501, fresh: 77 };
/** Scenes that are drawn before their pictures are computed with. */
const DRAWN = 64;

const Truth = z.record(z.string(), z.looseObject({ nouns: z.array(z.string()) }));

/** What every component answers to, by scenes in which nothing comes with anything else. */
export async function contentsOf(
  engine: DemoEngine,
  glyphs: GlyphSource,
): Promise<{ readonly tally: ContentTally; readonly scenes: number }> {
  const tally = new ContentTally();
  const scenes = neutralScenes(seeds.neutral, perNoun.neutral, perNoun.neutralPlace);
  for (let start = 0; start < scenes.length; start += DRAWN) {
    const some = scenes.slice(start, start + DRAWN);
    const images = await Promise.all(some.map((one) => imageOf(one, glyphs)));
    let at = 0;
    for await (const { latents, activations } of engine.attribute(images, [])) {
      tally.add(some[at++]!.scene, latents, activations);
    }
  }
  return { tally, scenes: scenes.length };
}

/** The demo's pictures with every prompt of the demo and of its class folders. */
export async function demoPairs(
  engine: DemoEngine,
  folder: string,
  tally: ContentTally,
): Promise<{ readonly pairs: readonly Strong[]; readonly images: number; readonly nouns: readonly Noun[] }> {
  const truth = Truth.parse(JSON.parse(readFileSync(path.join(folder, 'ground_truth.json'), 'utf8')));
  const files = Object.keys(truth).sort();
  const folders = files.map((file) => path.basename(path.dirname(file)).replaceAll('_', ' '));
  const nouns = [...new Set(folders)].filter(isNoun);
  const lines = readFileSync(path.join(folder, 'prompts.txt'), 'utf8').split('\n');
  const written = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const prompts = [...new Set([...written, ...nouns.map(promptOf)])];
  const images = files.map((file): ImageSource => ({ kind: 'file', path: path.join(folder, file) }));
  const pairs: Strong[] = [];
  let at = 0;
  for await (const analysis of engine.attribute(images, prompts)) {
    const drawn = truth[files[at++]!]!.nouns;
    const setOf = ({ nouns: named }: Said) => (named.some((noun) => drawn.includes(noun)) ? 'own' : 'others');
    pairs.push(...strongest(analysis, prompts, setOf, tally));
  }
  return { pairs, images: files.length, nouns };
}

/** Scenes of the demo's world, each with its noun's prompt; more of the nouns with a shortcut. */
export async function freshPairs(
  engine: DemoEngine,
  nouns: readonly Noun[],
  glyphs: GlyphSource,
  tally: ContentTally,
): Promise<{ readonly pairs: readonly Strong[]; readonly images: number }> {
  const pairs: Strong[] = [];
  let images = 0;
  for (const noun of nouns) {
    const count = demoWorld.shortcuts[noun] === undefined ? perNoun.fresh : perNoun.shortcut;
    const plan = { world: demoWorld, seed: seeds.fresh, mixed: 0, with: [], without: [] };
    const scenes = planScenes({ ...plan, nouns: [noun], perNoun: count });
    const drawn = await Promise.all(scenes.map((one) => imageOf(one, glyphs)));
    for await (const analysis of engine.attribute(drawn, [promptOf(noun)])) {
      pairs.push(...strongest(analysis, [promptOf(noun)], () => 'fresh', tally));
    }
    images += scenes.length;
  }
  return { pairs, images };
}

function promptOf(noun: Noun): string {
  return `a photo of ${withArticle(noun)}`;
}

function strongest(
  { latents, directions }: ImageAnalysis,
  prompts: readonly string[],
  setOf: (said: Said) => PairSet['name'],
  tally: ContentTally,
): readonly Strong[] {
  return directions.flatMap(({ attributions }, p) => {
    const prompt = prompts[p]!;
    const said = saidIn(prompt);
    const order = [...attributions.keys()].sort((a, b) => attributions[b]! - attributions[a]!);
    const last = order.at(-1)!;
    const against = -attributions[last]! > attributions[order[0]!]! ? latents[last]! : null;
    return order
      .slice(0, STRONGEST)
      .filter((i) => attributions[i]! > 0)
      .map((i, rank) => {
        const component = latents[i]!;
        return {
          set: setOf(said),
          prompt,
          said,
          component,
          rank,
          against,
          relation: relationOf(tally.of(component), said),
        };
      });
  });
}
