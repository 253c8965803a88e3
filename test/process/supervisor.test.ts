import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { EngineState, Supervisor } from '../../src/supervisor/supervisor';
import { supervise } from '../../src/supervisor/supervisor';
import { type Bundle, bundle } from './fixtures/bundle';
import { toyOptions } from './fixtures/toyOptions';
import type { ToyProtocol } from './fixtures/toyProtocol';

const fixtures = join(__dirname, 'fixtures');
let built: Bundle;
beforeAll(async () => {
  built = await bundle([join(fixtures, 'toyEngine.ts'), join(fixtures, 'toyParent.ts')]);
});
afterAll(() => built.remove());

const running = new Set<Supervisor<ToyProtocol>>();
afterEach(async () => {
  await Promise.all([...running].map((supervisor) => supervisor.stop()));
  running.clear();
});

function toy(options: Partial<Parameters<typeof toyOptions>[0]> = {}) {
  const lines: string[] = [];
  const log = (line: string) => lines.push(line);
  const supervisor = supervise(toyOptions({ entry: built.script('toyEngine'), log, ...options }));
  running.add(supervisor);
  return { supervisor, remote: supervisor.remote, lines };
}

/** Fulfilled with the first progress of a call, with which the engine is known to be at it. */
function atWork(start: (onProgress: () => void) => Promise<unknown>) {
  return new Promise<{ readonly call: Promise<unknown> }>((resolve, reject) => {
    const call = start(() => resolve({ call }));
    call.catch(reject);
  });
}

function reached(supervisor: Supervisor<ToyProtocol>, wanted: EngineState): Promise<void> {
  if (supervisor.state === wanted) return Promise.resolve();
  return new Promise((resolve) => {
    const stop = supervisor.onState((state) => {
      if (state !== wanted) return;
      stop();
      resolve();
    });
  });
}

const error = (code: string, message = /./) =>
  expect.objectContaining({ name: 'ClipsightError', code, message: expect.stringMatching(message) });

describe('an engine that behaves', () => {
  it('is started by the first call, and the same serves the next', async () => {
    const { supervisor, remote } = toy();
    const states: EngineState[] = [];
    supervisor.onState((state) => states.push(state));
    expect([supervisor.state, supervisor.pid]).toEqual(['stopped', null]);
    const { pid } = await remote.describe({});
    expect(pid).not.toBe(process.pid);
    expect(supervisor.pid).toBe(pid);
    expect((await remote.describe({})).pid).toBe(pid);
    await reached(supervisor, 'ready');
    expect(states[0]).toBe('starting');
    expect(new Set(states)).toEqual(new Set(['starting', 'busy', 'ready']));
  });

  it('gets and gives typed arrays, of any size and alignment', async () => {
    const { remote } = toy();
    const large = Float32Array.from({ length: 1_000_000 }, (_, index) => index / 8);
    const doubled = await remote.double({ values: large });
    expect(doubled).toBeInstanceOf(Float32Array);
    expect(doubled.length).toBe(large.length);
    expect(doubled.every((value, index) => value === index / 4)).toBe(true);
    expect([...(await remote.double({ values: large.subarray(3, 5) }))]).toEqual([0.75, 1]);
    expect([...(await remote.double({ values: new Float32Array(0) }))]).toEqual([]);
    const odd = new Uint8Array([9, 1, 2, 3]).subarray(1);
    expect([...(await remote.bytes({ bytes: odd }))]).toEqual([3, 2, 1]);
    expect([...(await remote.bytes({ bytes: Buffer.from('abc') }))]).toEqual([99, 98, 97]);
  });

  it('starts, works and ends though no log takes its lines', async () => {
    const { supervisor, remote } = toy({
      log() {
        throw new Error('Channel has been closed');
      },
    });
    const { pid } = await remote.describe({});
    await remote.print({ out: 'a line\n', err: 'a warning\n' });
    await supervisor.restart();
    expect((await remote.describe({})).pid).not.toBe(pid);
    await supervisor.stop();
    expect(supervisor.state).toBe('stopped');
  });

  it('has its output in the log, line by line', async () => {
    const { supervisor, remote, lines } = toy();
    await remote.print({ out: 'first\nsecond\nlast without end', err: 'a warning\n' });
    await supervisor.stop();
    await expect
      .poll(() => lines)
      .toEqual(expect.arrayContaining(['first', 'second', 'last without end', 'a warning']));
  });

  it('reports progress', async () => {
    const { remote } = toy();
    const steps: number[] = [];
    await expect(
      remote.work({ steps: 3, every: 1 }, { onProgress: ({ done }) => steps.push(done) }),
    ).resolves.toBe(3);
    expect(steps).toEqual([1, 2, 3]);
  });

  it('says so when it has a result that no channel carries', async () => {
    const { remote } = toy();
    await expect(remote.unclonable({})).rejects.toEqual(error('protocol'));
  });
});

describe('an engine that crashes', () => {
  it('rejects what is in flight when it is killed from outside, and the next call starts another', async () => {
    const { supervisor, remote } = toy();
    const { call } = await atWork((onProgress) =>
      remote.work({ steps: 1_000_000, every: 1 }, { onProgress }),
    );
    const calls = Promise.allSettled([call, remote.block({ milliseconds: 5_000 })]);
    const pid = supervisor.pid!;
    process.kill(pid, 'SIGKILL');
    for (const outcome of await calls) {
      expect(outcome).toMatchObject({ reason: error('engine-stopped', /while it worked on work.*SIGKILL/) });
      expect(outcome).toMatchObject({ reason: { remedy: expect.stringMatching(/Run it again.*log/) } });
    }
    expect([supervisor.state, supervisor.pid]).toEqual(['stopped', null]);
    expect((await remote.describe({})).pid).not.toBe(pid);
  });

  it('tells the exit code', async () => {
    const { remote } = toy();
    await remote.describe({});
    await expect(remote.exit({ code: 7 })).rejects.toEqual(error('engine-stopped', /exit.*code 7/));
  });

  it('prints an uncaught error and exits', async () => {
    const { remote, lines } = toy();
    await remote.describe({});
    await expect(remote.throwUncaught({})).rejects.toEqual(error('engine-stopped', /code 1/));
    await expect.poll(() => lines.join('\n')).toContain('nobody caught this');
  });

  it('tells that it cannot start', async () => {
    const { remote, lines } = toy({ env: { TOY_BROKEN: '1' } });
    await expect(remote.describe({})).rejects.toEqual(error('engine-stopped', /while it started.*code 1/));
    await expect.poll(() => lines.join('\n')).toContain('the toy is broken');
  });

  it.skipIf(process.platform === 'win32')('runs on the program that it is given', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'clipsight-node-'));
    try {
      const node = join(folder, 'other node');
      await writeFile(node, `#!/bin/sh\necho "other: $1"\nexec '${process.execPath}' "$@"\n`, {
        mode: 0o755,
      });
      const { remote, lines } = toy({ execPath: node });
      await remote.describe({});
      await expect.poll(() => lines).toContain(`other: ${built.script('toyEngine')}`);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('tells that its program does not exist', async () => {
    const { remote } = toy({ execPath: join(tmpdir(), 'no', 'such', 'node') });
    await expect(remote.describe({})).rejects.toEqual(
      error('engine-stopped', /could not be started.*ENOENT/),
    );
  });

  it('is left stopped after five crashes, until it is restarted', async () => {
    const { supervisor, remote } = toy();
    for (let crash = 1; crash <= 5; crash++) {
      expect(supervisor.state).toBe('stopped');
      await expect(remote.exit({ code: crash })).rejects.toEqual(error('engine-stopped', /stopped while/));
    }
    expect([supervisor.state, supervisor.pid]).toEqual(['failed', null]);
    const refused = remote.describe({});
    await expect(refused).rejects.toEqual(error('engine-stopped', /5 times/));
    await expect(refused).rejects.toMatchObject({ remedy: expect.stringContaining('Restart engine') });
    expect([supervisor.state, supervisor.pid]).toEqual(['failed', null]);
    await supervisor.restart();
    await expect(remote.describe({})).resolves.toMatchObject({ pid: supervisor.pid });
  });
});

describe('an engine that hangs', () => {
  it('is killed when the deadline has passed, and the next call starts another', async () => {
    const { supervisor, remote } = toy({ deadlines: { block: 400 } });
    const { call } = await atWork((onProgress) => remote.block({ milliseconds: null }, { onProgress }));
    const pid = supervisor.pid;
    const waiting = remote.print({ out: '', err: '' });
    for (const outcome of await Promise.allSettled([call, waiting])) {
      expect(outcome).toMatchObject({ reason: error('deadline', /on block for 0\.4 s/) });
    }
    expect(supervisor.pid).toBeNull();
    expect((await remote.describe({})).pid).not.toBe(pid);
  });

  it('is left alone as long as it makes progress', async () => {
    const { supervisor, remote } = toy({ deadlines: { work: 1_000 } });
    const { pid } = await remote.describe({});
    await expect(remote.work({ steps: 14, every: 100 })).resolves.toBe(14);
    expect(supervisor.pid).toBe(pid);
  });

  it('can be restarted at once', async () => {
    const { supervisor, remote } = toy();
    const { call } = await atWork((onProgress) => remote.block({ milliseconds: null }, { onProgress }));
    const pid = supervisor.pid;
    const pending = expect(call).rejects.toEqual(error('engine-stopped', /was stopped/));
    await supervisor.restart();
    await pending;
    const { pid: next } = await remote.describe({});
    expect(next).not.toBe(pid);
    expect(supervisor.pid).toBe(next);
  });
});

describe('cancelling', () => {
  it('stops the job and keeps the engine', async () => {
    const { supervisor, remote } = toy();
    const controller = new AbortController();
    const { signal } = controller;
    const { call } = await atWork((onProgress) =>
      remote.work({ steps: 1_000_000, every: 1 }, { signal, onProgress }),
    );
    const pid = supervisor.pid;
    controller.abort();
    await expect(call).rejects.toEqual(error('cancelled', /^Cancelled\.$/));
    await reached(supervisor, 'ready');
    expect((await remote.describe({})).pid).toBe(pid);
  });

  it('waits for a blocked engine as long as nobody else does', async () => {
    const { supervisor, remote } = toy({ cancelGrace: 50 });
    await remote.describe({});
    const controller = new AbortController();
    const { signal } = controller;
    const { call } = await atWork((onProgress) =>
      remote.block({ milliseconds: 600 }, { signal, onProgress }),
    );
    const pid = supervisor.pid;
    controller.abort();
    await expect(call).rejects.toEqual(error('cancelled'));
    expect(supervisor.state).toBe('busy');
    await reached(supervisor, 'ready');
    expect((await remote.describe({})).pid).toBe(pid);
  });

  it('replaces an engine that stays blocked when somebody waits, who is then served', async () => {
    const { supervisor, remote } = toy({ cancelGrace: 200 });
    const controller = new AbortController();
    const { signal } = controller;
    const { call } = await atWork((onProgress) =>
      remote.block({ milliseconds: null }, { signal, onProgress }),
    );
    const pid = supervisor.pid;
    controller.abort();
    await expect(call).rejects.toEqual(error('cancelled'));
    const next = await remote.describe({});
    expect(next.pid).not.toBe(pid);
    expect(supervisor.pid).toBe(next.pid);
  });
});

describe('the end', () => {
  it.each([
    ['idle', null],
    ['blocked', { milliseconds: null }],
  ])('stop ends an engine that is %s', async (_name, block) => {
    const { supervisor, remote } = toy();
    await remote.describe({});
    const pending =
      block === null
        ? null
        : (await atWork((onProgress) => remote.block(block, { onProgress }))).call.catch((thrown) => thrown);
    const pid = supervisor.pid!;
    await supervisor.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect([supervisor.state, supervisor.pid]).toEqual(['stopped', null]);
    if (pending !== null) expect(await pending).toEqual(error('engine-stopped', /was stopped/));
  });

  it.each(['idle', 'working', 'blocked for a while'])(
    'of the parent is the end of an engine that is %s',
    async (engineIs) => {
      const folder = await mkdtemp(join(tmpdir(), 'clipsight-test-'));
      const lifeline =
        process.platform === 'win32' ? `\\\\.\\pipe\\${folder.slice(-6)}` : join(folder, 'lifeline');
      const server = createServer().listen(lifeline);
      await once(server, 'listening');
      const connected = once(server, 'connection');
      const parent = spawn(
        process.execPath,
        [built.script('toyParent'), built.script('toyEngine'), engineIs],
        {
          env: { ...process.env, TOY_LIFELINE: lifeline },
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      const [socket] = await connected;
      socket.on('error', () => {});
      const closed = once(socket, 'close');
      socket.resume();
      await once(parent.stdout, 'data');
      expect(socket.destroyed).toBe(false);
      parent.kill('SIGKILL');
      await closed;
      server.close();
      await rm(folder, { recursive: true });
    },
  );
});
