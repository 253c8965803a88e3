import type { GraphContent, Node } from './graph';

/**
 * The graph with tables of half precision widened before rows are taken from them, not after. The runtime does it once, on
 * the CPU, when it makes a session, so that a GPU need not know half precision. On the CPU itself it would be a loss: there
 * rows are read where they lie.
 */
export function widened(graph: GraphContent): GraphContent {
  const halves = new Set(
    graph.initializers
      .filter(({ value: { type } }) => type === 'float16' || type === 'bfloat16')
      .map(({ value }) => value.name),
  );
  const isTable = ({ op, inputs: [data] }: Node) => op === 'Gather' && data !== undefined && halves.has(data);
  const tables = new Set(graph.nodes.filter(isTable).map(({ inputs }) => inputs[0]!));
  const wide = (name: string) => `${name}/wide`;
  return {
    ...graph,
    nodes: [
      ...Array.from(tables, (name) => ({
        op: 'Cast',
        name: wide(name),
        inputs: [name],
        outputs: [wide(name)],
        attributes: { to: { type: 'float32' } } as const,
      })),
      ...graph.nodes.map((node) =>
        isTable(node) ? { ...node, inputs: [wide(node.inputs[0]!), ...node.inputs.slice(1)] } : node,
      ),
    ],
  };
}
