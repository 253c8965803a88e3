import { hasCode } from '../../shared/errors';
import type { Handlers, JobContext, Protocol } from '../../shared/rpc/protocol';

/** A device loses numbers twice before it is not used any more (`deviceInUse`): the third time is on the CPU. */
const mostTimes = 3;

type Handle = (request: unknown, job: JobContext) => unknown;

/**
 * Jobs that are done again where the device they ran on gave numbers that cannot be believed: nothing of them was kept,
 * and the device is given up.
 */
export function doneAgain<P extends Protocol>(handlers: Handlers<P>): Handlers<P> {
  const again =
    (handle: Handle): Handle =>
    async (request, job) => {
      for (let time = 1; ; time++) {
        try {
          return await handle(request, job);
        } catch (thrown) {
          if (time === mostTimes || job.signal.aborted || !hasCode(thrown, 'device')) throw thrown;
        }
      }
    };
  const entries = Object.entries(handlers as Readonly<Record<string, Handle>>);
  return Object.fromEntries(entries.map(([name, handle]) => [name, again(handle)])) as unknown as Handlers<P>;
}
