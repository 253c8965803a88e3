import type { Direction } from '../../shared/direction';
import type { JobContext } from '../../shared/rpc/protocol';
import { portions } from '../attribution/portions';
import { livelyJob } from '../job';
import type { ResolvedDirections } from '../study';
import type { InTurn } from './subject';

/** Directions as vectors, some at a time, so that nobody waits for the texts of a thousand of them. */
export async function resolveInTurns(
  directions: readonly Direction[],
  stage: string,
  inTurn: InTurn,
  job: JobContext,
): Promise<Omit<ResolvedDirections, 'readings'>> {
  const resolved: ResolvedDirections['directions'][number][] = [];
  const notes = new Set<string>();
  const { between, progress } = livelyJob(job, { stage, done: 0, total: directions.length });
  for (const portion of portions(directions)) {
    progress({ stage, done: resolved.length, total: directions.length });
    const some = await inTurn(job, ({ study }) => study.resolve(portion, job, between));
    resolved.push(...some.directions);
    for (const note of some.notes) notes.add(note);
  }
  return { directions: resolved, notes: [...notes] };
}
