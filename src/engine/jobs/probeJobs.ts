import type { EngineProtocol } from '../../shared/engineProtocol';
import { ClipsightError } from '../../shared/errors';
import type { Handlers } from '../../shared/rpc/protocol';
import type { JobServices } from './jobServices';

type ProbeJobs = Pick<Handlers<EngineProtocol>, 'readProbe' | 'fitProbe'>;

/** Linear classifiers on image embeddings. */
export function probeJobs(_services: JobServices): ProbeJobs {
  return {
    async readProbe() {
      throw new ClipsightError('internal', 'Probes are not built yet.');
    },
    async fitProbe() {
      throw new ClipsightError('internal', 'Probes are not built yet.');
    },
  };
}
