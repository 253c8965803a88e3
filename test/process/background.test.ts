import { readdirSync, readFileSync } from 'node:fs';
import { constants, getPriority } from 'node:os';
import * as path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Graph } from '../../src/engine/graph/graph';
import {
  backgroundPatience,
  backgroundPriority,
  backgroundSessions,
} from '../../src/engine/runtime/device/backgroundSessions';
import { type DeviceProcess, startDevice } from '../../src/engine/runtime/device/deviceProcess';
import { float32, floats } from '../../src/engine/runtime/session';
import { cpuSessions, onCpu } from '../../src/engine/runtime/sessions';
import { engineOfTests } from '../support/engineOfTests';

const root = path.resolve(__dirname, '../..');
const isLinux = process.platform === 'linux';

/** A product with as many sums as a tower's: threads and their number show in the last bits. */
function graph(): Graph {
  const g = new Graph();
  const a = g.input('a', 'float32', ['rows', 768]);
  const b = g.input('b', 'float32', [768, 512]);
  g.output('product', g.matmul(a, b));
  return g;
}
const wave = (rows: number, columns: number) =>
  float32(
    Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(i * 0.37)),
    [rows, columns],
  );
const feeds = { a: wave(50, 768), b: wave(768, 512) };

function start(idle?: number) {
  const started: DeviceProcess[] = [];
  const said: string[] = [];
  const log = (line: string) => said.push(line);
  const background = backgroundSessions({
    start: () => {
      const one = startDevice({
        entry: path.join(root, 'dist/device.js'),
        computed: onCpu,
        threads: 2,
        priority: backgroundPriority,
        patience: backgroundPatience,
        log,
      });
      started.push(one);
      return one;
    },
    cpu: cpuSessions(2),
    ...(idle === undefined ? {} : { idle }),
    log,
  });
  onTestFinished(() => background.end());
  return { ...background, started, said };
}

const request = { folder: root };
const here = async () => {
  const session = await cpuSessions(2).open(graph(), request);
  const outputs = await session.run(feeds);
  await session.release();
  return floats(outputs, 'product');
};

describe('sessions in the background', () => {
  it('compute at low priority what this process computes, to the last bit', async () => {
    const { sessions, started, said } = start();
    const session = await sessions.open(graph(), request);
    expect(started).toEqual([]);
    const there = floats(await session.run(feeds), 'product');
    expect(there).toEqual(await here());
    expect(getPriority(started[0]!.pid!)).toBeGreaterThan(constants.priority.PRIORITY_NORMAL);
    await session.release();
    expect(said).toEqual([]);
  });

  it('give the process up when nothing is asked of it, and start another for what comes then', async () => {
    const { sessions, started } = start(50);
    const session = await sessions.open(graph(), request);
    await session.run(feeds);
    while (started[0]!.alive) await wait(20);
    const there = floats(await session.run(feeds), 'product');
    expect(there).toEqual(await here());
    expect(started).toHaveLength(2);
  });

  it('go on in this process where theirs dies', async () => {
    const { sessions, started, said } = start();
    const session = await sessions.open(graph(), request);
    await session.run(feeds);
    const running = session.run(feeds);
    process.kill(started[0]!.pid!, 'SIGKILL');
    expect(floats(await running, 'product')).toEqual(await here());
    expect(floats(await session.run(feeds), 'product')).toEqual(await here());
    expect(started.length).toBeLessThanOrEqual(2);
    expect(said.length).toBeLessThanOrEqual(1);
    await session.release();
  });
});

describe('indexing in the background', () => {
  const study = {
    model: path.join(root, 'models/emoji-clip'),
    dictionary: path.join(root, 'models/sae-cls'),
  };
  const folder = path.join(root, 'examples/demo/images');
  const { engine, scratch } = engineOfTests('background');

  it.runIf(isLinux)(
    'computes in a child of the engine that has a low priority and ends with it, and lets others in between',
    async () => {
      const { remote } = engine;
      const [image] = readdirSync(path.join(folder, 'wolf'));
      const attribution = {
        study,
        images: [{ kind: 'file' as const, path: path.join(folder, 'wolf', image!) }],
        directions: [{ kind: 'prompt' as const, text: 'snow' }],
      };
      await remote.attribute(attribution);
      let isDone = false;
      const indexing = remote
        .indexLibrary({
          library: path.join(scratch, 'library.duckdb'),
          study,
          judge: null,
          roots: [{ folder }],
          others: 'remove',
          contributions: 'none',
          background: true,
        })
        .finally(() => {
          isDone = true;
        });
      let between = 0;
      const children = new Set<number>();
      while (!isDone) {
        await remote.attribute(attribution);
        if (isDone) break;
        between += 1;
        for (const pid of childrenOf(engine.pid!)) children.add(pid);
      }
      const report = await indexing;
      expect(report.failures).toEqual([]);
      expect(report.computed).toBeGreaterThan(300);
      expect(between).toBeGreaterThanOrEqual(1);
      const [child, ...others] = [...children, ...childrenOf(engine.pid!)].filter(
        (pid, i, all) => all.indexOf(pid) === i,
      );
      expect(others).toEqual([]);
      expect(getPriority(child!)).toBeGreaterThan(0);
      expect(getPriority(engine.pid!)).toBe(0);
      process.kill(engine.pid!, 'SIGKILL');
      while (isRunning(child!)) await wait(50);
    },
  );
});

/** Processes whose parent this is, as Linux lists them. */
function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && statOf(Number(name))?.parent === parent)
    .map(Number);
}

function isRunning(pid: number): boolean {
  const stat = statOf(pid);
  return stat !== null && stat.state !== 'Z';
}

function statOf(pid: number): { readonly state: string; readonly parent: number } | null {
  try {
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return { state: state!, parent: Number(parent) };
  } catch {
    return null; // It ended meanwhile.
  }
}
