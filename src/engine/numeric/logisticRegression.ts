import { tmpdir } from 'node:os';
import { type Program, program } from '../runtime/program';
import { doubles, float64 } from '../runtime/session';
import { minimiseConvex, type Slope } from './lbfgs';

/** Examples of classes, each by the numbers that it is told by. */
export interface Examples {
  /** [examples, width] */
  readonly features: Float32Array | Float64Array;
  readonly width: number;
  /** Of each example, from 0. */
  readonly classes: Int32Array;
  /** Each has an example. */
  readonly classCount: number;
}

/** Class k of x by the largest of w_k·x + b_k; their softmax are its probabilities. */
export interface LogisticModel {
  /** [classes, width]; their sum over the classes is 0. */
  readonly weights: Float64Array;
  /** [classes], likewise. */
  readonly biases: Float64Array;
  readonly steps: number;
}

export interface LogisticOptions {
  /** Inverse strength of the penalty. */
  readonly c: number;
  /** Of the weights' length: how far they may be from the best ones. */
  readonly tolerance?: number;
  readonly mostSteps?: number;
  /** A model of the same classes to begin with: of another `c`, say. */
  readonly start?: Pick<LogisticModel, 'weights' | 'biases'>;
  /** Called before each pass over the examples; what it throws ends the fit. */
  readonly between?: () => Promise<void>;
}

/** Fits to the same examples, one at a time. */
export interface LogisticRegression {
  fit(options: LogisticOptions): Promise<LogisticModel>;
  release(): Promise<void>;
}

/**
 * Multinomial logistic regression with an L2 penalty: the W [classes, width] and b that make
 *
 *   f = c·Σ_i −log softmax(W·x_i + b)[class i] + ½‖W‖²
 *
 * least, as scikit-learn's LogisticRegression(C=c) of three classes or more. Of two it is the same formula, with a row
 * for each: scikit-learn's single row is then w₁ − w₀, and its C is twice this c, for two opposite rows of half the
 * length are penalised half as much. Biases are not penalised; features are taken as they are.
 *
 * f curves at least as ½‖W‖² does, so W is at most as far from the best one as its gradient is long: it ends where the
 * gradient is at most `tolerance`·max(1, ‖W‖), and throws where that takes too many steps. In float64, by ONNX Runtime.
 */
export function openLogisticRegression(examples: Examples, threads: number | undefined): LogisticRegression {
  demandExamples(examples);
  const { width, classes, classCount } = examples;
  const { features, centre, scale } = withConstant(examples);
  const columns = width + 1;
  const products = openProducts(features, classes.length, columns, threads);

  const slopeAt = async (point: Float64Array, c: number): Promise<Slope> => {
    const scores = await products.scores(point, classCount);
    const loss = towardsResiduals(scores, classes, classCount);
    const gradient = await products.gradient(scores, classCount);
    let penalty = 0;
    for (let i = 0; i < gradient.length; i++) {
      gradient[i]! *= c;
      if (i % columns === width) continue;
      gradient[i]! += point[i]!;
      penalty += point[i]! ** 2;
    }
    return { value: c * loss + penalty / 2, gradient };
  };

  return {
    async fit({ c, tolerance = 1e-6, mostSteps = 10_000, start, between }) {
      if (!(c > 0 && c < Number.POSITIVE_INFINITY)) throw new Error(`${c} is no strength of a penalty`);
      const { point, steps } = await minimiseConvex(
        async (at) => {
          await between?.();
          return slopeAt(at, c);
        },
        {
          start:
            start === undefined ? new Float64Array(classCount * columns) : augmented(start, centre, scale),
          isReached: (at, gradient) => length(gradient) <= tolerance * Math.max(1, length(at)),
          mostSteps,
        },
      );
      return { ...plain(point, classCount, centre, scale), steps };
    },
    release: () => products.release(),
  };
}

/** The score of each class, [examples, classes]: W·x + b. */
export function logisticScores(
  { weights, biases }: Pick<LogisticModel, 'weights' | 'biases'>,
  features: Float32Array | Float64Array,
): Float64Array {
  const classCount = biases.length;
  const width = weights.length / classCount;
  const scores = new Float64Array((features.length / width) * classCount);
  for (let at = 0; at < scores.length; at++) {
    const [row, k] = [Math.floor(at / classCount) * width, at % classCount];
    let sum = biases[k]!;
    for (let j = 0; j < width; j++) sum += weights[k * width + j]! * features[row + j]!;
    scores[at] = sum;
  }
  return scores;
}

function demandExamples({ features, width, classes, classCount }: Examples): void {
  if (features.length !== classes.length * width) {
    throw new Error(`${features.length} numbers are not ${classes.length} rows of ${width}`);
  }
  if (!features.every(Number.isFinite)) throw new Error('a feature that is no number');
  if (
    classCount < 2 ||
    new Set(classes).size !== classCount ||
    classes.some((k) => k < 0 || k >= classCount)
  ) {
    throw new Error(`${classCount} classes, of which some have no example`);
  }
}

/**
 * The features less their mean, and a constant for the bias, in proportion: the same W is best, with b moved by W·mean,
 * and far fewer steps lead to it.
 */
function withConstant({ features, width, classes }: Examples) {
  const n = classes.length;
  const centre = new Float64Array(width);
  for (let i = 0; i < features.length; i++) centre[i % width]! += features[i]! / n;
  const all = new Float64Array(n * (width + 1));
  let squares = 0;
  for (let i = 0; i < features.length; i++) {
    const value = features[i]! - centre[i % width]!;
    all[Math.floor(i / width) * (width + 1) + (i % width)] = value;
    squares += value * value;
  }
  const scale = Math.sqrt(squares / features.length) || 1;
  for (let i = width; i < all.length; i += width + 1) all[i] = scale;
  return { features: all, centre, scale };
}

/** Rows with their bias, as the centred features have them, [classes, width + 1]. */
function augmented(
  { weights, biases }: Pick<LogisticModel, 'weights' | 'biases'>,
  centre: Float64Array,
  scale: number,
): Float64Array {
  const width = centre.length;
  const point = new Float64Array(biases.length * (width + 1));
  for (let k = 0; k < biases.length; k++) {
    let bias = biases[k]!;
    for (let j = 0; j < width; j++) {
      point[k * (width + 1) + j] = weights[k * width + j]!;
      bias += weights[k * width + j]! * centre[j]!;
    }
    point[k * (width + 1) + width] = bias / scale;
  }
  return point;
}

function plain(point: Float64Array, classCount: number, centre: Float64Array, scale: number) {
  const width = centre.length;
  const weights = new Float64Array(classCount * width);
  const biases = new Float64Array(classCount);
  for (let k = 0; k < classCount; k++) {
    let bias = point[k * (width + 1) + width]! * scale;
    for (let j = 0; j < width; j++) {
      const weight = point[k * (width + 1) + j]!;
      weights[k * width + j] = weight;
      bias -= weight * centre[j]!;
    }
    biases[k] = bias;
  }
  const mean = biases.reduce((sum, bias) => sum + bias, 0) / classCount;
  return { weights, biases: biases.map((bias) => bias - mean) };
}

/** Scores become probabilities less what is true, in place; the sum of −log of the true class's probability. */
function towardsResiduals(scores: Float64Array, classes: Int32Array, classCount: number): number {
  let loss = 0;
  for (let i = 0, from = 0; i < classes.length; i++, from += classCount) {
    const to = from + classCount;
    let most = Number.NEGATIVE_INFINITY;
    for (let at = from; at < to; at++) most = Math.max(most, scores[at]!);
    const own = scores[from + classes[i]!]! - most;
    let sum = 0;
    for (let at = from; at < to; at++) {
      scores[at] = Math.exp(scores[at]! - most);
      sum += scores[at]!;
    }
    loss += Math.log(sum) - own;
    for (let at = from; at < to; at++) scores[at]! /= sum;
    scores[from + classes[i]!]! -= 1;
  }
  return loss;
}

/** The two products of each pass, off the event loop. */
function openProducts(features: Float64Array, n: number, columns: number, threads: number | undefined) {
  // Neither has weights to look for.
  const options = { folder: tmpdir(), threads };
  const rows = float64(features, [n, columns]);
  const forth: Program = program((g) => {
    const x = g.input('x', 'float64', [n, columns]);
    const w = g.input('w', 'float64', ['classes', columns]);
    g.output('scores', g.matmul(x, g.transpose(w, [1, 0])));
  }, options);
  const back: Program = program((g) => {
    const residuals = g.input('residuals', 'float64', [n, 'classes']);
    const x = g.input('x', 'float64', [n, columns]);
    g.output('gradient', g.matmul(g.transpose(residuals, [1, 0]), x));
  }, options);
  return {
    /** [examples, classes] */
    async scores(point: Float64Array, classCount: number): Promise<Float64Array> {
      return doubles(await forth.run({ x: rows, w: float64(point, [classCount, columns]) }), 'scores');
    },
    /** [classes, columns] */
    async gradient(residuals: Float64Array, classCount: number): Promise<Float64Array> {
      const found = await back.run({ x: rows, residuals: float64(residuals, [n, classCount]) });
      return doubles(found, 'gradient');
    },
    async release(): Promise<void> {
      await Promise.all([forth.release(), back.release()]);
    },
  };
}

function length(vector: Float64Array): number {
  let squares = 0;
  for (const value of vector) squares += value * value;
  return Math.sqrt(squares);
}
