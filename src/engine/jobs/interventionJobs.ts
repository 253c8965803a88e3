import type { EngineProtocol } from '../../shared/engineProtocol';
import type { Handlers } from '../../shared/rpc/protocol';
import type { JobServices } from './jobServices';

type InterventionJobs = Pick<Handlers<EngineProtocol>, 'interveneLibrary'>;

/** Jobs about interventions on a whole library. */
export function interventionJobs(_services: JobServices): InterventionJobs {
  return {
    interveneLibrary: () => Promise.reject(new Error('interveneLibrary is not built yet')),
  };
}
