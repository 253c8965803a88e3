import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { openGlyphs } from '../world/glyphs';
import { nouns } from '../world/nouns';
import { demoWorld } from '../world/world';
import { parseArguments } from './arguments';
import { openObserver } from './observer';
import { nounsWithWords, plantedIn, withWords } from './planted';
import { allThings } from './things';
import { measureTruth } from './truth';

const root = path.resolve(__dirname, '..');

async function main(): Promise<void> {
  const values = parseArguments(process.argv.slice(2));
  const seed = Number(values.seed);
  const started = performance.now();
  let told = 0;
  const observer = await openObserver({
    root,
    model: path.join(root, 'models/emoji-clip'),
    dictionary: path.join(root, 'models/sae-cls'),
    glyphs: openGlyphs(path.join(root, 'tools/world/glyphs')),
    size: Number(values.size),
    report: (seen) => {
      if (seen - told < 1000) return;
      told = seen;
      process.stderr.write(`${seen} scenes, ${((performance.now() - started) / 1000).toFixed(0)} s\n`);
    },
  });
  const written = nounsWithWords(demoWorld, seed, Number(values.words));
  const world = withWords(demoWorld, written);
  const truth = await measureTruth(
    {
      seed,
      amount: Number(values.amount),
      nouns,
      planted: plantedIn(world, nouns),
      things: allThings(),
      counts: { many: 48, ofNoun: 64 },
    },
    observer,
  );
  await observer.release();
  const file = values.out ?? path.join(root, 'out/audit-truth.json');
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(truth)}\n`);
}

main().catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)}\n`);
  process.exitCode = 1;
});
