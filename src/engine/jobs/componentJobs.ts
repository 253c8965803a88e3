import type { EngineProtocol } from '../../shared/engineProtocol';
import type { Handlers } from '../../shared/rpc/protocol';
import type { JobServices } from './jobServices';

type ComponentJobs = Pick<
  Handlers<EngineProtocol>,
  'summarise' | 'examine' | 'searchComponents' | 'mapComponents' | 'alignments' | 'meanAttribution'
>;

/** Jobs about what components mean. */
export function componentJobs(_services: JobServices): ComponentJobs {
  const missing = () => {
    throw new Error('not built yet');
  };
  return {
    summarise: missing,
    examine: missing,
    searchComponents: missing,
    mapComponents: missing,
    alignments: missing,
    meanAttribution: missing,
  };
}
