import type { Attribute, GraphContent, Initializer, Node } from '../../src/engine/graph/graph';

/**
 * A graph of `halved` in single precision, each number that it has in half precision rounded as that has it: ties to even,
 * multiples of 2⁻²⁴ below 2⁻¹⁴, infinite from 65 520 on. The runtime's CPU provider leaves that rounding out: it widens the
 * operands of a product in half precision, and drops the two casts that then follow one another.
 *
 * Sums within a product are of single precision, rounded once at the end. A GPU may round on the way, too.
 */
export function roundedHalves(graph: GraphContent): GraphContent {
  const nodes: Node[] = [];
  const initializers: Initializer[] = [...graph.initializers];
  const constant = (name: string, x: number): string => {
    const value = { name: `rounding/${name}`, type: 'float32', shape: [] } as const;
    initializers.push({ kind: 'inline', value, bytes: new Uint8Array(Float32Array.of(x).buffer) });
    return value.name;
  };
  const one = (op: string, inputs: readonly string[], output: string): string => {
    nodes.push({ op, name: output, inputs, outputs: [output], attributes: {} });
    return output;
  };
  const splitter = constant('splitter', 2 ** 13 + 1);
  const anchor = constant('anchor', 0.75);
  const normal = constant('normal', 2 ** -14);
  const limit = constant('limit', 65520);
  const infinite = constant('infinite', Number.POSITIVE_INFINITY);

  /** Veltkamp's splitting for what is normal; beside 0.75, float32 has multiples of 2⁻²⁴ only. */
  const round = (from: string, to: string): void => {
    const part = (op: string, name: string, ...inputs: string[]) => one(op, inputs, `${to}/${name}`);
    const wide = part('Mul', 'wide', from, splitter);
    const split = part('Sub', 'split', wide, part('Sub', 'rest', wide, from));
    const small = part('Sub', 'small', part('Add', 'anchored', from, anchor), anchor);
    const size = part('Abs', 'size', from);
    const finite = part('Where', 'finite', part('Less', 'is-small', size, normal), small, split);
    const beyond = part('Mul', 'beyond', part('Sign', 'sign', from), infinite);
    one('Where', [part('Less', 'is-finite', size, limit), finite, beyond], to);
  };

  const halves = new Set(
    graph.initializers.filter(({ value }) => value.type === 'float16').map(({ value }) => value.name),
  );
  for (const node of graph.nodes) {
    const type = castTo(node.attributes.to);
    const [output] = node.outputs as [string];
    // What is stored in half precision is widened wherever it is used.
    const inputs = node.inputs.map((name) => (halves.has(name) ? `${name}/single` : name));
    if (type === 'float16') round(node.inputs[0]!, output);
    else if (node.op === 'Cast' && halves.has(node.inputs[0]!)) nodes.push(node);
    else if (output.endsWith('/half') && ['MatMul', 'Gemm', 'Conv'].includes(node.op)) {
      nodes.push({ ...node, inputs, outputs: [`${output}/unrounded`] });
      round(`${output}/unrounded`, output);
    } else nodes.push({ ...node, inputs });
  }
  const widening = Array.from(
    halves,
    (name): Node => ({
      op: 'Cast',
      name: `${name}/single`,
      inputs: [name],
      outputs: [`${name}/single`],
      attributes: { to: { type: 'float32' } },
    }),
  );
  return { ...graph, initializers, nodes: [...widening, ...nodes] };
}

function castTo(to: Attribute | undefined): string | undefined {
  return typeof to === 'object' && 'type' in to ? to.type : undefined;
}
