import type { EngineProtocol } from '../../shared/engineProtocol';
import type { Handlers } from '../../shared/rpc/protocol';
import type { JobServices } from './jobServices';

type PatchJobs = Pick<Handlers<EngineProtocol>, 'mapPatches' | 'componentsAt'>;

/** Jobs about where in a picture things are. */
export function patchJobs(_services: JobServices): PatchJobs {
  return {
    mapPatches: () => Promise.reject(new Error('mapPatches is not built yet')),
    componentsAt: () => Promise.reject(new Error('componentsAt is not built yet')),
  };
}
