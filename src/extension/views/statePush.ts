import type { LogOutputChannel } from 'vscode';
import { latestOnly } from './latestOnly';

/**
 * Shows a page the state whenever it is called after a change: what changed while one was on its way is sent once, as
 * it then is. The page has the state of now already.
 */
export function statePush<State>(
  current: () => State,
  show: (state: State) => Promise<void>,
  log: Pick<LogOutputChannel, 'debug'>,
): () => Promise<void> {
  const push = latestOnly(current, show, current());
  // A page that went away in the meantime asks for the state when it is back.
  return () => push().catch((thrown) => log.debug(String(thrown)));
}
