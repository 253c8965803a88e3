import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll } from 'vitest';
import { createSupervisor, type EngineSupervisor } from '../../src/supervisor/engineSupervisor';

/** The built engine as a process of its own, started by its first call, with a folder; both gone after the tests here. */
export function engineOfTests(name: string): { readonly engine: EngineSupervisor; readonly scratch: string } {
  const scratch = mkdtempSync(path.join(tmpdir(), `clipsight-${name}-`));
  const engine = createSupervisor({
    entry: path.join(import.meta.dirname, '../../dist/engine.js'),
    args: ['--cache-folder', path.join(scratch, 'cache')],
    log: () => undefined,
  });
  afterAll(async () => {
    await engine.stop();
    rmSync(scratch, { recursive: true, force: true });
  });
  return { engine, scratch };
}
