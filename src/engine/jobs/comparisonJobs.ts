import type { RelationRequest } from '../../shared/comparison';
import type { EngineProtocol } from '../../shared/engineProtocol';
import { ClipsightError } from '../../shared/errors';
import type { Handlers } from '../../shared/rpc/protocol';
import { cosines } from '../attribution/cosines';
import { compareDirections } from './comparison';
import type { JobServices } from './jobServices';
import { nameOf } from './measurementJobs';

type ComparisonJobs = Pick<Handlers<EngineProtocol>, 'compare' | 'relate'>;

/** Jobs about prompts beside each other. */
export function comparisonJobs(services: JobServices): ComparisonJobs {
  const { inTurn, studyFor, demandUnchanged } = services;
  return {
    compare: (request, job) => compareDirections(request, services, job),
    relate: (request, job) =>
      inTurn(async () => {
        const study = await studyFor(request.study, job);
        job.progress({ stage: 'Reading prompts', done: 0, total: request.directions.length });
        const { directions } = await study.resolve(request.directions, job);
        const vectors = directions.map(({ vector }) => vector);
        demandDirections(vectors, request);
        // Weights are read where they lie: a file rewritten meanwhile may have given wrong numbers.
        await demandUnchanged();
        return { study: study.info, cosines: cosines(vectors) };
      }),
  };
}

/** A difference of two prompts that are one has no direction. Throws ClipsightError `prompt`. */
function demandDirections(vectors: readonly Float32Array[], { directions }: RelationRequest): void {
  const none = vectors.findIndex((vector) => vector.every((x) => x === 0));
  if (none === -1) return;
  throw new ClipsightError(
    'prompt',
    `${nameOf(directions[none]!)}: there is no difference between them.`,
    'Choose prompts that differ.',
  );
}
