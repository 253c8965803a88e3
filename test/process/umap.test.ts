import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Positions } from '../../src/engine/components/layout/positions';
import { type Neighbours, type UmapOptions, umap } from '../../src/engine/components/layout/umap';
import { nearestRows } from '../../src/engine/semantics/nearestRows';
import { type Rows, rowCount, unitRows } from '../../src/engine/semantics/rows';
import { standardNormals } from '../../src/engine/semantics/standardNormals';
import { umapWorker } from '../support/umapWorker';

const folder = mkdtempSync(join(tmpdir(), 'clipsight-umap-'));
let worker: string;
beforeAll(async () => {
  worker = await umapWorker(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { signal } = new AbortController();
const lay = async (units: Rows, options: Partial<UmapOptions> = {}) =>
  umap(units, await neighboursOf(units), { signal, onProgress: () => {}, worker, ...options });

async function neighboursOf(units: Rows): Promise<Neighbours> {
  const { k, others, products } = await nearestRows(units, units, 15);
  return { k, others, cosines: products };
}

/** Unit vectors around three directions that have nothing in common; row i belongs to cluster i mod 3. */
function clusters(count: number, width = 24): Rows {
  const data = Float32Array.from(
    standardNormals(5, count * width),
    (x, at) => 0.15 * x + (at % width === Math.floor(at / width) % 3 ? 1 : 0),
  );
  return unitRows(
    { data, width },
    Int32Array.from({ length: count }, (_, i) => i),
  );
}

/** How far the k nearest in the plane are from being near in truth, 1 being not at all (Venna & Kaski 2001). */
function trustworthiness({ data, width }: Rows, { x, y }: Positions, k: number): number {
  const n = x.length;
  let penalty = 0;
  for (let i = 0; i < n; i++) {
    const others = Array.from({ length: n }, (_, j) => j).filter((j) => j !== i);
    const far = (j: number) => {
      let product = 0;
      for (let at = 0; at < width; at++) product += data[i * width + at]! * data[j * width + at]!;
      return 1 - product;
    };
    const apart = (j: number) => (x[i]! - x[j]!) ** 2 + (y[i]! - y[j]!) ** 2;
    const distances = new Map(others.map((j) => [j, far(j)]));
    const ranked = [...others].sort((a, b) => distances.get(a)! - distances.get(b)!);
    const rank = new Map(ranked.map((j, at) => [j, at + 1]));
    for (const j of [...others].sort((a, b) => apart(a) - apart(b)).slice(0, k)) {
      penalty += Math.max(0, rank.get(j)! - k);
    }
  }
  return 1 - (2 * penalty) / (n * k * (2 * n - 3 * k - 1));
}

test('keeps neighbours together and clusters apart, the same way every time, and says how far it is', async () => {
  const units = clusters(240);
  const epochs: (readonly [number, number])[] = [];
  const places = await lay(units, { onProgress: (...epoch) => epochs.push(epoch) });
  expect(trustworthiness(units, places, 10)).toBeGreaterThan(0.9);
  const centres = [0, 1, 2].map((cluster) => {
    const own = Array.from({ length: 80 }, (_, i) => 3 * i + cluster);
    const middle = (of: Float32Array) => own.reduce((sum, i) => sum + of[i]!, 0) / own.length;
    const [cx, cy] = [middle(places.x), middle(places.y)];
    return { cx, cy, reach: Math.max(...own.map((i) => Math.hypot(places.x[i]! - cx, places.y[i]! - cy))) };
  });
  for (const [a, b] of [[0, 1] as const, [0, 2] as const, [1, 2] as const]) {
    const apart = Math.hypot(centres[a]!.cx - centres[b]!.cx, centres[a]!.cy - centres[b]!.cy);
    expect(apart).toBeGreaterThan(centres[a]!.reach + centres[b]!.reach);
  }
  const all = [...places.x, ...places.y];
  expect(Math.max(...all.map(Math.abs))).toBeCloseTo(1, 6);
  expect(epochs.at(0)![0]).toBe(0);
  expect(epochs.at(-1)![0]).toBe(epochs.at(-1)![1]);
  expect(await lay(units)).toEqual(places);
});

test.each([0, 1, 2, 5, 6, 20])('lays out %i rows', async (count) => {
  const { x, y } = await lay(clusters(count));
  expect([x.length, y.length]).toEqual([count, count]);
  expect([...x, ...y].filter((at) => !(Math.abs(at) <= 1))).toEqual([]);
  if (count > 1) expect(new Set(x).size).toBeGreaterThan(1);
});

test('lays out rows of which many are equal', async () => {
  const { data, width } = clusters(9);
  const repeated = new Float32Array(60 * width).map((_, at) => data[at % data.length]!);
  const { x } = await lay({ data: repeated, width });
  expect(rowCount({ data: repeated, width })).toBe(x.length);
});

test('ends within a moment when it is cancelled', async () => {
  const units = clusters(1500);
  const neighbours = await neighboursOf(units);
  const running = new AbortController();
  const laying = umap(units, neighbours, {
    signal: running.signal,
    onProgress: () => running.abort(),
    worker,
  });
  await expect(laying).rejects.toMatchObject({ code: 'cancelled' });
});

test('a thread that does not come up is told', async () => {
  const missing = join(folder, 'missing.js');
  await expect(lay(clusters(30), { worker: missing })).rejects.toMatchObject({ code: 'internal' });
});
