import type { EngineProtocol } from '../../shared/engineProtocol';
import { ClipsightError } from '../../shared/errors';
import type { Handlers } from '../../shared/rpc/protocol';
import type { JobServices } from './jobServices';

type ComparisonJobs = Pick<Handlers<EngineProtocol>, 'compare' | 'relate'>;

/** Jobs about prompts beside each other. */
export function comparisonJobs(_services: JobServices): ComparisonJobs {
  return {
    async compare() {
      throw new ClipsightError('protocol', 'Not built yet.');
    },
    async relate() {
      throw new ClipsightError('protocol', 'Not built yet.');
    },
  };
}
