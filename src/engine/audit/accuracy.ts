import { type ScoreDirection, score } from '../attribution/score';

/** What images of a subject may be put into: the subjects of its set and their rivals. */
export interface SubjectClasses {
  readonly directions: readonly ScoreDirection[];
  /** Index of the subject's own. */
  readonly own: number;
}

/**
 * Whether an image of raw embedding e is put into its own class: no other scores higher. A direction that is there twice,
 * as a prompt that stands in two files, is no rival of itself.
 */
export function isOwn(e: Float32Array, { directions, own }: SubjectClasses): boolean {
  const y = score(e, directions[own]!);
  return directions.every((direction, i) => i === own || score(e, direction) <= y);
}
