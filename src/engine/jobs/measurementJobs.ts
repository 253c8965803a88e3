import type { EngineProtocol } from '../../shared/engineProtocol';
import type { Handlers } from '../../shared/rpc/protocol';
import type { JobServices } from './jobServices';

type MeasurementJobs = Pick<Handlers<EngineProtocol>, 'measure'>;

/** Jobs about how much components matter for one image. */
export function measurementJobs(_services: JobServices): MeasurementJobs {
  return {
    measure: () => Promise.reject(new Error('measure is not built yet')),
  };
}
