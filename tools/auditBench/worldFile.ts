import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { ClipsightError } from '../../src/shared/errors';
import { type Noun, nouns } from '../world/nouns';
import { artefacts, demoWorld, judgeWorld, type World } from '../world/world';

const NounName = z.enum(nouns as readonly [Noun, ...Noun[]]);

/** A world as a file: what is left out is as in the world without anything planted. */
const WorldFile = z.strictObject({
  shortcuts: z
    .partialRecord(
      NounName,
      z.strictObject({ artefact: z.enum(artefacts), probability: z.number().min(0).max(1) }),
    )
    .default({}),
  words: z.partialRecord(NounName, z.number().min(0).max(1)).default({}),
  told: z.number().min(0).max(1).default(0),
  watermark: z
    .strictObject({ rate: z.number().min(0).max(1), mentioned: z.number().min(0).max(1) })
    .default({ rate: 0.02, mentioned: 0 }),
});

/** `demo`, `judge`, or a JSON file. Throws ClipsightError `configuration`. */
export function readWorld(name: string): World {
  if (name === 'demo') return demoWorld;
  if (name === 'judge') return judgeWorld;
  try {
    return WorldFile.parse(JSON.parse(readFileSync(name, 'utf8'))) as World;
  } catch (error) {
    throw new ClipsightError(
      'configuration',
      `${name} is no world: ${error instanceof z.ZodError ? z.prettifyError(error) : String(error)}`,
      'Name demo, judge, or a JSON file with shortcuts ({"noun": {"artefact", "probability"}}) and words.',
      { cause: error },
    );
  }
}
