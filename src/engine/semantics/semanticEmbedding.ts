import { type Rows, rowCount } from './rows';
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

/** What the components mean that have images enough to be named. */
export interface Meanings {
  /** Ascending. */
  readonly components: Int32Array;
  /** θ / ‖θ‖ of each, [components, embedding]. */
  readonly units: Rows;
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

/**
 * Collects θ of every component that has images enough, of its first `MEANING_SAMPLES` samples, from embeddings that
 * come some images at a time: those of a large library need not be held at once.
 */
export class MeaningCollector {
  readonly components: Int32Array;
  /** Rows that image i is a sample of: the entries from offsets[i] up to offsets[i + 1]. */
  private readonly offsets: Int32Array;
  private readonly rows: Int32Array;
  private readonly sums: Float64Array;
  private readonly missing: Int32Array;

  constructor(
    table: SampleTable,
    images: number,
    private readonly width: number,
  ) {
    this.components = nameable(table.fired);
    this.missing = this.components.map((j) => samplesOf(table, j, MEANING_SAMPLES).images.length);
    this.sums = new Float64Array(this.components.length * width);
    this.offsets = new Int32Array(images + 1);
    for (const j of this.components) {
      for (const image of samplesOf(table, j, MEANING_SAMPLES).images) this.offsets[image + 1]!++;
    }
    for (let i = 0; i < images; i++) this.offsets[i + 1]! += this.offsets[i]!;
    this.rows = new Int32Array(this.offsets[images]!);
    const next = this.offsets.slice();
    this.components.forEach((j, row) => {
      for (const image of samplesOf(table, j, MEANING_SAMPLES).images) this.rows[next[image]!++] = row;
    });
  }

  /** Whether the embedding of an image is needed at all. */
  needs(image: number): boolean {
    return this.offsets[image + 1]! > this.offsets[image]!;
  }

  /** The judge's raw embedding of an image. Each image that is needed is added once. */
  add(image: number, embedding: Float32Array): void {
    const { width, sums } = this;
    for (let n = this.offsets[image]!; n < this.offsets[image + 1]!; n++) {
      const row = this.rows[n]!;
      for (let i = 0, to = row * width; i < width; i++) sums[to + i]! += embedding[i]!;
      this.missing[row]!--;
    }
  }

  meanings(): Meanings {
    if (this.missing.some((n) => n !== 0)) throw new Error('a sample has no embedding');
    const { width, sums, components } = this;
    const data = new Float32Array(sums.length);
    for (let start = 0; start < sums.length; start += width) {
      let square = 0;
      for (let i = start; i < start + width; i++) square += sums[i]! * sums[i]!;
      if (!(square > 0)) throw new Error(`component ${components[start / width]} has no direction`);
      const length = Math.sqrt(square);
      for (let i = start; i < start + width; i++) data[i] = sums[i]! / length;
    }
    return { components, units: { data, width } };
  }
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
