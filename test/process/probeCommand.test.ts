import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CommandLine, commandLine, type Ended } from './fixtures/clipsight';

/** Probes as a person fits and looks at them, on pictures of the demo. */

const demo = path.resolve(__dirname, '../../examples/demo/images');

let cli: CommandLine;
let library: string;
let indexed: Ended;
beforeAll(async () => {
  cli = commandLine();
  library = path.join(cli.scratch, 'library.duckdb');
  const only = ['wolf', 'cow'].flatMap((noun) => ['--include', `${noun}/*`]);
  const quick = ['--judge', 'self', '--contributions', '0'];
  indexed = await cli.run(['index', demo, ...only, ...quick, '--library', library]);
}, 120_000);
afterAll(() => cli.remove());

it.each(['json', 'safetensors'])('clipsight probe fit writes %s that probe show reads', async (ending) => {
  expect(indexed.code).toBe(0);
  const out = path.join(cli.scratch, `animals.${ending}`);
  const fitted = await cli.run([
    ...['probe', 'fit', '--library', library, '--out', out],
    '--c',
    '10',
    '--json',
  ]);
  expect({ code: fitted.code, stderr: fitted.stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(fitted.stdout)).toMatchObject({
    file: out,
    name: 'animals',
    classes: ['cow', 'wolf'],
    model: 'emoji-clip',
    c: 10,
    images: { fitted: 12, heldOut: 4 },
    accuracy: { fitted: 1 },
  });
  const shown = await cli.run(['probe', 'show', out, '--json']);
  expect({ code: shown.code, stderr: shown.stderr }).toEqual({ code: 0, stderr: '' });
  const { classes, ...probe } = JSON.parse(shown.stdout);
  expect(probe).toEqual({ name: 'animals', input: 'normalised', embedding: 128 });
  expect(classes.map(({ name }: { name: string }) => name)).toEqual(['cow', 'wolf']);
  // Of two classes the rows are opposite.
  expect(classes[0].length).toBeCloseTo(classes[1].length, 5);
  expect(classes[0].bias).toBeCloseTo(-classes[1].bias, 5);
});

it('says what it cannot fit or read, in one line', async () => {
  const out = path.join(cli.scratch, 'none.json');
  const fit = ['probe', 'fit', '--library', library, '--out', out];
  const unknown = await cli.run([...fit, '--folder', 'cow', '--folder', 'zebra']);
  expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('“zebra”') });
  const one = await cli.run([...fit, '--folder', 'cow']);
  expect(one).toMatchObject({ code: 2, stderr: expect.stringContaining('one class folder') });
  const missing = await cli.run(['probe', 'show', out]);
  expect(missing).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('does not exist') });
  expect(() => readFileSync(out)).toThrow('ENOENT');
  const nothing = await cli.run(['probe', 'fit', '--library', library]);
  expect(nothing).toMatchObject({ code: 2, stderr: expect.stringContaining('--out') });
});
