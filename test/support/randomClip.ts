import type {
  Affine,
  AttentionWeights,
  BlockWeights,
  ImagePooling,
  ImageTower,
  TextTower,
} from '../../src/engine/clip/architecture';
import type { StoredTensor } from '../../src/engine/graph/value';
import { randomNumbers, size } from '../unit/graph/numbers';
import { float32Bytes, writeWeights } from '../unit/graph/weightsFile';

/** Weights of a tower being made up: repeatable numbers, written to one file at the end. */
export class RandomWeights {
  private readonly numbers: (count: number) => Float32Array;
  private readonly tensors = new Map<StoredTensor, readonly number[]>();
  private offset = 0;

  constructor(
    readonly file: string,
    seed: number,
  ) {
    this.numbers = randomNumbers(seed);
  }

  /** Numbers in [-scale, scale) around `centre`. */
  tensor(shape: readonly number[], scale = 1, centre = 0): StoredTensor {
    const data = Array.from(this.numbers(size(shape)), (x) => Math.fround(x * scale + centre));
    const length = 4 * data.length;
    const tensor: StoredTensor = { file: this.file, offset: this.offset, length, type: 'float32', shape };
    this.offset += length;
    this.tensors.set(tensor, data);
    return tensor;
  }

  norm(width: number): Affine {
    return { weight: this.tensor([width], 0.5, 1), bias: this.tensor([width], 0.3) };
  }

  linear(inputs: number, outputs: number, transposed = false): Affine {
    const scale = 2 / Math.sqrt(inputs);
    const bias = this.tensor([outputs], 0.3);
    return transposed
      ? { weight: this.tensor([inputs, outputs], scale), bias, transposed }
      : { weight: this.tensor([outputs, inputs], scale), bias };
  }

  attention(width: number, transposed = false): AttentionWeights {
    return {
      query: this.linear(width, width, transposed),
      key: this.linear(width, width),
      value: this.linear(width, width, transposed),
      out: this.linear(width, width, transposed),
    };
  }

  block(width: number, mlpWidth: number, variant: BlockVariant): BlockWeights {
    const { layerScale = false, transposed = false } = variant;
    return {
      ...this.attention(width, transposed),
      norm1: this.norm(width),
      norm2: this.norm(width),
      fc1: this.linear(width, mlpWidth),
      fc2: this.linear(mlpWidth, width, transposed),
      scale1: layerScale ? this.tensor([width], 0.4, 0.6) : null,
      scale2: layerScale ? this.tensor([width], 0.4, 0.6) : null,
    };
  }

  /** The numbers of a tensor. */
  values(tensor: StoredTensor): readonly number[] {
    return this.tensors.get(tensor)!;
  }

  write(): void {
    const contents = [...this.tensors].map(([{ type, shape }, data], i) => [
      `t${i}`,
      { type, shape, bytes: float32Bytes(data) },
    ]);
    writeWeights(this.file, Object.fromEntries(contents), 0);
  }
}

interface BlockVariant {
  readonly layerScale?: boolean;
  readonly transposed?: boolean;
}

/** What image towers differ in. */
export interface TowerVariant extends BlockVariant, Pick<ImageTower, 'activation'> {
  readonly pooling: 'cls' | 'average before' | 'average after' | 'attention';
  readonly cls: boolean;
  readonly preNorm: boolean;
  readonly patchBias: boolean;
  readonly projection: 'plain' | 'transposed' | 'biased' | null;
}

const width = 6;
const heads = 2;
const mlpWidth = 8;

/** Two blocks of width 6 with 2 heads, 4 patches of 2 × 2 pixels and a rest that is not seen; embedding 4. */
export function randomImageTower(weights: RandomWeights, variant: TowerVariant): ImageTower {
  const { activation, cls, preNorm, patchBias, projection } = variant;
  const kind = { width, layers: 2, heads, mlpWidth, epsilon: 1e-5, activation };
  return {
    ...kind,
    imageSize: 5,
    patchSize: 2,
    grid: 2,
    patch: { weight: weights.tensor([width, 3, 2, 2]), bias: patchBias ? weights.tensor([width]) : null },
    cls: cls ? weights.tensor([width]) : null,
    positions: weights.tensor([cls ? 5 : 4, width]),
    preNorm: preNorm ? weights.norm(width) : null,
    blocks: Array.from({ length: kind.layers }, () => weights.block(width, mlpWidth, variant)),
    postNorm: weights.norm(width),
    pooling: randomPooling(weights, variant),
    projection: projection === null ? null : randomProjection(weights, projection),
  };
}

function randomPooling(weights: RandomWeights, { pooling, transposed }: TowerVariant): ImagePooling {
  switch (pooling) {
    case 'cls':
      return { kind: 'cls' };
    case 'average before':
      return { kind: 'average', norm: 'before' };
    case 'average after':
      return { kind: 'average', norm: 'after' };
    case 'attention':
      return {
        kind: 'attention',
        ...weights.attention(width, transposed),
        probe: weights.tensor([width]),
        heads: 3,
        epsilon: 1e-6,
        activation: 'gelu_pytorch_tanh',
        norm: weights.norm(width),
        fc1: weights.linear(width, 10),
        fc2: weights.linear(10, width),
      };
  }
}

function randomProjection(weights: RandomWeights, kind: 'plain' | 'transposed' | 'biased'): Affine {
  const affine = weights.linear(width, 4, kind === 'transposed');
  return kind === 'biased' ? affine : { ...affine, bias: null };
}

/** Two blocks of width 6 with 2 heads, 9 words, a context of 5; embedding 4. */
export function randomTextTower(
  weights: RandomWeights,
  variant: Pick<TextTower, 'causal' | 'padding' | 'pooling'> & Pick<TowerVariant, 'projection'>,
): TextTower {
  const { projection, ...kind } = variant;
  return {
    ...kind,
    width,
    layers: 2,
    heads,
    mlpWidth,
    epsilon: 1e-6,
    activation: 'gelu_pytorch_tanh',
    contextLength: 5,
    vocabulary: 9,
    tokenEmbedding: weights.tensor([9, width]),
    positions: weights.tensor([5, width]),
    blocks: Array.from({ length: 2 }, () => weights.block(width, mlpWidth, {})),
    finalNorm: weights.norm(width),
    projection: projection === null ? null : randomProjection(weights, projection),
  };
}
