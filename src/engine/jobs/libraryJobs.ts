import type { EngineProtocol } from '../../shared/engineProtocol';
import type { Handlers } from '../../shared/rpc/protocol';
import type { JobServices } from './jobServices';

type LibraryJobs = Pick<
  Handlers<EngineProtocol>,
  | 'surveyLibrary'
  | 'indexLibrary'
  | 'libraryStatus'
  | 'annotate'
  | 'annotations'
  | 'thumbnail'
  | 'exportLibrary'
  | 'importLibrary'
>;

/** Jobs about a library as a whole. */
export function libraryJobs(_services: JobServices): LibraryJobs {
  const missing = () => {
    throw new Error('not built yet');
  };
  return {
    surveyLibrary: missing,
    indexLibrary: missing,
    libraryStatus: missing,
    annotate: missing,
    annotations: missing,
    thumbnail: missing,
    exportLibrary: missing,
    importLibrary: missing,
  };
}
