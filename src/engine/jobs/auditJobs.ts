import type { EngineProtocol } from '../../shared/engineProtocol';
import { ClipsightError } from '../../shared/errors';
import type { Handlers } from '../../shared/rpc/protocol';
import type { JobServices } from './jobServices';

type AuditJobs = Pick<Handlers<EngineProtocol>, 'audit'>;

/** What prompts and probes rely on that they do not say. */
export function auditJobs(_services: JobServices): AuditJobs {
  return {
    async audit() {
      throw new ClipsightError('internal', 'The audit is not built yet.');
    },
  };
}
