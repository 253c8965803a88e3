import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { swiftShaderEnvironment, swiftShaderRemedy } from '../../scripts/swiftshader.mjs';
import { cpuSessions } from '../../src/engine/runtime/sessions';
import { DemoNumbers, demoNumbers } from '../support/demoNumbers';

/**
 * The demo model on a GPU, which SwiftShader plays: every attribution, of each prompt to each active component, by both
 * modes, as the CPU has it, to 1e-4 of the largest of them; similarities to 1e-4.
 */
const tolerance = 1e-4;
const root = resolve(__dirname, '../..');
const environment = swiftShaderEnvironment();

// In CI it has to be there.
describe.skipIf(environment === undefined && !process.env.CI)('WebGPU', () => {
  let expected: DemoNumbers[];
  let found: DemoNumbers[];

  beforeAll(async () => {
    if (environment === undefined) throw new Error(`There is no SwiftShader. ${swiftShaderRemedy}`);
    // Beside node_modules, where native packages are looked for.
    const outfile = join(root, 'out/test/webgpuNumbers.js');
    await build({
      entryPoints: [join(__dirname, 'fixtures/webgpuNumbers.ts')],
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      external: ['@duckdb/node-api', 'onnxruntime-node', 'sharp'],
      define: { __dirname: JSON.stringify(join(root, 'test/support')) },
      logLevel: 'error',
    });
    expected = await demoNumbers(cpuSessions(2));
    const { stdout } = await promisify(execFile)(process.execPath, [outfile], {
      env: { ...process.env, ...environment },
      maxBuffer: 64 * 1024 * 1024,
    });
    found = z.array(DemoNumbers).parse(JSON.parse(stdout));
  }, 300_000);

  it('finds the same components', () => {
    expect(found.map(({ dictionary, image }) => [dictionary, image])).toEqual(
      expected.map(({ dictionary, image }) => [dictionary, image]),
    );
    for (const [i, { latents, activations }] of expected.entries()) {
      expect(latents.length).toBeGreaterThan(10);
      expect(found[i]!.latents).toEqual(latents);
      expectNear(found[i]!.activations, activations);
    }
  });

  it('gives the same scores', () => {
    for (const [i, { similarities }] of expected.entries()) {
      found[i]!.similarities.forEach((similarity, prompt) => {
        expect(Math.abs(similarity - similarities[prompt]!)).toBeLessThan(tolerance);
      });
    }
  });

  it.each(['reverse', 'forward'] as const)('attributes alike in %s mode', (mode) => {
    for (const [i, numbers] of expected.entries()) {
      numbers[mode].forEach((attributions, prompt) => {
        expectNear(found[i]![mode][prompt]!, attributions);
      });
    }
  });
});

/** No number differs by more than the tolerance of the largest. */
function expectNear(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  const worst = Math.max(...found.map((x, i) => Math.abs(x - expected[i]!)));
  expect(worst / largest).toBeLessThan(tolerance);
}
