import type { JobContext } from '../../shared/rpc/protocol';
import { breather } from '../job';

/** How long a computation may keep the process from hearing anything. */
const HELD_MS = 200;

/** To be called often: takes a breath (`breather`) when the last one is a while ago. */
export function pauser(job: Pick<JobContext, 'signal'>): () => Promise<void> {
  const breathe = breather(job);
  let last = performance.now();
  return async () => {
    if (performance.now() - last < HELD_MS) return;
    await breathe();
    last = performance.now();
  };
}
