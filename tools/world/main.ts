import { join } from 'node:path';
import { errorLine, toErrorInfo } from '../../src/shared/errors';
import { parseArguments, usage } from './arguments';
import { openGlyphs } from './glyphs';
import { nouns } from './nouns';
import { planScenes } from './plan';
import { writeWorld } from './writeWorld';

/** From out/, where scripts/world.mjs puts this. */
const glyphFolder = join(__dirname, '../tools/world/glyphs');

async function run(argv: readonly string[]): Promise<string> {
  const command = parseArguments(argv);
  switch (command.kind) {
    case 'help':
      return usage;
    case 'list': {
      const shortcuts = Object.entries(command.world.shortcuts).map(
        ([noun, { artefact, probability }]) => `${noun}: ${artefact} in ${probability * 100} % of its scenes`,
      );
      return `${nouns.join(', ')}\n\n${shortcuts.length === 0 ? 'no shortcuts' : shortcuts.join('\n')}\n`;
    }
    case 'draw': {
      const planned = planScenes(command.plan);
      await writeWorld(command.folder, planned, { glyphs: openGlyphs(glyphFolder), size: command.size });
      return `${planned.length} pictures and ground_truth.json in ${command.folder}\n`;
    }
  }
}

run(process.argv.slice(2)).then(
  (said) => process.stdout.write(said),
  (thrown: unknown) => {
    process.stderr.write(`${errorLine(toErrorInfo(thrown))}\n`);
    process.exitCode = 1;
  },
);
