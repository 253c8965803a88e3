import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** The built command line on the demo: what compare says is what attribute says, averaged by hand. */
const root = path.resolve(__dirname, '../..');
const images = ['wolf/wolf_03.jpg', 'mixed/mixed_03.jpg'].map((image) => `examples/demo/images/${image}`);
const prompts = ['a photo of a wolf', 'a photo of a dog', 'snow'];
let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'clipsight-compare-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function clipsight(command: string, ...args: readonly string[]): Promise<Ended> {
  const env = { ...process.env, XDG_CACHE_HOME: path.join(scratch, 'cache') };
  const asked = prompts.flatMap((prompt) => ['--prompt', prompt]);
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['dist/cli.js', command, ...asked, ...args],
      { cwd: root, env },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

interface Result {
  readonly image: string;
  readonly prompt: string;
  readonly similarity: number;
  readonly components: readonly {
    readonly latent: number;
    readonly attribution: number;
    readonly activation: number;
  }[];
}

async function attributed(...args: readonly string[]): Promise<readonly Result[]> {
  const { stdout } = await clipsight('attribute', ...images, ...args, '--top', '100000', '--json');
  return JSON.parse(stdout).results;
}

const mean = (values: readonly number[]) => values.reduce((sum, x) => sum + x, 0) / values.length;

/** Means over the images of what attribute says of one prompt. */
function means(results: readonly Result[], prompt: string) {
  const ofPrompt = results.filter((result) => result.prompt === prompt);
  const over = (latent: number, of: 'attribution' | 'activation') =>
    mean(
      ofPrompt.map(
        ({ components }) => components.find((component) => component.latent === latent)?.[of] ?? 0,
      ),
    );
  return {
    similarities: ofPrompt.map(({ similarity }) => similarity),
    attribution: (latent: number) => over(latent, 'attribution'),
    activation: (latent: number) => over(latent, 'activation'),
    total: mean(
      ofPrompt.map(({ components }) =>
        components.reduce((sum, { attribution }) => sum + Math.abs(attribution), 0),
      ),
    ),
    strongest: (count: number) =>
      [...new Set(ofPrompt.flatMap(({ components }) => components.map(({ latent }) => latent)))]
        .sort((a, b) => Math.abs(over(b, 'attribution')) - Math.abs(over(a, 'attribution')))
        .slice(0, count),
  };
}

it.each(['sae-cls', 'neurons:1'])(
  'clipsight compare has the numbers of attribute: %s',
  async (dictionary) => {
    const study = dictionary === 'sae-cls' ? [] : ['--dictionary', dictionary];
    const { code, stdout, stderr } = await clipsight('compare', ...images, ...study, '--top', '4', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const found = JSON.parse(stdout);
    const results = await attributed(...study);
    const expected = prompts.map((prompt) => means(results, prompt));

    for (const [i, { similarities, total }] of expected.entries()) {
      expect(found.prompts[i].prompt).toBe(prompts[i]);
      similarities.forEach((similarity, image) => {
        expect(found.prompts[i].similarities[image]).toBeCloseTo(similarity, 6);
      });
      expect(found.prompts[i].similarity).toBeCloseTo(mean(similarities), 6);
      expect(found.totals[i]).toBeCloseTo(total, 5);
    }
    const strongest = new Set(expected.flatMap((one) => one.strongest(4)));
    expect(new Set(found.components.map(({ latent }: { latent: number }) => latent))).toEqual(strongest);
    for (const { latent, activation, attributions } of found.components) {
      expect(activation).toBeCloseTo(expected[0]!.activation(latent), 4);
      expected.forEach((one, i) => {
        expect(attributions[i], `${latent}, ${prompts[i]}`).toBeCloseTo(one.attribution(latent), 6);
      });
    }
    const shares = found.prompts.map(({ confidence }: { confidence: number }) => confidence);
    expect(shares.reduce((sum: number, share: number) => sum + share, 0)).toBeCloseTo(1, 9);

    const { of, against, similarity, components } = found.difference;
    const score = (prompt: string) => found.prompts[prompts.indexOf(prompt)].similarity;
    const order = prompts.toSorted((a, b) => score(b) - score(a));
    expect([of, against]).toEqual(order.slice(0, 2));
    expect(similarity).toBeCloseTo(score(of) - score(against), 6);
    expect(components).toHaveLength(4);
    const [one, other] = [of, against].map((prompt) => expected[prompts.indexOf(prompt)]!);
    for (const { latent, attribution } of components) {
      expect(attribution).toBeCloseTo(one!.attribution(latent) - other!.attribution(latent), 6);
    }
    expect(found.relation.map((row: readonly number[], i: number) => row[i])).toEqual([1, 1, 1]);
  },
);

it('clipsight compare does without an image that fails, and fails where all do', async () => {
  const some = await clipsight('compare', 'gone.jpg', ...images, '--json');
  expect(some.code).toBe(2);
  expect(some.stderr).toMatch(/gone\.jpg does not exist/);
  const { images: listed, prompts: scored } = JSON.parse(some.stdout);
  expect(listed.map(({ error }: { error: string | null }) => error === null)).toEqual([false, true, true]);
  expect(scored[0].similarities).toEqual([null, expect.any(Number), expect.any(Number)]);

  const none = await clipsight('compare', 'gone.jpg', '--json');
  expect(none).toMatchObject({ code: 2, stdout: '' });
  expect(none.stderr).toMatch(/^[^\n]*gone\.jpg does not exist\.[^\n]*\n$/);
});

it('clipsight compare names the prompt that is empty', async () => {
  const { code, stdout, stderr } = await clipsight('compare', ...images, '--prompt', ' ');
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/Prompt 4 of 4 is empty/);
});

it('clipsight compare says beside JSON how a prompt was read, also one that is only told apart from', async () => {
  const long = 'snow '.repeat(40).trim();
  const [image] = images;
  const { stdout, stderr } = await clipsight('compare', image!, '--versus', long, '--top', '1', '--json');
  expect(JSON.parse(stdout).difference.against).toBe(long);
  expect(stderr).toMatch(/^Note: “snow snow .*…” is longer than the 24 tokens[^\n]*\n$/);
});

it('clipsight compare tells a prompt that is given twice apart from the next', async () => {
  const [image] = images;
  const { stdout } = await clipsight('compare', image!, '--prompt', prompts[0]!, '--top', '1', '--json');
  const { difference, prompts: scored } = JSON.parse(stdout);
  expect([difference.of, difference.against]).toEqual([prompts[0], prompts[2]]);
  expect(difference.similarity).toBeCloseTo(scored[0].similarity - scored[2].similarity, 6);
});

it('clipsight compare names how many prompts are too many', async () => {
  const file = path.join(scratch, 'many.txt');
  writeFileSync(file, Array.from({ length: 20_000 }, (_, i) => `thing ${i}`).join('\n'));
  const [image] = images;
  const { code, stdout, stderr } = await clipsight('compare', image!, '--prompts-file', file);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toBe('20003 prompts are too many to compare. Give at most 20000.\n');
});
