import type { EngineProtocol } from '../../shared/engineProtocol';
import type { Handlers } from '../../shared/rpc/protocol';
import type { JobServices } from './jobServices';

type FaithfulnessJobs = Pick<Handlers<EngineProtocol>, 'faithfulness'>;

/** Jobs about how well methods order components. */
export function faithfulnessJobs(_services: JobServices): FaithfulnessJobs {
  return {
    faithfulness: () => Promise.reject(new Error('faithfulness is not built yet')),
  };
}
