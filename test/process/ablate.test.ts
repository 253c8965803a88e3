import * as path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { type CommandLine, commandLine } from './fixtures/clipsight';

/** `clipsight ablate`, as a person calls it. */

const images = path.resolve(__dirname, '../../examples/demo/images');
const wolf = path.join(images, 'wolf/wolf_00.jpg');
const prompts = ['--prompt', 'a photo of a wolf', '--prompt', 'a snowman'];

let cli: CommandLine;
beforeAll(() => {
  cli = commandLine();
});
afterAll(() => cli.remove());

const pair = z.strictObject({ before: z.number(), after: z.number() });
const component = z.strictObject({ latent: z.int(), attribution: z.number(), activation: z.number() });
const about = {
  engine: z.strictObject({ version: z.string(), device: z.string(), precision: z.string() }),
  model: z.strictObject({ id: z.string(), sha256: z.string() }),
  dictionary: z.strictObject({
    id: z.string(),
    sha256: z.string(),
    layer: z.int(),
    tokens: z.string(),
    size: z.int(),
  }),
  intervention: z.array(z.strictObject({ latent: z.int(), scale: z.number() })),
};
const OfImages = z.strictObject({
  ...about,
  results: z.array(
    z.strictObject({
      image: z.string(),
      prompt: z.string(),
      active: z.array(z.int()),
      similarity: pair,
      share: pair,
      components: z.array(component).optional(),
    }),
  ),
});
const accuracy = z.strictObject({ images: z.int(), before: z.number(), after: z.number() }).nullable();
const OfLibrary = z.strictObject({
  library: z.string(),
  ...about,
  images: z.int(),
  affected: z.int(),
  accuracy,
  classes: z.array(
    z.strictObject({
      name: z.string(),
      folders: z.array(z.string()),
      predicted: pair,
      accuracy,
      change: z.number().nullable(),
    }),
  ),
  changes: z.int(),
  changed: z.array(
    z.strictObject({
      image: z.string(),
      sha256: z.string(),
      truth: z.string().nullable(),
      before: z.string(),
      after: z.string(),
      scores: z.tuple([z.number(), z.number()]),
    }),
  ),
  notes: z.array(z.string()),
});

describe('clipsight ablate', () => {
  it('removes components from an image', async () => {
    const { code, stdout, stderr } = await cli.run([
      'ablate',
      wolf,
      ...prompts,
      '--latents',
      '549',
      '--top',
      '3',
      '--json',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { results, intervention } = OfImages.parse(JSON.parse(stdout));
    expect(intervention).toEqual([{ latent: 549, scale: 0 }]);
    const [first] = results;
    expect(first).toMatchObject({ image: wolf, prompt: 'a photo of a wolf', active: [549] });
    expect(first!.similarity.after).toBeLessThan(first!.similarity.before - 0.01);
    expect(results.map(({ components }) => components?.length)).toEqual([3, 3]);
    for (const of of ['before', 'after'] as const) {
      expect(results.reduce((sum, { share }) => sum + share[of], 0)).toBeCloseTo(1, 9);
    }
  });

  it('says in which images of a library the class changes', async () => {
    const library = path.join(cli.scratch, 'library.duckdb');
    const indexed = await cli.run([
      'index',
      images,
      '--include',
      '{wolf,snowman,police_car}/*',
      '--library',
      library,
    ]);
    expect(indexed.code).toBe(0);
    const shape = '549,344,760,36,227,374,623';
    const { code, stdout } = await cli.run(['ablate', '--library', library, '--latents', shape, '--json']);
    expect(code).toBe(0);
    const found = OfLibrary.parse(JSON.parse(stdout));
    expect(found.classes.map(({ name }) => name)).toEqual(['police car', 'snowman', 'wolf']);
    expect(found.images).toBe(24);
    expect(found.accuracy?.before).toBe(1);
    // What is left of the wolves is the snow that they stand in.
    expect(found.classes[2]!.predicted.after).toBeLessThan(found.classes[2]!.predicted.before);
    expect(found.changes).toBe(found.changed.length);
    expect(new Set(found.changed.map(({ before, after }) => `${before} → ${after}`))).toEqual(
      new Set(['wolf → snowman']),
    );
    const one = await cli.run(['ablate', '--library', library, '--latents', shape, '--top', '1']);
    expect(one.stdout).toMatch(/wolf → snowman \(wolf\)/);
    expect(one.stdout).toMatch(/and \d+ more/);
  });

  it('refuses a library without class folders', async () => {
    const library = path.join(cli.scratch, 'flat.duckdb');
    await cli.run(['index', path.join(images, 'wolf'), '--library', library]);
    const { code, stderr } = await cli.run(['ablate', '--library', library, '--latents', '1']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/fewer than two class folders/);
  });

  it('says where it looked for an intervention that there is not', async () => {
    const { code, stderr } = await cli.run(['ablate', wolf, ...prompts, '--intervention', 'no such name']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/interventions\.json/);
  });

  it('refuses a component that there is not', async () => {
    const { code, stdout, stderr } = await cli.run(['ablate', wolf, ...prompts, '--latents', '1024']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/no component 1024/);
  });
});
