import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { drawScene } from '../../tools/world/draw';
import { openGlyphs } from '../../tools/world/glyphs';
import { type Noun, withArticle } from '../../tools/world/nouns';
import { planScenes } from '../../tools/world/plan';
import { demoWorld, type Extra } from '../../tools/world/world';
import { jpeg } from '../../tools/world/writeWorld';

const glyphs = openGlyphs(join(__dirname, '../../tools/world/glyphs'));
/** Pixels: what the model sees of a picture anyway. */
const size = 64;

/** Of these there are enough pictures for their components to be tested. */
const many: readonly Noun[] = ['teddy bear', 'bear', 'rocket', 'wolf'];
/** Of these there are enough for meanings, and for what is usual. */
const some: readonly Noun[] = [
  'dog',
  'elephant',
  'frog',
  'whale',
  'bee',
  'cactus',
  'mushroom',
  'banana',
  'pizza',
  'coffee',
  'bus',
  'helicopter',
  'castle',
  'guitar',
  'clock',
  'umbrella',
  'shoe',
  'robot',
];

/** What the workspace's file asks, in its order. */
export const prompts = [...many, ...some].map((noun) => `a photo of ${withArticle(noun)}`);
export const file = 'classes.py';

/**
 * Draws a workspace whose prompts can be audited: fresh scenes of the demo world, always the same ones. What is bear in
 * *teddy bear* is found in it: bears fire the same components.
 */
export async function drawAuditWorkspace(folder: string): Promise<void> {
  await draw(folder, '', many, 24, []);
  await draw(folder, '', some, 8, []);
  await draw(folder, 'night_', some, 2, ['night sky']);
  const lines = prompts.map((prompt) => `    "${prompt}",\n`);
  writeFileSync(join(folder, file), `PROMPTS = [\n${lines.join('')}]\n`);
}

async function draw(
  folder: string,
  prefix: string,
  nouns: readonly Noun[],
  perNoun: number,
  extra: readonly Extra[],
): Promise<void> {
  const request = { world: demoWorld, seed: 7, nouns, perNoun, mixed: 0, with: extra, without: [] };
  for (const { file: path, scene } of planScenes(request)) {
    const target = join(folder, dirname(path), `${prefix}${path.split('/').at(-1)}`);
    mkdirSync(dirname(target), { recursive: true });
    const { picture } = await drawScene(scene, { glyphs, size });
    writeFileSync(target, await jpeg(picture));
  }
}
