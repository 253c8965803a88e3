import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ConfidenceInterval, Estimate, methods } from '../../src/shared/measurement';

/** The built command line on the demo model. */
const root = path.resolve(__dirname, '../..');
const wolf = 'examples/demo/images/wolf/wolf_00.jpg';

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'clipsight-faithfulness-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function faithfulness(...args: readonly string[]) {
  const env = { ...process.env, XDG_CACHE_HOME: path.join(scratch, 'cache') };
  return new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(
      process.execPath,
      ['dist/cli.js', 'faithfulness', ...args],
      { cwd: root, env },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

/** The promise that `--json` makes, key by key and with nothing else. */
const Curve = z.strictObject({
  auc: z.number(),
  ci: ConfidenceInterval,
  curve: z.array(z.number()),
  difference: Estimate.nullable(),
});
const Output = z.strictObject({
  engine: z.strictObject({ version: z.string(), device: z.literal('cpu'), precision: z.literal('fp32') }),
  model: z.strictObject({ id: z.string(), sha256: z.string() }),
  dictionary: z.strictObject({
    id: z.string(),
    sha256: z.string(),
    layer: z.int(),
    tokens: z.enum(['cls', 'patches', 'all']),
    size: z.int(),
  }),
  order: z.enum(['local', 'global']),
  steps: z.int(),
  images: z.int(),
  pairs: z.int(),
  fractions: z.array(z.number()),
  methods: z.record(
    z.string(),
    z.strictObject({
      deletion: Curve,
      insertion: Curve,
      rankCorrelationWithAblation: z.number().nullable(),
      rankCorrelationCi: ConfidenceInterval,
    }),
  ),
  failures: z.array(z.strictObject({ image: z.string(), message: z.string() })),
  notes: z.array(z.string()),
});

async function json(...args: readonly string[]): Promise<z.infer<typeof Output>> {
  const { code, stdout, stderr } = await faithfulness(...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return Output.parse(JSON.parse(stdout));
}

describe('clipsight faithfulness', () => {
  it('gives every method for one image, the same each time, in which exact ablation beats a random order', async () => {
    const args = [wolf, '--prompt', 'a photo of a wolf'];
    const [result, again] = [await json(...args), await json(...args)];
    expect(again).toEqual(result);
    expect(result).toMatchObject({ images: 1, pairs: 1, steps: 16, order: 'local', failures: [] });
    expect(Object.keys(result.methods)).toEqual([...methods]);
    const of = (method: (typeof methods)[number]) => result.methods[method]!;
    for (const method of methods) {
      const { deletion, insertion } = of(method);
      // Ends are the same for every order: y as it is, and y without components.
      expect(deletion.curve[0]).toBeCloseTo(insertion.curve.at(-1)!, 6);
      expect(deletion.curve.at(-1)).toBeCloseTo(insertion.curve[0]!, 6);
      expect(deletion.curve[0]).toBeCloseTo(of('random').deletion.curve[0]!, 6);
      for (const { auc, ci, curve } of [deletion, insertion]) {
        const area = curve.slice(1).reduce((sum, y, i) => sum + (y + curve[i]!) / 2, 0) / result.steps;
        expect(auc).toBeCloseTo(area, 6);
        expect(ci).toBeNull();
      }
    }
    expect(of('ablation').rankCorrelationWithAblation).toBe(1);
    expect(of('ablation').deletion.auc).toBeLessThan(of('random').deletion.auc);
    expect(of('ablation').insertion.auc).toBeGreaterThan(of('random').insertion.auc);
  });

  it('scores the images of folders against the names of these, in one order for all', async () => {
    const folders = ['hot_dog', 'wolf'].map((name) => `examples/demo/images/${name}`);
    const result = await json(
      ...folders,
      '--class-prompt',
      'a photo of a {}',
      '--order',
      'global',
      '--steps',
      '8',
    );
    expect(result).toMatchObject({ images: 16, pairs: 16, order: 'global' });
    expect(result.fractions).toHaveLength(9);
    const { deletion, insertion } = result.methods['activation-gradient']!;
    expect(deletion.ci![0]).toBeLessThan(deletion.auc);
    expect(deletion.ci![1]).toBeGreaterThan(deletion.auc);
    // Far enough apart for 16 images: a random order deletes what matters later, and inserts it later.
    expect(result.methods.random!.deletion.difference!.ci![0]).toBeGreaterThan(0);
    expect(result.methods.random!.insertion.difference!.ci![1]).toBeLessThan(0);
    expect(insertion.auc).toBeGreaterThan(deletion.auc);
  });

  it('prints a table, names what failed and gives the rest', async () => {
    const broken = path.join(scratch, 'broken.png');
    writeFileSync(broken, 'no picture');
    const { code, stdout, stderr } = await faithfulness(
      wolf,
      broken,
      '--prompt',
      'a photo of a wolf',
      '--method',
      'energy',
    );
    expect(code).toBe(2);
    expect(stderr).toContain('broken.png');
    expect(stdout).toContain('1 pair of 1 image · local order, 16 steps');
    expect(stdout).toMatch(/^energy\s+\d+\.\d\d\s+\d+\.\d\d\s+−?\d\.\d\d$/m);
    expect(stdout).toMatch(/^random /m);
    expect(stdout).toMatch(/^ablation /m);
    expect(stdout).not.toContain('logit-lens');
  });
});
