import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../src/engine/engine';
import { Graph } from '../../src/engine/graph/graph';
import { unwatched } from '../../src/engine/job';
import { openLibraries } from '../../src/engine/openLibraries';
import { disagreement } from '../../src/engine/runtime/device/agreement';
import { deviceCompute } from '../../src/engine/runtime/device/deviceCompute';
import {
  type DeviceProcess,
  type Patience,
  startDevice,
  usualPatience,
} from '../../src/engine/runtime/device/deviceProcess';
import { keepReferences } from '../../src/engine/runtime/device/references';
import { witness } from '../../src/engine/runtime/device/witness';
import { cpuSessions } from '../../src/engine/runtime/sessions';
import type { AttributionResponse } from '../../src/shared/analysis';
import { deviceBundle } from './fixtures/deviceBundle';
import type { Fault } from './fixtures/faultyDevice';
import { contentOf, type LibraryContent } from './fixtures/libraryContent';
import { expectSame } from './fixtures/sameLibrary';

/** Jobs of the real engine on a device that fails in every way that devices do. */
const root = path.resolve(__dirname, '../..');
const study = {
  model: path.join(root, 'models/emoji-clip'),
  dictionary: path.join(root, 'models/sae-cls'),
};
const wolves = path.join(root, 'examples/demo/images/wolf');
const images = readdirSync(wolves).map((name) => ({ kind: 'file', path: path.join(wolves, name) }) as const);
const directions = ['a wolf', 'snow'].map((text) => ({ kind: 'prompt', text }) as const);
const request = { study, images: images.slice(0, 1), directions };
/** Nothing of it is kept from the request before. */
const other = {
  study,
  images: images.slice(1, 2),
  directions: [{ kind: 'prompt', text: 'a cat' } as const],
};
const indexing = (library: string) => ({
  study,
  library,
  judge: null,
  roots: [{ folder: wolves }],
  others: 'keep' as const,
  contributions: { most: 1e9 },
});

let scratch: string;
let onCpu: AttributionResponse;
let otherOnCpu: AttributionResponse;
let indexed: LibraryContent;
/** Runs of a job on a device that does not fail. */
let runs: number;

const library = (name: string) => path.join(scratch, name, 'library.duckdb');

/** An engine whose device fails so. Patience is short only where a test waits for its end. */
function faulty(fault: Fault | null, patience: Patience = usualPatience) {
  const started: DeviceProcess[] = [];
  const lines: string[] = [];
  const libraries = openLibraries();
  const computed = { device: 'webgpu', precision: 'fp32' } as const;
  const compute = deviceCompute({
    start() {
      const device = startDevice({
        entry: path.join(scratch, 'faultyDevice.cjs'),
        computed,
        threads: 1,
        patience,
        env: fault === null ? {} : { DEVICE_FAULT: JSON.stringify(fault) },
        log: (line) => lines.push(line),
      });
      started.push(device);
      return device;
    },
    computed,
    threads: 1,
    references: keepReferences(path.join(scratch, 'references')),
    log: () => undefined,
  });
  const engine = engineOn(compute, libraries);
  return {
    engine,
    compute,
    started,
    lines,
    async end() {
      await compute.end();
      await libraries.close();
      expect(started.filter(({ pid }) => pid !== null && lives(pid))).toEqual([]);
    },
  };
}

function engineOn(compute?: ReturnType<typeof deviceCompute>, libraries = openLibraries()) {
  return createEngine({
    cacheFolder: path.join(scratch, 'cache'),
    threads: 1,
    ...(compute === undefined ? {} : { compute }),
    demoImages: path.join(root, 'examples/demo/images'),
    nounsFile: path.join(root, 'media/nouns.txt'),
    libraries,
  });
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'clipsight-device-'));
  await deviceBundle(scratch, ['faultyDevice', 'deviceParent']);
  const libraries = openLibraries();
  const engine = engineOn(undefined, libraries);
  onCpu = await engine.attribute(request, unwatched);
  otherOnCpu = await engine.attribute(other, unwatched);
  await engine.indexLibrary(indexing(library('cpu')), unwatched);
  await libraries.close();
  indexed = await contentOf(library('cpu'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Every number of the images' results, in order. */
function numbersOf(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (value instanceof Float32Array || value instanceof Int32Array) return [...value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersOf) : [];
}

function expectAsOnCpu(given: AttributionResponse, wanted: AttributionResponse): void {
  expect(given.images.length).toBe(wanted.images.length);
  for (const [i, image] of given.images.entries()) {
    const [a, b] = [attributionsOf(image), attributionsOf(wanted.images[i]!)];
    expect(a.length).toBe(b.length);
    expect(largest(a.map((x, j) => x - b[j]!))).toBeLessThanOrEqual(1e-4 * largest(b));
  }
}

const largest = (all: readonly number[]) => all.reduce((most, x) => Math.max(most, Math.abs(x)), 0);

function attributionsOf(image: AttributionResponse['images'][number]): number[] {
  if (image.kind === 'failure') throw new Error(image.error.message);
  return image.analysis.directions.flatMap(({ similarity, attributions }) => [similarity, ...attributions]);
}

it('gives what the CPU gives on a device that does not fail, and says nothing', async () => {
  const { engine, compute, lines, end } = faulty(null);
  const given = await engine.attribute(request, unwatched);
  runs = lines.length;
  expectAsOnCpu(given, onCpu);
  expect(runs).toBeGreaterThan(10);
  expect(given.study.notes).toEqual(onCpu.study.notes);
  expect(compute.state).toEqual({ dropped: false, notes: [] });
  await end();
});

describe.each(['throws', 'nan', 'wrong', 'hangs', 'exits'] as const)('a device that %s', (kind) => {
  const patience = kind === 'hangs' ? { first: 3000, factor: 2, least: 1000 } : usualPatience;

  it.each([
    ['from the start', (): number => 1],
    ['in mid-job, after its first self-test', (): number => 3],
    // The last run of a job is a test of what it used.
    ['after the last number of the job', (): number => runs],
  ] as const)('%s, is caught', async (_, from) => {
    const { engine, compute, end } = faulty({ kind, from: from() }, patience);
    const given = await engine.attribute(request, unwatched);
    expectAsOnCpu(given, onCpu);
    expect(compute.state.notes.join('\n')).toMatch(/WebGPU/);
    expect(given.study.notes).toEqual([...onCpu.study.notes, ...compute.state.notes]);
    // Other jobs go on, where the device is not used any more with the CPU's own numbers to the last bit.
    const next = await engine.attribute(other, unwatched);
    expectAsOnCpu(next, otherOnCpu);
    if (compute.state.dropped) expect(`${numbersOf(next.images)}`).toBe(`${numbersOf(otherOnCpu.images)}`);
    await end();
  });
});

describe('a batch that is too large for a device', () => {
  /** Where a trunk would be: its rows are images. */
  const graph = new Graph();
  graph.output('x', graph.tanh(graph.input('pixels', 'float32', ['images', 5])));
  const opening = { folder: root, name: 'trunk', rows: 'images', witness: witness({ images: 2 }) };

  it.each(['throws', 'exits'] as const)('is divided where it %s', async (kind) => {
    const { compute, lines, started, end } = faulty({ kind, from: 1, above: 3 });
    const { sessions } = compute.placeTowers('weights');
    const session = await sessions.open(graph, opening);
    const feeds = witness({ images: 13 })(graph);
    const given = await session.run(feeds);
    const wanted = await (await cpuSessions(1).open(graph, opening)).run(feeds);
    expect(disagreement(given, wanted)).toBeLessThan(1e-6);
    await compute.settle();
    expect(compute.state.dropped).toBe(false);
    expect(compute.state.notes.join('\n')).toMatch(/13 rows\. .*\n.*6 rows\. /);
    expect(started.length).toBe(kind === 'exits' ? 3 : 1);
    // What was too much once is not tried again.
    const before = lines.length;
    expect(await session.run(feeds)).toEqual(given);
    expect(lines.slice(before)).toHaveLength(5);
    await session.release();
    await end();
  });
});

describe('indexing', () => {
  it.each(['wrong', 'nan', 'exits'] as const)(
    'keeps nothing that a device gave which then %s',
    async (kind) => {
      const { engine, compute, end } = faulty({ kind, from: 12 });
      const report = await engine.indexLibrary(indexing(library(`late ${kind}`)), unwatched);
      expect(compute.state.notes).not.toEqual([]);
      expect(report.study.notes).toEqual([...onCpu.study.notes, ...compute.state.notes]);
      await end();
      expectSame(await contentOf(library(`late ${kind}`)), indexed);
    },
  );
});

it('is gone when its parent was killed, though it hangs', async () => {
  const parent = spawn(
    process.execPath,
    [path.join(scratch, 'deviceParent.cjs'), path.join(scratch, 'faultyDevice.cjs')],
    {
      env: { ...process.env, DEVICE_FAULT: JSON.stringify({ kind: 'hangs', from: 1 } satisfies Fault) },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const pid = await new Promise<number>((resolve) => {
    createInterface({ input: parent.stdout }).once('line', (line) => resolve(Number(line)));
  });
  expect(lives(pid)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => lives(pid), { timeout: 20_000 }).toBe(false);
});
