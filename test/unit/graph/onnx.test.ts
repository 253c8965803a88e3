import { mkdirSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { fromBinary } from '@bufbuild/protobuf';
import { describe, expect, test } from 'vitest';
import { Graph } from '../../../src/engine/graph/graph';
import { toOnnx } from '../../../src/engine/graph/onnx';
import { ModelProtoSchema } from '../../../src/engine/graph/onnx_pb';
import type { StoredTensor, Value } from '../../../src/engine/graph/value';
import { float32, Session } from '../../../src/engine/runtime/session';
import { bfloat16Bytes, float32Bytes, temporaryFolder, writeWeights } from './weightsFile';

const decode = (g: Graph, folder = import.meta.dirname) =>
  fromBinary(ModelProtoSchema, toOnnx(g, folder)).graph!;

describe('weights', () => {
  const numbers = [0.5, -1.25, 3, 0, 2, -0.75];
  const half = Uint16Array.of(0x3800, 0xbd00, 0x4200, 0x0000, 0x4000, 0xba00);
  const folder = temporaryFolder();
  const weights = writeWeights(path.join(folder, 'model.safetensors'), {
    decoy: { type: 'float32', shape: [3], bytes: float32Bytes([9, 9, 9]) },
    float32: { type: 'float32', shape: [2, 3], bytes: float32Bytes(numbers) },
    float16: { type: 'float16', shape: [2, 3], bytes: new Uint8Array(half.buffer) },
    bfloat16: { type: 'bfloat16', shape: [2, 3], bytes: bfloat16Bytes(numbers) },
  });
  const linear = (tensor: StoredTensor) => {
    const g = new Graph();
    const x = g.input('x', 'float32', ['rows', 3]);
    g.output('y', g.linear(x, g.weight(tensor)));
    return g;
  };

  test.each(['float32', 'float16', 'bfloat16'] as const)(
    '%s is read where it lies in its file',
    async (type) => {
      for (const prepack of [true, false]) {
        const session = await Session.create(linear(weights[type]), { folder, prepack, threads: 1 });
        const { y } = await session.run({ x: float32(Float32Array.of(1, 2, 4, 0, 0, 1), [2, 3]) });
        await session.release();
        expect(y).toEqual(float32(Float32Array.of(0.5 - 2.5 + 12, 4 - 3, 3, -0.75), [2, 2]));
      }
    },
  );

  test('megabytes of them make a model of less than a kilobyte', async () => {
    const [file, width] = [path.join(folder, 'large.safetensors'), 1024];
    const bytes = new Uint8Array(4 * width * width);
    const { large } = writeWeights(file, { large: { type: 'float32', shape: [width, width], bytes } });
    const g = new Graph();
    g.output('y', g.linear(g.input('x', 'float32', ['rows', width]), g.weight(large)));
    const session = await Session.create(g, { folder, threads: 1 });
    expect(session.modelBytes).toBe(toOnnx(g, folder).length);
    expect(session.modelBytes).toBeLessThan(1000);
    await session.release();
  });

  test('the location is relative to the folder, with forward slashes', async () => {
    const below = path.join(folder, 'blobs', 'deep');
    mkdirSync(below, { recursive: true });
    const bytes = float32Bytes(numbers);
    const { w } = writeWeights(path.join(below, 'w.bin'), { w: { type: 'float32', shape: [2, 3], bytes } });
    const [initializer] = decode(linear(w), folder).initializer;
    expect(initializer!.externalData.map(({ key, value }) => [key, value])).toEqual([
      ['location', 'blobs/deep/w.bin'],
      ['offset', '101'],
      ['length', '24'],
    ]);
    await (await Session.create(linear(w), { folder })).release();
  });

  test('outside the folder they are refused', () => {
    const elsewhere = path.join(folder, 'elsewhere');
    const refusal = expect.objectContaining({
      code: 'checkpoint',
      message: expect.stringContaining(elsewhere),
    });
    expect(() => toOnnx(linear(weights.float32), elsewhere)).toThrow(refusal);
    expect(() => toOnnx(linear(weights.float32), `${folder}-not`)).toThrow(
      expect.objectContaining({ code: 'checkpoint' }),
    );
  });

  test('a file that is cut short, and one that is not there, are named', async () => {
    const file = path.join(folder, 'short.safetensors');
    const bytes = float32Bytes(numbers);
    const { w } = writeWeights(file, { w: { type: 'float32', shape: [2, 3], bytes } });
    truncateSync(file, 110);
    const refusal = { code: 'checkpoint', message: expect.stringContaining(file) };
    await expect(Session.create(linear(w), { folder })).rejects.toMatchObject(refusal);
    const missing = { ...w, file: path.join(folder, 'missing.safetensors') };
    const other = { code: 'checkpoint', message: expect.stringContaining(missing.file) };
    await expect(Session.create(linear(missing), { folder })).rejects.toMatchObject(other);
  });

  test('one tensor is one constant, however often it is asked for', () => {
    const g = new Graph();
    expect(g.weight(weights.float16)).toBe(g.weight({ ...weights.float16 }));
    expect(g.weight(weights.float32)).not.toBe(g.weight(weights.bfloat16));
    expect(g.ints([1, 2])).toBe(g.ints([1, 2]));
    expect(g.scalar(2)).toBe(g.scalar(2));
  });
});

describe('nodes', () => {
  test('carry the names of their scopes', () => {
    const g = new Graph();
    const x = g.input('x', 'float32', ['rows', 3]);
    g.output(
      'y',
      g.scope('block3', () => g.scope('mlp', () => g.exp(x))),
    );
    expect(decode(g).node.map(({ name }) => name)).toEqual(['block3/mlp/Exp_0', 'output/y']);
  });

  test('and constants that no output needs are left out', () => {
    const g = new Graph();
    const x = g.input('x', 'float32', ['rows', 3]);
    const y = g.exp(x);
    g.mul(g.relu(y), 2);
    g.output('y', y);
    const { node, initializer } = decode(g);
    expect(node.map(({ opType }) => opType)).toEqual(['Exp', 'Identity']);
    expect(initializer).toEqual([]);
  });

  test("layer norm's statistics are computed only where a rule asks for them", () => {
    const g = new Graph();
    const [w, b] = [g.constant(Float32Array.of(1, 1), [2]), g.constant(Float32Array.of(0, 0), [2])];
    const y = g.layerNorm(g.input('x', 'float32', ['rows', 2]), w, b, 1e-5);
    g.output('y', y);
    const outputs = () => decode(g).node.map(({ output }) => output.length);
    expect(outputs()).toEqual([1, 1]);
    const statistics = (value: Value) =>
      value.origin?.op === 'LayerNorm' ? value.origin.statistics() : expect.unreachable();
    expect(statistics(y)).toBe(statistics(y));
    expect(outputs()).toEqual([3, 1]);
  });
});
