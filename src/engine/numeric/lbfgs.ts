/** A value and its gradient. */
export interface Slope {
  readonly value: number;
  readonly gradient: Float64Array;
}

export interface MinimiseOptions {
  /** Where to begin; not written to. */
  readonly start: Float64Array;
  /** Whether a point is near enough. */
  readonly isReached: (point: Float64Array, gradient: Float64Array) => boolean;
  readonly mostSteps: number;
}

/** What was looked for was not reached: the function may curve too little, or its digits may not do. */
export class NotConverged extends Error {}

/** Differences that the curvature is learned from. */
const MEMORY = 20;
/** The slope along the line must become less steep than this share of what it was … */
const LESS_STEEP = 0.9;
/** … and not rise more steeply than this: Hager and Zhang's approximate condition of Wolfe, δ = 0.1. */
const NOT_BEYOND = 0.8;
const MOST_TRIALS = 60;

/**
 * The least of a convex, smooth function by L-BFGS (Nocedal and Wright, *Numerical Optimization*, algorithm 7.5). Lines
 * are searched by the slope alone: along a line of a convex function it only rises, and it keeps its digits where
 * differences of values have lost theirs. Throws `NotConverged` where the point is not reached
 * within the steps.
 */
export async function minimiseConvex(
  slopeAt: (point: Float64Array) => Promise<Slope>,
  { start, isReached, mostSteps }: MinimiseOptions,
): Promise<{ readonly point: Float64Array; readonly steps: number }> {
  let point: Float64Array = start.slice();
  let { gradient } = await slopeAt(point);
  const memory: Pair[] = [];
  for (let steps = 0; steps < mostSteps; steps++) {
    if (isReached(point, gradient)) return { point, steps };
    let direction = descent(gradient, memory);
    if (!(inner(direction, gradient) < 0)) {
      memory.length = 0;
      direction = descent(gradient, memory);
    }
    const first = memory.length === 0 ? Math.min(1, 1 / Math.sqrt(inner(gradient, gradient))) : 1;
    const next = await alongLine(slopeAt, point, gradient, direction, first);
    const step = difference(next.point, point);
    const change = difference(next.gradient, gradient);
    const curvature = inner(step, change);
    if (curvature > 0) memory.push({ step, change, curvature });
    if (memory.length > MEMORY) memory.shift();
    ({ point, gradient } = next);
  }
  if (isReached(point, gradient)) return { point, steps: mostSteps };
  throw new NotConverged(
    `not converged in ${mostSteps} steps: the gradient is ${Math.sqrt(inner(gradient, gradient))}`,
  );
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  /** step·change, above 0. */
  readonly curvature: number;
}

/** −H·gradient, H the inverse of the curvature as the pairs have it. */
function descent(gradient: Float64Array, memory: readonly Pair[]): Float64Array {
  const direction = gradient.map((slope) => -slope);
  const taken: number[] = [];
  for (const { step, change, curvature } of memory.toReversed()) {
    const share = inner(step, direction) / curvature;
    taken.push(share);
    addTo(direction, -share, change);
  }
  const last = memory.at(-1);
  if (last !== undefined) {
    const scale = last.curvature / inner(last.change, last.change);
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  }
  for (const { step, change, curvature } of memory) {
    addTo(direction, taken.pop()! - inner(change, direction) / curvature, step);
  }
  return direction;
}

/** A point on the line where the slope is nearly level: outwards until it is bracketed, then between the ends. */
async function alongLine(
  slopeAt: (point: Float64Array) => Promise<Slope>,
  from: Float64Array,
  gradient: Float64Array,
  direction: Float64Array,
  first: number,
): Promise<{ readonly point: Float64Array; readonly gradient: Float64Array }> {
  const steep = inner(gradient, direction);
  let [low, lowSlope] = [0, steep];
  let [high, highSlope] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  let length = first;
  for (let trial = 0; trial < MOST_TRIALS; trial++) {
    const point = from.slice();
    addTo(point, length, direction);
    const there = await slopeAt(point);
    const slope = Number.isFinite(there.value) ? inner(there.gradient, direction) : Number.POSITIVE_INFINITY;
    if (slope >= LESS_STEEP * steep && slope <= -NOT_BEYOND * steep)
      return { point, gradient: there.gradient };
    if (slope < 0) [low, lowSlope] = [length, slope];
    else [high, highSlope] = [length, slope];
    length = between(low, lowSlope, high, highSlope);
  }
  throw new NotConverged(
    `the slope along a line of a convex function did not become level in ${MOST_TRIALS} trials`,
  );
}

/** Where the slope would be level if it were straight, well inside of the ends. */
function between(low: number, lowSlope: number, high: number, highSlope: number): number {
  if (high === Number.POSITIVE_INFINITY) return low * 4;
  const share = Number.isFinite(highSlope) ? lowSlope / (lowSlope - highSlope) : 0.1;
  return low + Math.min(0.9, Math.max(0.1, share)) * (high - low);
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function addTo(target: Float64Array, factor: number, vector: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i]! += factor * vector[i]!;
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value - b[i]!);
}
