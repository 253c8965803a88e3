import type { Handlers, Protocol } from '../shared/rpc/protocol';
import { serve } from '../shared/rpc/serve';
import { processPipe } from '../supervisor/processPipe';

/**
 * Serves a protocol to the parent process, for as long as there is one: without it nobody could stop this
 * process, so it ends with the channel. (A native run that is under way ends first: it holds the event loop.)
 * An uncaught error ends it too, as Node does by itself: printed, with exit code 1.
 */
export function openDoor<P extends Protocol>(name: string, protocol: P, handlers: Handlers<P>): void {
  const pipe = processPipe(process);
  serve(pipe, name, protocol, handlers);
  // A terminal sends Ctrl-C to all its processes: the parent decides whether a job is cancelled or this one ends.
  process.on('SIGINT', () => undefined);
  pipe.onClose(() => process.exit(0));
}
