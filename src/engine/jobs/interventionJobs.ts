import type { EngineProtocol } from '../../shared/engineProtocol';
import type { Handlers } from '../../shared/rpc/protocol';
import { libraryIntervention } from '../components/libraryIntervention';
import { demandComponent } from '../study';
import type { JobServices } from './jobServices';
import { openSubject } from './openSubject';

type InterventionJobs = Pick<Handlers<EngineProtocol>, 'interveneLibrary'>;

/** Jobs about interventions on a whole library. */
export function interventionJobs(services: JobServices): InterventionJobs {
  return {
    async interveneLibrary(request, job) {
      const { library, subject, inTurn } = await openSubject({ ...request, judge: null }, services, job);
      for (const { component } of request.intervention) demandComponent(component, subject.study.dictionary);
      return libraryIntervention(request, library, subject, inTurn, job);
    },
  };
}
