import { expect, test } from 'vitest';
import { multiplyAdds } from '../../../src/engine/graph/cost';
import { pullback } from '../../../src/engine/graph/gradients';
import { Graph } from '../../../src/engine/graph/graph';

test('matrix products are counted once, at the sizes given', () => {
  const g = new Graph();
  const x = g.input('x', 'float32', ['images', 4, 6]);
  const weight = g.constant(new Float32Array(48), [8, 6]);
  const y = g.linear(x, weight);
  const scores = g.matmul(y, g.transpose(y, [0, 2, 1]));
  g.linear(x, weight);
  g.output('scores', scores);
  expect(multiplyAdds(g, { images: 3 })).toBe(3 * (4 * 8 * 6 + 4 * 4 * 8));
});

test('where 1 row meets n there are n', () => {
  const g = new Graph();
  const x = g.input('x', 'float32', ['images', 6]);
  const y = g.linear(x, g.constant(new Float32Array(48), [8, 6]));
  const [dx] = pullback(g, g.mul(y, y), g.input('dy', 'float32', ['prompts', 8]), [x]);
  g.output('dx', dx ?? expect.unreachable());
  expect(multiplyAdds(g, { images: 1, prompts: 10 })).toBe(48 + 480);
  expect(() => multiplyAdds(g, { images: 1 })).toThrow('prompts');
});
