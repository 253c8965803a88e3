import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildInto } from './build';
import { packVsix } from './packVsix';
import { stage } from './stage';
import { isTarget, type Target, targets } from './targets';

/** From out/, where scripts/package.mjs puts this. */
const root = join(__dirname, '..');

async function run(argv: readonly string[]): Promise<void> {
  const asked = targetsIn(argv);
  const out = join(root, 'out');
  const work = join(out, 'package');
  mkdirSync(work, { recursive: true });
  const build = buildInto(join(work, 'dist'), root);
  for (const target of asked) {
    const folder = join(work, target);
    await stage(target, build, root, folder);
    const path = await packVsix(target, folder, out);
    process.stdout.write(`${path}: ${(statSync(path).size / 1e6).toFixed(1)} MB\n`);
    rmSync(folder, { recursive: true });
  }
}

/** @throws Error of a platform that there is no package for */
function targetsIn(argv: readonly string[]): readonly Target[] {
  const { values } = parseArgs({ args: [...argv], options: { target: { type: 'string', multiple: true } } });
  const named = values.target ?? targets;
  return named.map((name) => {
    if (isTarget(name)) return name;
    throw new Error(`There is no package for ${name}. There are: ${targets.join(', ')}.`);
  });
}

run(process.argv.slice(2)).catch((thrown: unknown) => {
  process.stderr.write(`${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
});
