import * as path from 'node:path';
import { parentPort } from 'node:worker_threads';
import { finderProtocol } from '../shared/finderProtocol';
import { serve } from '../shared/rpc/serve';
import { threadPipe } from '../shared/rpc/threadPipe';
import { findPrompts } from './findPrompts';

/** The thread in which prompts are looked for: the extension's own must stay free for typing. */
if (parentPort === null) throw new Error('This script is run as a worker thread.');
const port = parentPort;
const gone = new Promise<string>((resolve) => port.once('close', () => resolve('the thread is ended')));
/** The build puts them beside the scripts. */
const grammars = path.join(__dirname, 'grammars');

serve(threadPipe(port, gone), 'finder', finderProtocol, {
  find: ({ sources, options }) => findPrompts(sources, options, grammars),
});
