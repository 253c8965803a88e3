import type { Direction } from '../../shared/direction';
import type { JobContext } from '../../shared/rpc/protocol';
import { textsOf } from '../attribution/direction';
import type { ScoreDirection } from '../attribution/score';
import type { Step } from './turns';

/** Texts that are encoded in one step. */
const textsInStep = 64;

/** Directions as vectors, as far as they were read. */
export interface ReadDirections {
  readonly directions: ScoreDirection[];
  /** One per direction: what a person should know of how its texts were read. */
  readonly readings: (readonly string[])[];
}

export const nothingRead = (): ReadDirections => ({ directions: [], readings: [] });

/** Reads directions some at a time, so that nobody waits for the texts of a thousand classes, and adds them to `read`. */
export function* reading(
  asked: readonly Direction[],
  read: ReadDirections,
  job: JobContext,
): Generator<Step> {
  for (const some of portions(asked)) {
    yield async (study) => {
      job.progress({ stage: 'Reading prompts', done: read.directions.length, total: asked.length });
      const { directions, readings } = await study.resolve(some, job);
      read.directions.push(...directions);
      read.readings.push(...readings);
    };
  }
}

/** Directions of about as many texts as are encoded in a step; a class with many templates is not divided. */
function* portions(directions: readonly Direction[]): Generator<readonly Direction[]> {
  let portion: Direction[] = [];
  let texts = 0;
  for (const direction of directions) {
    const more = textsOf([direction]).length;
    if (portion.length > 0 && texts + more > textsInStep) {
      yield portion;
      [portion, texts] = [[], 0];
    }
    portion.push(direction);
    texts += more;
  }
  if (portion.length > 0) yield portion;
}
