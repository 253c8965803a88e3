import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { copyGrammars } from '../../scripts/grammars.mjs';

/** A folder with the grammars, as a build has it; gone when the test file is done. */
export const grammarsFolder = mkdtempSync(join(realpathSync(tmpdir()), 'clipsight-grammars-'));
copyGrammars(grammarsFolder);
afterAll(() => rmSync(grammarsFolder, { recursive: true, force: true }));
