import { type ScoreDirection, score } from '../attribution/score';
import { concat, dot } from '../numeric/vector';
import type { Products } from '../semantics/products';
import { type Rows, rowCount, rowOf } from '../semantics/rows';
import { isOwn, type SubjectClasses } from './accuracy';

/**
 * What images of each subject may be put into: the subjects of its set and their rivals, a direction that comes twice
 * once. Null where it is alone.
 */
export function setClasses(
  subjects: readonly { readonly set: string; readonly direction: ScoreDirection }[],
  rivals: readonly { readonly set: string; readonly direction: ScoreDirection }[],
): readonly (SubjectClasses | null)[] {
  const sets = new Map<
    string,
    { readonly directions: ScoreDirection[]; readonly places: Map<string, number> }
  >();
  const placed = ({ set, direction }: (typeof subjects)[number]): number => {
    const known = sets.get(set) ?? { directions: [], places: new Map<string, number>() };
    sets.set(set, known);
    const name = directionName(direction);
    const place = known.places.get(name) ?? known.directions.push(direction) - 1;
    known.places.set(name, place);
    return place;
  };
  const own = subjects.map(placed);
  rivals.map(placed);
  return subjects.map(({ set }, i) => {
    const { directions } = sets.get(set)!;
    return directions.length < 2 ? null : { directions, own: own[i]! };
  });
}

/** Equal directions have equal names. */
export function directionName({ kind, vector, bias }: ScoreDirection): string {
  const { buffer, byteOffset, byteLength } = vector;
  return `${kind} ${bias ?? 0} ${Buffer.from(buffer, byteOffset, byteLength).toString('base64')}`;
}

/**
 * Share of the images put into their own class. Products in float32 say which are beyond doubt; the others are compared by
 * their scores.
 *
 * @param embeddings raw, [images, embedding]; at least one
 */
export async function accuracyOf(
  embeddings: Rows,
  classes: SubjectClasses,
  products: Products,
  pause: () => Promise<void>,
): Promise<number> {
  const { directions, own } = classes;
  const { width } = embeddings;
  const all = await products.of(embeddings, { data: concat(directions.map(({ vector }) => vector)), width });
  // More than a float32 product of unit vectors can be off.
  const lengths = directions.map(({ vector }) => (width + 2) * 2 ** -22 * Math.sqrt(dot(vector, vector)));
  let right = 0;
  for (let i = 0; i < rowCount(embeddings); i++) {
    const e = rowOf(embeddings, i);
    const length = Math.sqrt(dot(e, e));
    const near = (d: number): number => {
      const { kind, bias } = directions[d]!;
      return all[i * directions.length + d]! / (kind === 'cosine' ? length : 1) + (bias ?? 0);
    };
    const off = (d: number): number => lengths[d]! * (directions[d]!.kind === 'cosine' ? 1 : length);
    const y = score(e, directions[own]!);
    const rivals = directions.filter((_, d) => d !== own && near(d) + off(d) > y);
    if (isOwn(e, { directions: [directions[own]!, ...rivals], own: 0 })) right += 1;
    await pause();
  }
  return right / rowCount(embeddings);
}
