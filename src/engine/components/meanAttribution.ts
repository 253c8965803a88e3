import { tmpdir } from 'node:os';
import type { MeanAttribution } from '../../shared/library';
import type { JobContext } from '../../shared/rpc/protocol';
import { breather } from '../job';
import type { ClassCount, Library } from '../library/library';
import { type Program, program } from '../runtime/program';
import { float32, floats, integers } from '../runtime/session';
import { type Rows, rowCount } from '../semantics/rows';
import type { Subject } from './subject';

/** Products that are held at a time: 16 MB. */
const HELD = 2 ** 22;

type ClassMeans = MeanAttribution['classes'][number];

/**
 * Mean attribution of every component for each direction, per class folder: ⟨Σ c_j, u⟩ / n (library.ts, `ClassSum`), of
 * which the `most` largest by magnitude are kept.
 * @param directions one vector each, [directions, embedding], of scores that are linear in v.
 */
export async function meanAttribution(
  library: Library,
  { study }: Subject,
  directions: Rows,
  most: number,
  threads: number | undefined,
  job: JobContext,
): Promise<MeanAttribution> {
  const breathe = breather(job);
  const classes = await library.classes(study.key);
  const found: ClassMeans[] = [];
  const products = new Map<number, Program>();
  const release = async (): Promise<void> => {
    await Promise.all([...products.values()].map((product) => product.release()));
    products.clear();
  };
  try {
    for (const [i, { name }] of classes.entries()) {
      job.progress({ stage: 'Averaging attributions', done: i, total: classes.length });
      await breathe();
      const sum = await library.classSum(study.key, name);
      if (sum === null) continue;
      const k = Math.min(most, sum.components.length);
      const images = sum.pictures.length;
      const empty = { components: new Int32Array(0), means: new Float32Array(0) };
      if (k === 0) {
        found.push({ name, images, directions: Array.from({ length: rowCount(directions) }, () => empty) });
        continue;
      }
      // One at a time: each has threads of its own, and classes with few components differ in k.
      if (!products.has(k)) await release();
      const product = products.get(k) ?? largestProducts(directions.width, k, threads);
      products.set(k, product);
      const best = await largest(product, sum.sums, directions, k, breathe);
      found.push({
        name,
        images,
        directions: best.map(({ rows, values }) => ({
          components: rows.map((row) => sum.components[row]!),
          means: values.map((value) => value / images),
        })),
      });
    }
  } finally {
    await release();
  }
  return { classes: found, notes: sumNotes(classes) };
}

/** The k products of largest magnitude of each direction with all sums. */
function largestProducts(width: number, k: number, threads: number | undefined): Program {
  return program(
    (g) => {
      const directions = g.input('directions', 'float32', ['directions', width]);
      const sums = g.input('sums', 'float32', ['sums', width]);
      const products = g.matmul(directions, g.transpose(sums, [1, 0]));
      const magnitudes = g.add(g.relu(products), g.relu(g.mul(products, -1)));
      const [, indices] = g.topK(magnitudes, k);
      g.output('indices', indices);
      g.output('values', g.gatherElements(products, indices));
    },
    // It has no weights to look for.
    { folder: tmpdir(), threads },
  );
}

interface Largest {
  /** Rows of the sums, largest magnitude first. */
  readonly rows: Int32Array;
  readonly values: Float32Array;
}

async function largest(
  product: Program,
  sums: Rows,
  directions: Rows,
  k: number,
  breathe: () => Promise<void>,
): Promise<Largest[]> {
  const { width } = directions;
  const count = rowCount(directions);
  const step = Math.max(1, Math.floor(HELD / rowCount(sums)));
  const all: Largest[] = [];
  for (let start = 0; start < count; start += step) {
    await breathe();
    const block = directions.data.subarray(start * width, Math.min(count, start + step) * width);
    const out = await product.run({
      directions: float32(block, [block.length / width, width]),
      sums: float32(sums.data, [rowCount(sums), width]),
    });
    const indices = integers(out, 'indices');
    const values = floats(out, 'values');
    for (let at = 0; at < values.length; at += k) {
      all.push(sorted(indices.subarray(at, at + k), values.subarray(at, at + k)));
    }
  }
  return all;
}

/** ONNX Runtime gives the k largest in no order. */
function sorted(indices: Int32Array, values: Float32Array): Largest {
  const order = [...indices.keys()].sort(
    (a, b) => Math.abs(values[b]!) - Math.abs(values[a]!) || indices[a]! - indices[b]!,
  );
  return {
    rows: Int32Array.from(order, (i) => indices[i]!),
    values: Float32Array.from(order, (i) => values[i]!),
  };
}

/** What a person should know of means over pictures that were summed. */
export function sumNotes(classes: readonly ClassCount[]): string[] {
  const pictures = classes.reduce((sum, one) => sum + one.pictures, 0);
  const summed = classes.reduce((sum, one) => sum + one.summed, 0);
  const right = classes.every((one) => one.summed === one.both && one.pictures === one.both);
  if (right) return [];
  return [
    summed === 0
      ? 'No contributions were computed for these pictures: they are when the library is indexed with contributions.'
      : `The means are over ${summed} pictures that were summed, but the library now has ${pictures}: index it again.`,
  ];
}
