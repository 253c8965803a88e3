import { expect, test } from 'vitest';
import { Graph } from '../../../src/engine/graph/graph';
import { program } from '../../../src/engine/runtime/program';
import { float32, Session, type TensorData } from '../../../src/engine/runtime/session';

const options = { folder: import.meta.dirname, threads: 1 };

test('each type of tensor goes in and comes out as it was', async () => {
  const tensors: Readonly<Record<TensorData['type'], TensorData>> = {
    float32: { type: 'float32', shape: [1, 2], data: Float32Array.of(1.5, -2) },
    float64: { type: 'float64', shape: [2], data: Float64Array.of(0.1, -2) },
    int32: { type: 'int32', shape: [2], data: Int32Array.of(-3, 2 ** 31 - 1) },
    int64: { type: 'int64', shape: [1], data: BigInt64Array.of(2n ** 40n) },
    uint8: { type: 'uint8', shape: [3], data: Uint8Array.of(0, 1, 255) },
    bool: { type: 'bool', shape: [2, 1], data: Uint8Array.of(0, 1) },
  };
  const g = new Graph();
  for (const [name, { type, shape }] of Object.entries(tensors)) {
    g.output(`${name} out`, g.input(name, type, shape));
  }
  const session = await Session.create(g, options);
  const outputs = await session.run(tensors);
  await session.release();
  for (const [name, tensor] of Object.entries(tensors)) expect(outputs[`${name} out`]).toEqual(tensor);
});

test('what ONNX Runtime refuses becomes an error with its words', async () => {
  const g = new Graph();
  g.output('y', g.exp(g.input('x', 'float32', ['rows', 2])));
  const session = await Session.create(g, options);
  await expect(session.run({})).rejects.toMatchObject({
    name: 'ClipsightError',
    code: 'internal',
    message: expect.stringContaining("'x' is missing"),
  });
  const wide = float32(new Float32Array(3), [1, 3]);
  await expect(session.run({ x: wide })).rejects.toMatchObject({ code: 'internal' });
  await session.release();
  await expect(session.run({ x: wide })).rejects.toMatchObject({ code: 'internal' });

  const invalid = new Graph();
  invalid.output('y', invalid.emit('NoSuchOp', [], {}, [['float32', [1]]])[0]);
  await expect(Session.create(invalid, options)).rejects.toMatchObject({
    code: 'internal',
    message: expect.stringContaining('NoSuchOp'),
  });
});

test('outputs stay as they are when the session runs again', async () => {
  const g = new Graph();
  g.output('y', g.mul(g.input('x', 'float32', ['rows']), 2));
  const session = await Session.create(g, options);
  const first = await session.run({ x: float32(Float32Array.of(1, 2), [2]) });
  await session.run({ x: float32(Float32Array.of(3, 4), [2]) });
  await session.release();
  expect(first.y).toEqual(float32(Float32Array.of(2, 4), [2]));
});

test('a program that never became a session is released like any other', async () => {
  const broken = program((g) => g.output('y', g.emit('NoSuchOp', [], {}, [['float32', [1]]])[0]), options);
  await expect(broken.run({})).rejects.toMatchObject({ code: 'internal' });
  await broken.release();
});
