import type { LogOutputChannel } from 'vscode';
import type { Progress } from '../../shared/rpc/protocol';

/** Progress reaches a page at most so often, in milliseconds. */
const every = 100;

/** Tells progress now and then: its beginning, its end (null) and a few times a second in between. */
export function seldom(
  tell: (progress: Progress | null) => Promise<void>,
  log: Pick<LogOutputChannel, 'debug'>,
): (progress: Progress | null) => void {
  let told = 0;
  return (progress) => {
    const now = Date.now();
    if (now - told < every && progress !== null && progress.done !== 0) return;
    told = now;
    // A page that went away in the meantime asks for the state when it is back.
    tell(progress).catch((thrown) => log.debug(String(thrown)));
  };
}
