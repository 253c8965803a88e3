import type { EngineProtocol } from '../../shared/engineProtocol';
import type { Handlers } from '../../shared/rpc/protocol';
import type { JobServices } from './jobServices';

type WordJobs = Pick<Handlers<EngineProtocol>, 'attributeWords'>;

/** Jobs about the words of a prompt. */
export function wordJobs(_services: JobServices): WordJobs {
  return {
    attributeWords: () => Promise.reject(new Error('attributeWords is not built yet')),
  };
}
