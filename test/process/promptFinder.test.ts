import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { copyGrammars } from '../../scripts/grammars.mjs';
import {
  type FinderThread,
  type FinderThreadOptions,
  finderThread,
} from '../../src/extension/prompts/finderThread';
import { expectError } from '../support/expectError';
import { workerBundle } from '../support/workerBundle';

const folder = mkdtempSync(join(tmpdir(), 'clipsight-finder-'));
let real: string;
let frail: string;
beforeAll(async () => {
  copyGrammars(join(folder, 'grammars'));
  real = await workerBundle(join(__dirname, '../../src/prompts/worker.ts'), join(folder, 'prompts.js'));
  frail = await workerBundle(join(__dirname, 'fixtures/frailFinder.ts'), join(folder, 'frail.js'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const options = { names: [], calls: [], files: [] };
const started: FinderThread[] = [];
afterEach(() => {
  for (const thread of started.splice(0)) thread.dispose();
});

function start(more: FinderThreadOptions): FinderThread {
  const thread = finderThread(more);
  started.push(thread);
  return thread;
}

it('finds prompts in a thread', async () => {
  const finder = start({ entry: real });
  const text = '{"prompts": ["a wolf", "a dog"], "label": "wolf.png"}';
  const [found] = await finder.find({ sources: [{ path: 'a.json', text }], options });
  expect(found!.prompts.map(({ text: said, start: at }) => [said, at])).toEqual([
    ['a wolf', text.indexOf('a wolf')],
    ['a dog', text.indexOf('a dog')],
  ]);
  expect(found!.images.map(({ path }) => path)).toEqual(['wolf.png']);
});

describe('a thread that is in trouble', () => {
  const asked = async (finder: FinderThread, text: string, signal?: AbortSignal) => {
    const [found] = await finder.find({ sources: [{ path: 'a.txt', text }], options }, { signal });
    return found!.images.map(({ path }) => path);
  };

  it('rejects what it was asked when it crashes, and is started again', async () => {
    const finder = start({ entry: frail });
    const [first] = await asked(finder, 'one').then((seen) => seen.slice(-1));
    const crash = asked(finder, 'crash');
    const behind = asked(finder, 'behind');
    await expectError(crash, 'engine-stopped', 'ended with code 3');
    const [, thread] = await behind;
    expect(await behind).toEqual(['behind', thread]);
    expect(thread).not.toBe(first);
  });

  it('is left alone after two crashes within a minute', async () => {
    const finder = start({ entry: frail });
    await expectError(asked(finder, 'crash'), 'engine-stopped');
    await expectError(asked(finder, 'crash'), 'engine-stopped');
    await expectError(asked(finder, 'one'), 'engine-stopped', '2 times within a minute');
  });

  it('is ended when it hangs', async () => {
    const finder = start({ entry: frail, deadline: 500 });
    await expectError(asked(finder, 'hang'), 'engine-stopped', '0.5 s');
    expect((await asked(finder, 'one'))[0]).toBe('one');
  });

  it('does not begin what was cancelled while it waited', async () => {
    const finder = start({ entry: frail });
    const controller = new AbortController();
    const first = asked(finder, 'wait');
    const superseded = asked(finder, 'superseded', controller.signal);
    const last = asked(finder, 'last');
    controller.abort();
    await expect(superseded).rejects.toMatchObject({ code: 'cancelled' });
    await first;
    expect((await last).slice(0, -1)).toEqual(['wait', 'last']);
  });

  it('tells at once who cancels what it is at', async () => {
    const finder = start({ entry: frail });
    await asked(finder, 'one');
    const controller = new AbortController();
    const waiting = asked(finder, 'wait', controller.signal);
    setTimeout(() => controller.abort(), 50);
    const begun = performance.now();
    await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - begun).toBeLessThan(250);
  });

  it('rejects what is pending when it is disposed of, and all that comes later', async () => {
    const finder = start({ entry: frail });
    const pending = asked(finder, 'wait');
    const behind = asked(finder, 'one');
    setTimeout(() => finder.dispose(), 50);
    await expectError(pending, 'engine-stopped');
    await expectError(behind, 'engine-stopped');
    await expectError(asked(finder, 'one'), 'engine-stopped');
  });
});
