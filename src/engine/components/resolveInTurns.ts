import type { Direction } from '../../shared/direction';
import type { JobContext } from '../../shared/rpc/protocol';
import type { ResolvedDirections } from '../study';
import type { InTurn } from './subject';

/** Directions resolved in one turn. */
const PER_TURN = 16;

/** Directions as vectors, some at a time, so that nobody waits for the texts of a thousand of them. */
export async function resolveInTurns(
  directions: readonly Direction[],
  stage: string,
  inTurn: InTurn,
  job: JobContext,
): Promise<Omit<ResolvedDirections, 'readings'>> {
  const resolved: ResolvedDirections['directions'][number][] = [];
  const notes = new Set<string>();
  for (let start = 0; start < directions.length; start += PER_TURN) {
    job.progress({ stage, done: start, total: directions.length });
    const some = await inTurn(job, ({ study }) =>
      study.resolve(directions.slice(start, start + PER_TURN), job),
    );
    resolved.push(...some.directions);
    for (const note of some.notes) notes.add(note);
  }
  return { directions: resolved, notes: [...notes] };
}
