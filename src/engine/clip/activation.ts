import type { Graph } from '../graph/graph';
import type { Value } from '../graph/value';
import type { Activation } from './config';

/** The MLP's non-linearity, elementwise. */
export function activate(g: Graph, activation: Activation, h: Value): Value {
  switch (activation) {
    case 'quick_gelu':
      return g.mul(h, g.sigmoid(g.mul(h, 1.702)));
    case 'gelu':
      return g.mul(g.mul(h, 0.5), g.add(g.erf(g.mul(h, Math.SQRT1_2)), g.scalar(1)));
    case 'gelu_pytorch_tanh': {
      const cubic = g.mul(g.add(g.mul(g.mul(h, h), 0.044715), g.scalar(1)), h);
      return g.mul(g.mul(h, 0.5), g.add(g.tanh(g.mul(cubic, Math.sqrt(2 / Math.PI))), g.scalar(1)));
    }
  }
}
