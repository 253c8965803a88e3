import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CommandLine, commandLine } from './fixtures/clipsight';

let clipsight: CommandLine;
beforeAll(() => {
  clipsight = commandLine();
});
afterAll(() => clipsight.remove());

function write(name: string, content: string | Uint8Array): string {
  const file = path.join(clipsight.scratch, name);
  writeFileSync(file, content);
  return file;
}

const yaml =
  'data:\r\n  classes: [wolf, "sled \\u0064og"]\r\n  image: snow/wolf_03.png\r\nprompt: ein Wölfchen 🐺\r\n';

it('prints what would be found, as JSON', async () => {
  const file = write('config.yaml', yaml);
  const { stdout, stderr, code } = await clipsight.run(['prompts', file, '--json']);
  expect([code, stderr]).toEqual([0, '']);
  const { prompts, groups, images } = JSON.parse(stdout);
  expect(prompts).toEqual([
    { text: 'wolf', start: 19, end: 23, group: 'data.classes', kind: 'class' },
    { text: 'sled dog', start: 26, end: 39, group: 'data.classes', kind: 'class' },
    { text: 'ein Wölfchen 🐺', start: 78, end: 93, group: 'prompt', kind: 'prompt' },
  ]);
  expect(
    groups.map(({ id, start, end }: { id: string; start: number; end: number }) => [
      id,
      yaml.slice(start, end),
    ]),
  ).toEqual([
    ['data.classes', '[wolf, "sled \\u0064og"]'],
    ['prompt', 'ein Wölfchen 🐺'],
  ]);
  expect(images.map(({ start, end }: { start: number; end: number }) => yaml.slice(start, end))).toEqual([
    'snow/wolf_03.png',
  ]);
});

it('prints it for people, with lines and columns', async () => {
  const { stdout } = await clipsight.run(['prompts', write('config.yaml', yaml)]);
  expect(stdout.split('\n').slice(1)).toEqual([
    '2:13  class   data.classes  wolf',
    '2:20  class   data.classes  sled dog',
    ' 4:9  prompt  prompt        ein Wölfchen 🐺',
    '3:10  image                 snow/wolf_03.png',
    '',
  ]);
});

it('takes names, functions and files of lists as the settings do', async () => {
  const texts = async (name: string, content: string, ...options: string[]) => {
    const { stdout } = await clipsight.run(['prompts', write(name, content), '--json', ...options]);
    return JSON.parse(stdout).prompts.map(({ text }: { text: string }) => text);
  };
  const code = 'const animals = ["wolf"]; score(["a dog"]);';
  expect(await texts('a.ts', code)).toEqual([]);
  expect(await texts('a.ts', code, '--name', 'anim*', '--call', 'score')).toEqual(['wolf', 'a dog']);
  expect(await texts('animals.txt', 'wolf\n')).toEqual([]);
  expect(await texts('animals.txt', 'wolf\n', '--list', '**/animals.txt')).toEqual(['wolf']);
  expect(await texts('my_prompts.txt', 'wolf\n# no\n dog\n')).toEqual(['wolf', 'dog']);
});

it('finds them in a notebook', async () => {
  const cell = { cell_type: 'code', source: ['prompts = [\n', '  "a \\"wolf\\"",\n', ']\n'] };
  const text = JSON.stringify({ cells: [cell], metadata: {}, nbformat: 4, nbformat_minor: 5 }, null, 1);
  const { stdout } = await clipsight.run(['prompts', write('a.ipynb', text), '--json']);
  const [prompt] = JSON.parse(stdout).prompts;
  expect(prompt.text).toBe('a "wolf"');
  expect(text.slice(prompt.start, prompt.end)).toBe('a \\\\\\"wolf\\\\\\"');
});

it.each([
  ['absent.py', 'no such file'],
  ['a.pdf', 'not looked for'],
  ['folder.py', 'it is a folder'],
  ['large.json', 'larger than 5 MB'],
  ['latin.txt', 'not UTF-8'],
])('refuses %s: %s', async (name, reason) => {
  const file = path.join(clipsight.scratch, name);
  if (name === 'folder.py') mkdirSync(file);
  if (name === 'large.json') truncateSync(write(name, ''), 5_000_001);
  if (name === 'latin.txt') write(name, Buffer.from('W\u00F6lfe', 'latin1'));
  const { stdout, stderr, code } = await clipsight.run(['prompts', file]);
  expect([stdout, code]).toEqual(['', 2]);
  expect(stderr).toContain(file);
  expect(stderr).toContain(reason);
});

it('says what is wrong with arguments', async () => {
  expect((await clipsight.run(['prompts'])).stderr).toContain('No file is given');
  expect((await clipsight.run(['prompts', 'a.py', 'b.py'])).stderr).toContain('“b.py”');
});

it('ends in silence where who reads it stops before the end', async () => {
  // More than a pipe holds.
  const many = write('prompts.txt', 'a wolf in the snow\n'.repeat(40_000));
  const child = spawn(process.execPath, ['dist/cli.js', 'prompts', many, '--json']);
  let complaint = '';
  child.stderr.on('data', (chunk) => {
    complaint += String(chunk);
  });
  child.stdout.once('data', () => child.stdout.destroy());
  expect(await once(child, 'close')).toEqual([0, null]);
  expect(complaint).toBe('');
});
