import type { Graph } from './graph';
import type { Shape, Value } from './value';

/**
 * Multiply-adds of the matrix products in a run of the graph, where each symbolic dimension has the size given.
 * A joined dimension (1 row against n) has the largest of its parts' sizes. Throws for a symbol without a size.
 */
export function multiplyAdds(graph: Graph, sizes: Readonly<Record<string, number>>): number {
  const seen = new Set<Value>();
  let total = 0;
  const visit = (value: Value): void => {
    if (seen.has(value)) return;
    seen.add(value);
    const { origin } = value;
    if (origin === undefined) return;
    if (origin.op === 'Linear' || origin.op === 'MatMul') {
      total += elements(value.shape, sizes) * elements(origin.inputs[0].shape.slice(-1), sizes);
    }
    origin.inputs.forEach(visit);
  };
  for (const { value } of graph.outputs) visit(value);
  return total;
}

function elements(shape: Shape, sizes: Readonly<Record<string, number>>): number {
  return shape.reduce<number>((product, dimension) => {
    if (typeof dimension === 'number') return product * dimension;
    return product * Math.max(...dimension.split('|').map((symbol) => sizeOf(symbol, sizes)));
  }, 1);
}

function sizeOf(symbol: string, sizes: Readonly<Record<string, number>>): number {
  const size = sizes[symbol];
  if (size === undefined) throw new Error(`no size is given for the dimension ${symbol}`);
  return size;
}
