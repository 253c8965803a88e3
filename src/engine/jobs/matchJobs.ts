import type { EngineProtocol } from '../../shared/engineProtocol';
import { ClipsightError } from '../../shared/errors';
import type { Handlers } from '../../shared/rpc/protocol';
import type { JobServices } from './jobServices';

type MatchJobs = Pick<Handlers<EngineProtocol>, 'matchImages' | 'alignPairs'>;

/** Jobs about what a library holds for a prompt. */
export function matchJobs(_services: JobServices): MatchJobs {
  return {
    async matchImages() {
      throw new ClipsightError('protocol', 'Not built yet.');
    },
    async alignPairs() {
      throw new ClipsightError('protocol', 'Not built yet.');
    },
  };
}
