import type {
  Affine,
  AttentionWeights,
  BlockWeights,
  ImageTower,
  TextTower,
} from '../../src/engine/clip/architecture';
import type { Activation } from '../../src/engine/clip/config';
import type { StoredTensor } from '../../src/engine/graph/value';
import type { HookPoint } from '../../src/shared/hook';

/** One row a token. */
export type Rows = readonly (readonly number[])[];

/** Sees what is computed at a place, and says what to go on with. */
export type Edit = (point: HookPoint | 'resid_mid', layer: number, rows: Rows) => Rows;

type Values = (tensor: StoredTensor) => readonly number[];

/** CLIP once more, number by number in double precision, from its definition alone. */
export function plainImageEmbedding(
  tower: ImageTower,
  values: Values,
  pixels: ArrayLike<number>,
  edit: Edit = (_point, _layer, rows) => rows,
): readonly number[] {
  const { width, epsilon } = tower;
  let x: Rows = plainTokens(tower, values, pixels);
  if (tower.preNorm !== null) x = normed(tower.preNorm, values, x, epsilon);
  tower.blocks.forEach((weights, layer) => {
    x = plainBlock(tower, weights, values, x, null, (point, rows) => edit(point, layer, rows));
  });
  const patches = x.slice(tower.cls === null ? 0 : 1);
  const norm = (rows: Rows) => normed(tower.postNorm, values, rows, epsilon);
  const pooled = (): Rows => {
    const { pooling } = tower;
    switch (pooling.kind) {
      case 'cls':
        return norm(x.slice(0, 1));
      case 'average':
        return pooling.norm === 'before' ? [meanRow(norm(patches))] : norm([meanRow(patches)]);
      case 'attention': {
        const mixed = headOutputs(
          { width, heads: pooling.heads },
          pooling,
          values,
          [values(pooling.probe)],
          norm(x),
        );
        const middle = applied(pooling.out, values, mixed);
        const inner = applied(pooling.fc1, values, normed(pooling.norm, values, middle, pooling.epsilon));
        return sum(middle, applied(pooling.fc2, values, activated(pooling.activation, inner)));
      }
    }
  };
  const embedding = tower.projection === null ? pooled() : applied(tower.projection, values, pooled());
  return edit('embedding', tower.blocks.length - 1, embedding)[0]!;
}

/** `ids` as the tower is to see them, `pooled` the position that is read out. */
export function plainTextEmbedding(
  tower: TextTower,
  values: Values,
  ids: readonly number[],
  pooled: number,
): readonly number[] {
  const row = (tensor: StoredTensor, i: number) =>
    values(tensor).slice(i * tower.width, (i + 1) * tower.width);
  let x: Rows = sum(
    ids.map((id) => row(tower.tokenEmbedding, id)),
    ids.map((_, i) => row(tower.positions, i)),
  );
  const sees = tower.causal ? (from: number, to: number) => to <= from : null;
  for (const weights of tower.blocks) x = plainBlock(tower, weights, values, x, sees, (_, rows) => rows);
  const read = normed(tower.finalNorm, values, [x[pooled]!], tower.epsilon);
  return (tower.projection === null ? read : applied(tower.projection, values, read))[0]!;
}

function plainTokens(tower: ImageTower, values: Values, pixels: ArrayLike<number>): Rows {
  const { width, grid, patchSize: side, imageSize } = tower;
  const kernel = values(tower.patch.weight);
  const bias = tower.patch.bias === null ? null : values(tower.patch.bias);
  const positions = values(tower.positions);
  const patches = Array.from({ length: grid * grid }, (_, patch) =>
    Array.from({ length: width }, (_, out) => {
      let total = bias === null ? 0 : bias[out]!;
      for (let channel = 0; channel < 3; channel++) {
        for (let i = 0; i < side; i++) {
          for (let j = 0; j < side; j++) {
            const row = Math.floor(patch / grid) * side + i;
            const column = (patch % grid) * side + j;
            const pixel = pixels[(channel * imageSize + row) * imageSize + column]!;
            total += pixel * kernel[((out * 3 + channel) * side + i) * side + j]!;
          }
        }
      }
      return total;
    }),
  );
  const tokens = tower.cls === null ? patches : [values(tower.cls), ...patches];
  return tokens.map((token, t) => token.map((x, i) => x + positions[t * width + i]!));
}

interface Kind {
  readonly width: number;
  readonly heads: number;
  readonly epsilon: number;
  readonly activation: Activation;
}

function plainBlock(
  kind: Kind,
  weights: BlockWeights,
  values: Values,
  before: Rows,
  sees: ((from: number, to: number) => boolean) | null,
  edit: (point: HookPoint | 'resid_mid', rows: Rows) => Rows,
): Rows {
  const stream = normed(weights.norm1, values, before, kind.epsilon);
  const heads = edit('heads', headOutputs(kind, weights, values, stream, stream, sees));
  const attended = edit('attn_out', scaled(weights.scale1, values, applied(weights.out, values, heads)));
  const middle = edit('resid_mid', sum(before, attended));
  const hidden = applied(weights.fc1, values, normed(weights.norm2, values, middle, kind.epsilon));
  const neurons = edit('neurons', activated(kind.activation, hidden));
  const added = edit('mlp_out', scaled(weights.scale2, values, applied(weights.fc2, values, neurons)));
  return edit('resid_post', sum(middle, added));
}

function headOutputs(
  { width, heads }: Pick<Kind, 'width' | 'heads'>,
  weights: AttentionWeights,
  values: Values,
  queries: Rows,
  stream: Rows,
  sees: ((from: number, to: number) => boolean) | null = null,
): Rows {
  const size = width / heads;
  const [q, k, v] = [
    applied(weights.query, values, queries),
    applied(weights.key, values, stream),
    applied(weights.value, values, stream),
  ];
  return q.map((query, from) =>
    Array.from({ length: heads }, (_, head) => {
      const [start, end] = [head * size, (head + 1) * size];
      const weigh = (key: readonly number[], to: number) =>
        sees !== null && !sees(from, to)
          ? 0
          : Math.exp(inner(query.slice(start, end), key.slice(start, end)) / Math.sqrt(size));
      const pattern = k.map(weigh);
      const total = pattern.reduce((a, b) => a + b, 0);
      return Array.from(
        { length: size },
        (_, i) => pattern.reduce((a, weight, to) => a + weight * v[to]![start + i]!, 0) / total,
      );
    }).flat(),
  );
}

function applied({ weight, bias, transposed }: Affine, values: Values, x: Rows): Rows {
  const [matrix, shift] = [values(weight), bias === null ? null : values(bias)];
  const [rows, columns] = weight.shape as readonly [number, number];
  const outputs = transposed ? columns : rows;
  const at = (out: number, i: number) =>
    transposed ? matrix[i * columns + out]! : matrix[out * columns + i]!;
  return x.map((row) =>
    Array.from({ length: outputs }, (_, out) =>
      row.reduce((total, value, i) => total + value * at(out, i), shift === null ? 0 : shift[out]!),
    ),
  );
}

function normed({ weight, bias }: Affine, values: Values, x: Rows, epsilon: number): Rows {
  const [scale, shift] = [values(weight), bias === null ? null : values(bias)];
  return x.map((row) => {
    const mean = row.reduce((a, b) => a + b, 0) / row.length;
    const variance = row.reduce((a, b) => a + (b - mean) ** 2, 0) / row.length;
    return row.map(
      (value, i) => ((value - mean) / Math.sqrt(variance + epsilon)) * scale[i]! + (shift?.[i] ?? 0),
    );
  });
}

function activated(activation: Activation, x: Rows): Rows {
  const f = (h: number): number => {
    switch (activation) {
      case 'quick_gelu':
        return h / (1 + Math.exp(-1.702 * h));
      case 'gelu':
        return (h * (1 + erf(h / Math.SQRT2))) / 2;
      case 'gelu_pytorch_tanh':
        return (h * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (h + 0.044715 * h ** 3)))) / 2;
    }
  };
  return x.map((row) => row.map(f));
}

/** Its series, good to 10⁻¹³ for the arguments below 4 that occur. */
function erf(x: number): number {
  let term = x;
  let total = x;
  for (let n = 1; n < 100; n++) {
    term *= (-x * x) / n;
    total += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * total;
}

function scaled(scale: StoredTensor | null, values: Values, x: Rows): Rows {
  if (scale === null) return x;
  const factors = values(scale);
  return x.map((row) => row.map((value, i) => value * factors[i]!));
}

const sum = (a: Rows, b: Rows): Rows => a.map((row, t) => row.map((value, i) => value + b[t]![i]!));
const meanRow = (x: Rows) => x[0]!.map((_, i) => x.reduce((total, row) => total + row[i]!, 0) / x.length);
const inner = (a: readonly number[], b: readonly number[]) => a.reduce((total, x, i) => total + x * b[i]!, 0);
