import type { Direction } from '../../shared/direction';
import type { JobContext } from '../../shared/rpc/protocol';
import { portions } from '../attribution/portions';
import type { ScoreDirection } from '../attribution/score';
import type { LivelyJob } from '../job';
import type { Step } from './turns';

/** Directions as vectors, as far as they were read. */
export interface ReadDirections {
  readonly directions: ScoreDirection[];
  /** One per direction: what a person should know of how its texts were read. */
  readonly readings: (readonly string[])[];
}

export const nothingRead = (): ReadDirections => ({ directions: [], readings: [] });

/** Reads directions some at a time and adds them to `read`. */
export function* reading(
  asked: readonly Direction[],
  read: ReadDirections,
  job: JobContext,
  { between, progress }: LivelyJob,
): Generator<Step> {
  for (const some of portions(asked)) {
    yield async (study) => {
      progress({ stage: 'Reading prompts', done: read.directions.length, total: asked.length });
      const { directions, readings } = await study.resolve(some, job, between);
      read.directions.push(...directions);
      read.readings.push(...readings);
    };
  }
}
