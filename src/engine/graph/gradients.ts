import type { Graph } from './graph';
import { pullbacks, pushforwards, type Tangents } from './rules';
import { sameBeyondRows, show } from './shape';
import type { DifferentiableOp, Opaque, Operations, Origin, Value } from './value';

/**
 * Reverse mode, row by row: for each source x the product Jᵀ·dy of y's Jacobian with respect to x.
 *
 * Sources are independent variables: one of them is held while another varies, even if it was computed from it.
 * A derivative has the shape of its source, with the rows of dy, y and all between joined (1 or n).
 *
 * @param dy shaped like y, with 1 row or n: one cotangent a row.
 * @returns one derivative a source; undefined where y does not depend on the source: there it is exactly zero.
 * @throws where the path from a source to y passes an op that has no derivative.
 */
export function pullback(
  g: Graph,
  y: Value,
  dy: Value,
  sources: readonly Value[],
): readonly (Value | undefined)[] {
  expectFit(dy, y);
  const steps = path(y, new Set(sources));
  const onPath = new Set<Value>([...sources, ...steps.map(({ value }) => value)]);
  const cotangents = new Map([[y, dy]]);
  for (const { value, origin } of steps.reverse()) {
    const thunks = pullBackStep(g, origin, value, cotangents.get(value)!);
    thunks.forEach((thunk, i) => {
      const input = origin.inputs[i]!;
      if (!onPath.has(input)) return;
      const before = cotangents.get(input);
      cotangents.set(input, before ? g.add(before, thunk()) : thunk());
    });
  }
  return sources.map((source) => cotangents.get(source));
}

/**
 * Forward mode, row by row: J·dx, where `tangents` gives dx for each of the sources.
 *
 * @param tangents shaped like their sources, with 1 row or n: one tangent a row.
 * @returns the tangent of y.
 * @throws where y depends on none of the sources, or the path passes an op that has no derivative.
 */
export function pushforward(g: Graph, y: Value, tangents: ReadonlyMap<Value, Value>): Value {
  for (const [source, tangent] of tangents) expectFit(tangent, source);
  const all = new Map(tangents);
  for (const { value, origin } of path(y, new Set(tangents.keys()))) {
    const inputs = origin.inputs.map((input) => all.get(input));
    all.set(value, pushForwardStep(g, origin, value, inputs));
  }
  const dy = all.get(y);
  if (!dy) throw new Error(`${y.name} depends on none of the sources: its tangent is exactly zero.`);
  return dy;
}

interface Step {
  readonly value: Value;
  readonly origin: Origin;
}

/** The steps between the sources and y, in the order in which they are computed. */
function path(y: Value, sources: ReadonlySet<Value>): Step[] {
  const steps: Step[] = [];
  const seen = new Map<Value, boolean>();
  const depends = (value: Value): boolean => {
    if (sources.has(value)) return true;
    const known = seen.get(value);
    if (known !== undefined) return known;
    const { origin } = value;
    // Indices, sizes and comparisons do not change under a small step of a source.
    const differentiable = value.type === 'float32' && origin !== undefined;
    const does = differentiable && origin.inputs.map(depends).includes(true);
    if (differentiable && 'parameters' in origin && origin.parameters.some(depends)) {
      throw new Error(`No derivative with respect to the parameters of ${value.name}.`);
    }
    seen.set(value, does);
    if (does) steps.push({ value, origin: differentiableOrigin(origin) });
    return does;
  };
  depends(y);
  return steps;
}

function differentiableOrigin(origin: Origin | Opaque): Origin {
  if (origin.op !== 'Opaque') return origin;
  throw new Error(`No derivative for ${origin.node}, which lies between a source and the result.`);
}

function pullBackStep<K extends DifferentiableOp>(
  g: Graph,
  origin: Origin<K>,
  y: Value,
  dy: Value,
): readonly (() => Value)[] {
  return pullbacks[origin.op](g, dy, origin, y);
}

function pushForwardStep<K extends DifferentiableOp>(
  g: Graph,
  origin: Origin<K>,
  y: Value,
  tangents: readonly (Value | undefined)[],
): Value {
  // One entry an input, at least one of them there (else the step is on no path): what every op's Tangents asks.
  return pushforwards[origin.op](g, tangents as Tangents<Operations[K]['inputs']>, origin, y);
}

function expectFit(derivative: Value, of: Value): void {
  if (sameBeyondRows(derivative.shape, of.shape)) return;
  throw new Error(`A derivative of ${show(of.shape)} cannot have shape ${show(derivative.shape)}.`);
}
