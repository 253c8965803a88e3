import type { GraphContent, Node } from './graph';
import type { ValueType } from './value';

/** Where the time of a tower goes. */
const products = new Set(['MatMul', 'Gemm', 'Conv']);

/** Ops that only move numbers: by how many of their inputs, from the first, these numbers come. */
const moves: ReadonlyMap<string, number> = new Map([
  ['Reshape', 1],
  ['Transpose', 1],
  ['Slice', 1],
  ['Expand', 1],
  ['Concat', Number.POSITIVE_INFINITY],
]);

/**
 * The graph with its products in half precision: operands are rounded to 11 significant bits, and so is the result.
 * Everything else (what adds to the stream, normalises, sums or takes differences) is in single precision as before, and
 * inputs and outputs are float32. A number below 6·10⁻⁸ is rounded to 0 on its way into a product, one above 65 504 is
 * infinite.
 *
 * Weights are rounded by the runtime when it makes a session; those that are stored in half precision are taken as they
 * are. What comes out of a product and only moves on its way to the next one stays in half precision.
 *
 * @throws where something is in double precision: that has its reasons.
 */
export function halved(graph: GraphContent): GraphContent {
  refuseDoubles(graph);
  const nodes: Node[] = [];
  // Names of the same numbers in half precision. Where nobody asks for one of the two forms, toOnnx leaves it out.
  const halves = new Map<string, string>();
  const stored = new Set(
    graph.initializers.filter(({ value }) => value.type === 'float16').map(({ value }) => value.name),
  );
  const cast = (from: string, to: string, type: ValueType): void => {
    nodes.push({
      op: 'Cast',
      name: `${to}/${type}`,
      inputs: [from],
      outputs: [to],
      attributes: { to: { type } },
    });
  };
  const halfOf = (name: string): string => {
    if (name === '') return name;
    const known = halves.get(name);
    if (known !== undefined) return known;
    const half = `${name}/half`;
    cast(name, half, 'float16');
    halves.set(name, half);
    return half;
  };
  const inHalf = (node: Node, inputs: readonly string[]): void => {
    const [output] = node.outputs as [string];
    const half = `${output}/half`;
    nodes.push({ ...node, inputs, outputs: [half] });
    halves.set(output, half);
    cast(half, output, 'float32');
  };
  for (const node of graph.nodes) {
    const [first] = node.inputs;
    const moved = node.inputs.slice(0, moves.get(node.op) ?? 0);
    if (products.has(node.op)) {
      inHalf(node, node.inputs.map(halfOf));
    } else if (moved.length > 0 && moved.every((name) => halves.has(name))) {
      inHalf(node, [...moved.map(halfOf), ...node.inputs.slice(moved.length)]);
    } else {
      nodes.push(node);
      if (node.op === 'Cast' && first !== undefined && stored.has(first)) halves.set(node.outputs[0]!, first);
    }
  }
  return { ...graph, nodes };
}

function refuseDoubles({ inputs, initializers, nodes }: GraphContent): void {
  const values = [...inputs, ...initializers.map(({ value }) => value)];
  const casts = nodes.flatMap(({ attributes: { to } }) =>
    typeof to === 'object' && 'type' in to ? [to] : [],
  );
  if ([...values, ...casts].some(({ type }) => type === 'float64')) {
    throw new Error('a graph in double precision is not computed in half precision');
  }
}
