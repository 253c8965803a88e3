import type { Direction } from '../../shared/direction';
import { imagesOf, textsOf } from './direction';

/** Texts that are encoded in one step. */
const mostTexts = 64;
/** An image costs about as much as so many texts. */
const textsPerImage = 16;

/**
 * Directions in pieces that take about as long as encoding 64 texts, so that nobody waits for the texts of a thousand
 * classes; one direction is not divided, however many templates it has.
 */
export function* portions(directions: readonly Direction[]): Generator<readonly Direction[]> {
  let portion: Direction[] = [];
  let cost = 0;
  for (const direction of directions) {
    const more = textsOf([direction]).length + textsPerImage * imagesOf([direction]).length;
    if (portion.length > 0 && cost + more > mostTexts) {
      yield portion;
      [portion, cost] = [[], 0];
    }
    portion.push(direction);
    cost += more;
  }
  if (portion.length > 0) yield portion;
}
