import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

/** The built command line on the demo: a wolf in snow. */
const root = path.resolve(__dirname, '../..');
let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'clipsight-words-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

it('clipsight words tells the words of a prompt apart, and which component answers to which', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      ...['dist/cli.js', 'words', 'examples/demo/images/wolf/wolf_04.jpg'],
      ...['--prompt', 'a photo of a wolf in snow', '--top', '3', '--json'],
    ],
    { cwd: root, env: { ...process.env, XDG_CACHE_HOME: path.join(scratch, 'cache') } },
  );
  const { words, components } = JSON.parse(stdout);
  const most = (values: readonly number[]) => words[values.indexOf(Math.max(...values))].text;
  expect(most(words.map(({ leaveOneOut }: { leaveOneOut: number }) => leaveOneOut))).toBe('wolf');
  const answers = components.map(
    ({ latent, leaveOneOut }: { latent: number; leaveOneOut: readonly number[] }) => [
      latent,
      most(leaveOneOut),
    ],
  );
  expect(answers).toEqual([
    [549, 'wolf'],
    [708, 'snow'],
    [344, 'wolf'],
  ]);
});
