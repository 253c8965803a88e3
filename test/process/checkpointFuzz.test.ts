import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bundle, bundle } from './fixtures/bundle';
import type { FuzzReport } from './fixtures/fuzzReader';

const folder = mkdtempSync(join(tmpdir(), 'clipsight-'));
const seeds = ['golden/torch', 'golden/dictionaries', 'reference/files/containers'].map((name) =>
  join(__dirname, '..', name),
);
let built: Bundle;
beforeAll(async () => {
  built = await bundle([join(__dirname, 'fixtures', 'fuzzReader.ts')]);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await built.remove();
});

/** 10 000 files in all. Code made of text is an error in that process, and it counts the processes it would start. */
test.each([
  ['safetensors', 3000],
  ['zip', 3500],
  ['pickle', 3500],
])(
  '%s: %i files with changes are read or refused, quickly, and nothing else happens',
  async (kind, runs) => {
    const args = [
      '--disallow-code-generation-from-strings',
      built.script('fuzzReader'),
      kind,
      `${runs}`,
      folder,
      ...seeds,
    ];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const report: FuzzReport = JSON.parse(stdout);
    expect(report.runs).toBeGreaterThanOrEqual(runs);
    expect(report.read).toBeGreaterThan(runs / 100);
    expect(report.read).toBeLessThan(runs * 0.9);
    expect(report.longest).toBeLessThan(1000);
    expect(report.grown).toBeLessThan(200);
    expect(report.traces).toEqual([]);
  },
  180_000,
);
