import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { swiftShaderEnvironment, swiftShaderRemedy } from '../../scripts/swiftshader.mjs';
import { type CommandLine, commandLine } from './fixtures/clipsight';

/** The built command line with a device that is asked for. */
const environment = swiftShaderEnvironment();
const asked = [
  'attribute',
  'examples/demo/images/wolf/wolf_00.jpg',
  '--prompt',
  'a photo of a wolf',
  '--json',
];

const Output = z.object({
  engine: z.object({ device: z.string(), precision: z.string() }),
  results: z
    .array(
      z.object({
        similarity: z.number(),
        components: z.array(z.object({ latent: z.int(), attribution: z.number(), activation: z.number() })),
      }),
    )
    .length(1),
});

let cli: CommandLine;
beforeAll(() => {
  cli = commandLine();
});
afterAll(() => cli.remove());

async function attributed(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { code, stdout, stderr } = await cli.run([...asked, ...args], env);
  expect(code, stderr).toBe(0);
  const { engine, results } = Output.parse(JSON.parse(stdout));
  return { engine, stderr, ...results[0]! };
}

it('a device that is not there is named with its remedy, and the CPU gives the result', async () => {
  const elsewhere = process.platform === 'darwin' ? 'directml' : 'coreml';
  const { engine, stderr } = await attributed(['--device', elsewhere]);
  expect(engine).toEqual({ device: 'cpu', precision: 'fp32' });
  expect(stderr).toMatch(/is not used\. .* is only there on /);
});

// In CI it has to be there.
describe.skipIf(environment === undefined && !process.env.CI)('WebGPU, which SwiftShader plays', () => {
  it('gives what the CPU gives, and says that it did and how slow it was', async () => {
    if (environment === undefined) throw new Error(`There is no SwiftShader. ${swiftShaderRemedy}`);
    const expected = await attributed(['--device', 'cpu']);
    const found = await attributed(['--device', 'webgpu'], environment);
    expect(expected.engine).toEqual({ device: 'cpu', precision: 'fp32' });
    expect(found.engine).toEqual({ device: 'webgpu', precision: 'fp32' });
    expect(found.stderr).toMatch(
      /^Note: WebGPU is used because it is asked for\. The CPU runs .* times as fast\.$/m,
    );

    const largest = (of: 'attribution' | 'activation') =>
      Math.max(...expected.components.map((component) => Math.abs(component[of])));
    expect(Math.abs(found.similarity - expected.similarity)).toBeLessThan(1e-4);
    expect(found.components.map(({ latent }) => latent).toSorted()).toEqual(
      expected.components.map(({ latent }) => latent).toSorted(),
    );
    for (const { latent, attribution, activation } of expected.components) {
      const same = found.components.find((component) => component.latent === latent)!;
      expect(Math.abs(same.attribution - attribution) / largest('attribution')).toBeLessThan(1e-4);
      expect(Math.abs(same.activation - activation) / largest('activation')).toBeLessThan(1e-4);
    }
  }, 300_000);
});
