import { join } from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { Graph, type GraphContent } from '../../../src/engine/graph/graph';
import { halved } from '../../../src/engine/graph/halved';
import { toOnnx } from '../../../src/engine/graph/onnx';
import { ModelProtoSchema } from '../../../src/engine/graph/onnx_pb';
import { widened } from '../../../src/engine/graph/widened';
import { fromHalfRow, toHalfRows } from '../../../src/engine/library/halfPrecision';
import { float32, floats, int64, Session } from '../../../src/engine/runtime/session';
import { roundedHalves } from '../../support/roundedHalves';
import { randomNumbers } from './numbers';
import { float32Bytes, temporaryFolder, writeWeights } from './weightsFile';

const folder = temporaryFolder();
// 0.5, −1.25, 3, 0, 2, −0.75
const halfBytes = new Uint8Array(Uint16Array.of(0x3800, 0xbd00, 0x4200, 0x0000, 0x4000, 0xba00).buffer);
const weights = writeWeights(join(folder, 'weights'), {
  single: { type: 'float32', shape: [2, 3], bytes: float32Bytes([1 / 3, -1.25, 3, 0, 2, -0.75]) },
  half: { type: 'float16', shape: [2, 3], bytes: halfBytes },
});

/** Ops of the model in order, with the names that they read and give. */
const encoded = (graph: GraphContent) => fromBinary(ModelProtoSchema, toOnnx(graph, folder)).graph!.node;

async function run(graph: GraphContent, feeds: Parameters<Session['run']>[0]): Promise<Float32Array> {
  const session = await Session.create(graph, { folder, threads: 1 });
  try {
    return floats(await session.run(feeds), 'y');
  } finally {
    await session.release();
  }
}

/** The nearest number of half precision. */
function nearestHalf(x: number): number {
  const { halves, scales } = toHalfRows(Float32Array.of(x), 1);
  const out = new Float32Array(1);
  fromHalfRow(halves, scales[0]!, out, 0);
  return out[0]!;
}

describe('products in half precision', () => {
  test('round their operands and their result', async () => {
    const g = new Graph();
    const x = g.input('x', 'float32', ['rows', 3]);
    g.output('y', g.linear(x, g.weight(weights.single)));
    const [a, b] = [randomNumbers(1)(3), randomNumbers(2)(3)];
    const y = await run(roundedHalves(halved(g)), { x: float32(Float32Array.of(...a, ...b), [2, 3]) });
    const rows = [
      [1 / 3, -1.25, 3],
      [0, 2, -0.75],
    ].map((row) => row.map(nearestHalf));
    const expected = [a, b].flatMap((of) =>
      rows.map((row) => nearestHalf(row.reduce((sum, w, i) => sum + w * nearestHalf(of[i]!), 0))),
    );
    expect([...y]).toEqual(expected);
  });

  test('leave everything else as it was', async () => {
    const g = new Graph();
    const x = g.input('x', 'float32', ['rows', 4]);
    const normed = g.layerNorm(x, g.constant(Float32Array.of(1, 2, 0.3, 0.7), [4]), undefined, 1e-5);
    g.output('y', g.add(g.softmax(normed), g.mul(g.sigmoid(x), g.normalize(x))));
    const feeds = { x: float32(randomNumbers(3)(8), [2, 4]) };
    expect(encoded(halved(g))).toEqual(encoded(g));
    expect(await run(halved(g), feeds)).toEqual(await run(g, feeds));
  });

  test('what moves from one to the next stays as it is, and what is stored in half precision is taken as it is', () => {
    const g = new Graph();
    const x = g.input('x', 'float32', ['rows', 2, 3]);
    const inner = g.linear(x, g.weight(weights.half));
    g.output('y', g.matmul(inner, g.transpose(inner, [0, 2, 1])));
    const casts = encoded(halved(g)).filter(({ opType }) => opType === 'Cast');
    expect(casts.map(({ input, output }) => [...input, ...output].map((name) => /half$/.test(name)))).toEqual(
      [
        [false, true],
        [true, false],
      ],
    );
  });

  test('a stream that is added to is in single precision between them', async () => {
    const g = new Graph();
    const x = g.input('x', 'float32', ['rows', 1]);
    const one = g.constant(Float32Array.of(1), [1, 1]);
    g.output('y', g.add(x, g.linear(x, one)));
    const x0 = 1 + 2 ** -20;
    expect([...(await run(roundedHalves(halved(g)), { x: float32(Float32Array.of(x0), [1, 1]) }))]).toEqual([
      Math.fround(x0 + 1),
    ]);
  });

  test('are refused where there is double precision', () => {
    const g = new Graph();
    const x = g.cast(g.input('x', 'float32', ['rows', 2, 2]), 'float64');
    g.output('y', g.cast(g.matmul(x, x), 'float32'));
    expect(() => halved(g)).toThrow('double precision');
  });
});

describe('tables of half precision', () => {
  test('are widened before rows are taken, and give the same', async () => {
    const g = new Graph();
    g.output('y', g.toFloat32(g.gather(g.stored(weights.half), g.input('ids', 'int64', ['n']))));
    const feeds = { ids: int64(BigInt64Array.of(1n), [1]) };
    expect(encoded(g).map(({ opType }) => opType)).toEqual(['Gather', 'Cast', 'Identity']);
    expect(
      encoded(widened(g))
        .map(({ opType }) => opType)
        .slice(0, 2),
    ).toEqual(['Cast', 'Gather']);
    expect([...(await run(widened(g), feeds))]).toEqual([0, 2, -0.75]);
    expect(await run(widened(g), feeds)).toEqual(await run(g, feeds));
  });
});
