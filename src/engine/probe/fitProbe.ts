import { ClipsightError } from '../../shared/errors';
import { NotConverged } from '../numeric/lbfgs';
import {
  type LogisticModel,
  type LogisticRegression,
  logisticScores,
  openLogisticRegression,
} from '../numeric/logisticRegression';
import { uniforms } from '../numeric/uniforms';
import { dot } from '../numeric/vector';
import { type Rows, rowCount, rowOf } from '../semantics/rows';

/** Images of classes, by their raw embeddings. */
export interface LabelledEmbeddings {
  readonly embeddings: Rows;
  /** Of each image, from 0. */
  readonly classes: Int32Array;
  readonly names: readonly string[];
}

export interface FitOptions {
  /** Share of the images of each class. */
  readonly heldOut: number;
  readonly c: readonly number[];
  readonly seed: number;
  readonly threads: number | undefined;
  /** Called before each pass over the images; what it throws ends the fit. */
  readonly between: () => Promise<void>;
  /** Told of penalties tried, out of all. */
  readonly progress: (done: number, total: number) => void;
}

export interface Fit {
  readonly model: Pick<LogisticModel, 'weights' | 'biases'>;
  readonly c: number;
  readonly images: { readonly fitted: number; readonly heldOut: number };
  /** Shares of images put into their class. */
  readonly accuracy: { readonly fitted: number; readonly heldOut: number };
}

/** Of a class: fewer are too few to fit to some and to judge by the others. */
export const fewestImages = 5;

/**
 * Multinomial logistic regression on normalised embeddings, fitted to a part of the images of each class and judged by the
 * others. Of several penalties that one is taken that puts the most held-out images where they belong; of equals the
 * strongest, whose c is least.
 *
 * @throws ClipsightError `probe` where a class has too few images, or a fit does not converge; `checkpoint` where an
 *   embedding has no direction.
 */
export async function fitProbe(examples: LabelledEmbeddings, options: FitOptions): Promise<Fit> {
  const { classes, names } = examples;
  const { heldOut, seed, threads, between, progress } = options;
  demandImages(examples);
  if (classes.length * (names.length + examples.embeddings.width) > mostNumbers) {
    throw new ClipsightError(
      'probe',
      `${classes.length} images of ${names.length} classes are more than a probe is fitted to here.`,
      'Choose fewer class folders, or fit the probe elsewhere and open its file.',
    );
  }
  const { fitted, held } = split(classes, names.length, heldOut, seed);
  const [known, judging] = [part(examples, fitted), part(examples, held)];
  const regression = openLogisticRegression(
    {
      features: known.features,
      width: examples.embeddings.width,
      classes: known.classes,
      classCount: names.length,
    },
    threads,
  );
  try {
    let best: Fit | null = null;
    let start: LogisticModel | undefined;
    const tried = [...new Set(options.c)].toSorted((a, b) => a - b);
    for (const [i, c] of tried.entries()) {
      progress(i, tried.length);
      const model = await converged(regression, c, start, between);
      start = model;
      const accuracy = {
        fitted: await accuracyOf(model, known, between),
        heldOut: await accuracyOf(model, judging, between),
      };
      if (best !== null && accuracy.heldOut <= best.accuracy.heldOut) continue;
      best = { model, c, images: { fitted: fitted.length, heldOut: held.length }, accuracy };
    }
    progress(tried.length, tried.length);
    if (best === null) throw new Error('no penalty to try');
    return best;
  } finally {
    await regression.release();
  }
}

/** What a pass holds, of features and of scores: 1 GB. */
const mostNumbers = 2 ** 27;

function demandImages({ classes, names }: LabelledEmbeddings): void {
  const counts = new Int32Array(names.length);
  for (const k of classes) counts[k]!++;
  const few = counts.findIndex((count) => count < fewestImages);
  if (few === -1) return;
  const others = counts.filter((count) => count < fewestImages).length - 1;
  throw new ClipsightError(
    'probe',
    `The class “${names[few]}” has ${counts[few]} images${others === 0 ? '' : `, and ${others} other classes have as few`}: a probe takes at least ${fewestImages} of each class.`,
    'Leave it out, or index more images of it.',
  );
}

/** Examples of each class, shuffled: the first ones are held out. In ascending order. */
function split(classes: Int32Array, classCount: number, heldOut: number, seed: number) {
  const random = uniforms(seed);
  const fitted: number[] = [];
  const held: number[] = [];
  for (let k = 0; k < classCount; k++) {
    const own = [...classes.keys()].filter((i) => classes[i] === k);
    for (let i = own.length - 1; i > 0; i--) {
      const other = Math.floor(random() * (i + 1));
      [own[i], own[other]] = [own[other]!, own[i]!];
    }
    const count = Math.min(own.length - 2, Math.max(1, Math.round(heldOut * own.length)));
    held.push(...own.slice(0, count));
    fitted.push(...own.slice(count));
  }
  return { fitted: fitted.sort((a, b) => a - b), held: held.sort((a, b) => a - b) };
}

interface Part {
  /** e/‖e‖, [images, embedding] */
  readonly features: Float64Array;
  readonly classes: Int32Array;
}

function part({ embeddings, classes }: LabelledEmbeddings, which: readonly number[]): Part {
  const { width } = embeddings;
  if (rowCount(embeddings) !== classes.length) throw new Error('an embedding for each image, and no other');
  const features = new Float64Array(which.length * width);
  for (const [at, i] of which.entries()) {
    const e = rowOf(embeddings, i);
    const length = Math.sqrt(dot(e, e));
    if (!(length > 0 && length < Number.POSITIVE_INFINITY)) {
      throw new ClipsightError(
        'checkpoint',
        'The model gave an embedding that is zero, or has numbers that are not finite.',
        'The weights may be damaged: try another file of the model, and index the images again.',
      );
    }
    for (let j = 0; j < width; j++) features[at * width + j] = e[j]! / length;
  }
  return { features, classes: Int32Array.from(which, (i) => classes[i]!) };
}

async function converged(
  regression: LogisticRegression,
  c: number,
  start: LogisticModel | undefined,
  between: () => Promise<void>,
): Promise<LogisticModel> {
  try {
    return await regression.fit({ c, between, ...(start === undefined ? {} : { start }) });
  } catch (thrown) {
    if (!(thrown instanceof NotConverged)) throw thrown;
    throw new ClipsightError(
      'probe',
      `The probe does not converge with C = ${c}: ${thrown.message}.`,
      'Try smaller values of C, which penalise more.',
      { cause: thrown },
    );
  }
}

/** Images scored between two breaths. */
const AT_ONCE = 256;

async function accuracyOf(
  model: Pick<LogisticModel, 'weights' | 'biases'>,
  { features, classes }: Part,
  between: () => Promise<void>,
): Promise<number> {
  const count = model.biases.length;
  const width = model.weights.length / count;
  let right = 0;
  for (let from = 0; from < classes.length; from += AT_ONCE) {
    await between();
    const some = classes.subarray(from, from + AT_ONCE);
    const scores = logisticScores(model, features.subarray(from * width, (from + some.length) * width));
    for (let i = 0; i < some.length; i++) {
      const own = scores.subarray(i * count, (i + 1) * count);
      right += own.indexOf(Math.max(...own)) === some[i] ? 1 : 0;
    }
  }
  return right / classes.length;
}
