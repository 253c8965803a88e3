import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { temporaryFolder } from '../support/temporaryFolder';

/** The command line of tools/world, built and run as npm run world does it. */
function world(...argv: readonly string[]) {
  const script = join(__dirname, '../../scripts/world.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...argv], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

function contents(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile());
  return Object.fromEntries(
    files.map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), 'base64')]),
  );
}

it('draws the same files again for the same seed, of the size asked for, and says what is in them', async () => {
  const folder = temporaryFolder();
  const options = ['--per-noun', '2', '--noun', 'wolf', '--mixed', '1', '--size', '80', '--with', 'word'];
  const [one, two] = [join(folder, 'one'), join(folder, 'two')];
  expect(world('--out', one, ...options)).toEqual({
    status: 0,
    stdout: `3 pictures and ground_truth.json in ${one}\n`,
    stderr: '',
  });
  expect(world('--out', two, ...options).status).toBe(0);
  expect(contents(two)).toEqual(contents(one));

  const truths: Record<string, Record<string, unknown>> = JSON.parse(
    readFileSync(join(one, 'ground_truth.json'), 'utf8'),
  );
  expect(Object.keys(truths)).toEqual([
    'images/wolf/wolf_00.jpg',
    'images/wolf/wolf_01.jpg',
    'images/mixed/mixed_00.jpg',
  ]);
  const demo: Record<string, Record<string, unknown>> = JSON.parse(
    readFileSync(join(__dirname, '../../examples/demo/ground_truth.json'), 'utf8'),
  );
  const [known] = Object.values(demo);
  for (const [file, truth] of Object.entries(truths)) {
    expect(Object.keys(truth)).toEqual(Object.keys(known!));
    expect(truth.written).toEqual(expect.any(String));
    expect(await sharp(join(one, file)).metadata()).toMatchObject({ format: 'jpeg', width: 80, height: 80 });
  }
});

it('leaves a folder alone that is not empty', () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'mine'));
  writeFileSync(join(folder, 'mine/letter.txt'), 'dear');
  const { status, stderr } = world('--out', join(folder, 'mine'), '--noun', 'wolf', '--per-noun', '1');
  expect(status).toBe(1);
  expect(stderr).toContain('is not empty');
  expect(readdirSync(join(folder, 'mine'))).toEqual(['letter.txt']);
});

it('lists what there is', () => {
  const { status, stdout } = world('--list');
  expect(status).toBe(0);
  expect(stdout).toMatch(/^dog, cat, /);
  expect(stdout).toContain('wolf: snow in 90 % of its scenes');
});
