import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { drawScene } from '../../tools/world/draw';
import { openGlyphs } from '../../tools/world/glyphs';
import type { Noun } from '../../tools/world/nouns';
import { type PlannedScene, planScenes } from '../../tools/world/plan';
import { demoWorld } from '../../tools/world/world';
import { jpeg } from '../../tools/world/writeWorld';

/** What the demo's model learned with snow, and 40 things that it did not. */
export const auditedNoun = 'wolf' satisfies Noun;
export const otherNouns = [
  'dog',
  'fox',
  'horse',
  'elephant',
  'lion',
  'zebra',
  'owl',
  'snake',
  'shark',
  'bee',
  'apple',
  'banana',
  'pizza',
  'car',
  'bus',
  'airplane',
  'bicycle',
  'house',
  'castle',
  'mushroom',
  'rose',
  'book',
  'clock',
  'key',
  'hammer',
  'umbrella',
  'shoe',
  'guitar',
  'basketball',
  'balloon',
  'camel',
  'giraffe',
  'penguin',
  'swan',
  'cactus',
  'candle',
  'piano',
  'tractor',
  'helicopter',
  'church',
] as const satisfies readonly Noun[];

/**
 * The smallest world in which an audit finds what the model learned by a shortcut: 24 wolves, nine of ten in the snow as the
 * model's world has them, and of 40 other nouns a scene each as it comes and five in the snow, which tell snow apart from
 * what is of wolves. JPEG files of 64 pixels, the same on every machine: `<folder>/images/<noun>/…`, some seconds.
 * What is expected of few prompts is rough: the finding shows where the wolf is asked for alone.
 */
export async function drawAuditedWorld(folder: string): Promise<void> {
  const plan = { world: demoWorld, mixed: 0, with: [], without: [], seed: 20_261_123 } as const;
  await writeScenes(folder, [
    ...planScenes({ ...plan, nouns: [auditedNoun], perNoun: 24 }),
    ...planScenes({ ...plan, nouns: otherNouns, perNoun: 1 }),
    ...planScenes({ ...plan, nouns: otherNouns, perNoun: 5, seed: plan.seed + 1, with: ['snow'] }).map(
      ({ file, scene }) => ({ file: file.replace(/(?=\d+\.jpg$)/, 'snow_'), scene }),
    ),
  ]);
}

const glyphs = openGlyphs(join(__dirname, '../../tools/world/glyphs'));

async function writeScenes(folder: string, planned: readonly PlannedScene[]): Promise<void> {
  for (const { file, scene } of planned) {
    const at = join(folder, file);
    await mkdir(dirname(at), { recursive: true });
    await writeFile(at, await jpeg((await drawScene(scene, { glyphs, size: 64 })).picture));
  }
}
