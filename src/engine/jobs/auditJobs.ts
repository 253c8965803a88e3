import type { EngineProtocol } from '../../shared/engineProtocol';
import type { Handlers } from '../../shared/rpc/protocol';
import { audit } from '../audit/audit';
import { Labeller } from '../components/labelling';
import { demandText } from '../components/textVectors';
import type { JobServices } from './jobServices';
import { openSubject } from './openSubject';

type AuditJobs = Pick<Handlers<EngineProtocol>, 'audit'>;

/** What prompts and probes rely on that they do not say. */
export function auditJobs(services: JobServices): AuditJobs {
  const { threads, nounsFile, tables, texts } = services;
  const labeller = new Labeller({ nounsFile, texts, threads });
  return {
    async audit(request, job) {
      for (const { text, expected } of request.subjects)
        for (const one of [text, ...expected]) demandText(one);
      const { library, subject, inTurn } = await openSubject(request, services, job);
      const loaded = await tables.load(library, subject, job);
      const labelling = await labeller.label(request.vocabulary, loaded, library, subject, inTurn, job);
      return audit(request, { library, subject, inTurn, loaded, labelling, texts, nounsFile, threads }, job);
    },
  };
}
