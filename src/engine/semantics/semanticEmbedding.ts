import { type Rows, rowCount, rowOf } from './rows';
import { type SampleTable, samplesOf } from './sampleTable';

/** Images that a component's meaning is read from, at most. */
export const MEANING_SAMPLES = 20;

/** With fewer images a component gets no label. */
export const FEWEST_SAMPLES = 5;

/** What the judge sees in a component's images. */
export interface SemanticEmbedding {
  /** θ, [embedding]: the mean of the judge's raw image embeddings, not normalised; zeros of no images. */
  readonly vector: Float32Array;
  /** Number of images. */
  readonly n: number;
}

/** θ of every component. */
export interface SemanticEmbeddings {
  /** [components, embedding]; zeros where n is 0. */
  readonly theta: Rows;
  /** [components]. */
  readonly n: Int32Array;
}

/**
 * θ of the images given: a component's reference samples, without a prompt's own images where it is compared with that
 * prompt (`samplesWithout`). `judge` holds the raw embedding of image i in row i.
 */
export function semanticEmbedding(images: Int32Array, judge: Rows): SemanticEmbedding {
  const vector = new Float32Array(judge.width);
  writeMean(images, judge, vector);
  return { vector, n: images.length };
}

/** θ of every component, of its first `MEANING_SAMPLES` samples. */
export function semanticEmbeddings(table: SampleTable, judge: Rows): SemanticEmbeddings {
  const components = table.fired.length;
  const theta = { data: new Float32Array(components * judge.width), width: judge.width };
  const n = new Int32Array(components);
  for (let j = 0; j < components; j++) {
    const { images } = samplesOf(table, j, MEANING_SAMPLES);
    writeMean(images, judge, rowOf(theta, j));
    n[j] = images.length;
  }
  return { theta, n };
}

/** The components that have images enough to be named, ascending. */
export function nameable(n: Int32Array): Int32Array {
  return Int32Array.from(n.keys()).filter((j) => n[j]! >= FEWEST_SAMPLES);
}

function writeMean(images: Int32Array, judge: Rows, mean: Float32Array): void {
  if (images.length === 0) return;
  const count = rowCount(judge);
  const sum = new Float64Array(judge.width);
  for (const image of images) {
    if (image < 0 || image >= count) throw new Error(`image ${image} has no embedding`);
    const start = image * judge.width;
    for (let i = 0; i < sum.length; i++) sum[i]! += judge.data[start + i]!;
  }
  for (let i = 0; i < sum.length; i++) mean[i] = sum[i]! / images.length;
}
