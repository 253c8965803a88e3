import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  directionsOf,
  namedPair,
  openCompare,
  reported,
  startComparison,
} from '../../src/extension/compare/compareModel';
import { runComparison } from '../../src/extension/compare/compareRun';
import { openContent } from '../../src/extension/compare/content';
import { comparisonText } from '../../src/extension/compare/exportComparison';
import { createSupervisor, type EngineSupervisor } from '../../src/supervisor/engineSupervisor';

/** The compare view's own runs on the built engine, beside the built command line. */
const root = path.resolve(__dirname, '../..');
const demo = (name: string) => path.join(root, 'models', name);
const images = ['wolf/wolf_00.jpg', 'wolf/wolf_03.jpg'].map((name) =>
  path.join(root, 'examples/demo/images', name),
);
const prompts = ['a photo of a wolf', 'snow', 'a hot dog'];

let scratch: string;
let engine: EngineSupervisor;
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'clipsight-compare-view-'));
  engine = createSupervisor({
    entry: path.join(root, 'dist/engine.js'),
    args: ['--cache-folder', path.join(scratch, 'cache')],
    log: () => undefined,
  });
});
afterAll(async () => {
  await engine.stop();
  rmSync(scratch, { recursive: true, force: true });
});

it('the compare view exports the numbers that clipsight compare prints', async () => {
  const fallback = { parts: ['a photo of a ', ''], changes: [] };
  const around = { fallback, label: (uri: string) => uri, size: null };
  const members = prompts.map((text) => ({ text }));
  let model = startComparison(openCompare(openContent('', null, null, members), images, around));
  const input = {
    engine: () => engine.remote,
    study: async () => ({ model: demo('emoji-clip'), dictionary: demo('sae-cls') }),
    images: images.map((file) => async () => ({ kind: 'file' as const, path: file })),
    directions: directionsOf(model.content, fallback),
    known: model.state,
    pair: (scores: Parameters<typeof namedPair>[1]) => namedPair(model, scores, fallback),
    signal: new AbortController().signal,
  };
  await runComparison(input, (event) => {
    model = reported(model, model.run, event);
  });
  expect(model.state.error).toBeNull();
  const shown = JSON.parse(comparisonText(model.state, [], 'json'));

  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      ...['dist/cli.js', 'compare', ...images, ...prompts.flatMap((prompt) => ['--prompt', prompt])],
      ...['--model', demo('emoji-clip'), '--dictionary', demo('sae-cls'), '--top', '50', '--json'],
    ],
    { cwd: root, env: { ...process.env, XDG_CACHE_HOME: path.join(scratch, 'cli') } },
  );
  const printed = JSON.parse(stdout);
  expect(shown).toEqual(nearly(printed));
});

/** Other directions in the same request change the order of sums: single precision's last digits. */
function nearly(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isInteger(value)) return expect.closeTo(value, 6);
  if (Array.isArray(value)) return value.map(nearly);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, nearly(each)]));
}
