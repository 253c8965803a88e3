import type { EngineProtocol } from '../../shared/engineProtocol';
import type { Handlers } from '../../shared/rpc/protocol';
import { measureFaithfulness } from './faithfulness';
import type { JobServices } from './jobServices';

type FaithfulnessJobs = Pick<Handlers<EngineProtocol>, 'faithfulness'>;

/** Jobs about how well methods order components. */
export function faithfulnessJobs(services: JobServices): FaithfulnessJobs {
  return { faithfulness: (request, job) => measureFaithfulness(request, services, job) };
}
