import { dot } from '../numeric/vector';
import { type Rows, rowOf } from './rows';

/**
 * How alike n images look to the judge, (‖mean v̂‖² − 1/n)·n/(n − 1): the mean cosine of two different ones, 1 where
 * all are the same, about 0 where they have nothing in common. Null of fewer than two. As in SemanticLens (Dreyer et
 * al., 2025).
 */
export function clarity(images: Int32Array, judge: Rows): number | null {
  const n = images.length;
  if (n < 2) return null;
  const sum = new Float64Array(judge.width);
  for (const image of images) {
    const e = rowOf(judge, image);
    const length = Math.sqrt(dot(e, e));
    for (let i = 0; i < sum.length; i++) sum[i]! += e[i]! / length;
  }
  const square = sum.reduce((total, x) => total + x * x, 0) / (n * n);
  return ((square - 1 / n) * n) / (n - 1);
}
