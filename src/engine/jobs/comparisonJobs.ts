import type { RelationRequest } from '../../shared/comparison';
import type { EngineProtocol } from '../../shared/engineProtocol';
import { ClipsightError } from '../../shared/errors';
import type { Handlers } from '../../shared/rpc/protocol';
import { cosines } from '../attribution/cosines';
import { livelyJob } from '../job';
import { demandWords } from '../study';
import { compareDirections } from './comparison';
import type { JobServices } from './jobServices';
import { nameOf } from './measurementJobs';
import { nothingRead, reading } from './reading';
import { inTurns } from './turns';

type ComparisonJobs = Pick<Handlers<EngineProtocol>, 'compare' | 'relate'>;

/** Jobs about prompts beside each other. */
export function comparisonJobs(services: JobServices): ComparisonJobs {
  return {
    compare: (request, job) => compareDirections(request, services, job),
    async relate(request, job) {
      demandWords(request.directions);
      const read = nothingRead();
      const { directions } = request;
      const lively = livelyJob(job, { stage: 'Reading prompts', done: 0, total: directions.length });
      const study = await inTurns(reading(directions, read, job, lively), request.study, services, job);
      const vectors = read.directions.map(({ vector }) => vector);
      demandDirections(vectors, request);
      return { study, cosines: cosines(vectors) };
    },
  };
}

/** A difference of two prompts that are one has no direction, nor have weights of zero. Throws ClipsightError. */
function demandDirections(vectors: readonly Float32Array[], { directions }: RelationRequest): void {
  const none = vectors.findIndex((vector) => vector.every((x) => x === 0));
  if (none === -1) return;
  const direction = directions[none]!;
  if (direction.kind === 'linear') {
    throw new ClipsightError(
      'probe',
      `${direction.name}: its weights are all zero, so it has no direction.`,
      'Leave it out.',
    );
  }
  throw new ClipsightError(
    'prompt',
    `${nameOf(direction)}: there is no difference between them.`,
    'Choose prompts that differ.',
  );
}
