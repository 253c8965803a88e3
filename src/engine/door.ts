import type { Handlers, Protocol } from '../shared/rpc/protocol';
import { serve } from '../shared/rpc/serve';
import { processPipe } from '../supervisor/processPipe';

/** Milliseconds. */
const endGrace = 1000;

/**
 * Serves a protocol to the parent process, for as long as there is one: without it nobody could stop this
 * process, so it ends with the channel. (A native run that is under way ends first: it holds the event loop.)
 * What is done at the `end` is given a second, less than the parent gives: nothing may depend on it.
 * An uncaught error ends it too, as Node does by itself: printed, with exit code 1.
 */
export function openDoor<P extends Protocol>(
  name: string,
  protocol: P,
  handlers: Handlers<P>,
  end: () => Promise<void> = async () => undefined,
): void {
  const pipe = processPipe(process);
  serve(pipe, name, protocol, handlers);
  // A terminal sends Ctrl-C to all its processes: the parent decides whether a job is cancelled or this one ends.
  process.on('SIGINT', () => undefined);
  pipe.onClose(() => {
    setTimeout(() => process.exit(0), endGrace);
    void end().finally(() => process.exit(0));
  });
}
