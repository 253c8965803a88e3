// Serves VS Code for a parent process: forked with a folder, it answers with one message and ends with its parent.
import { serve } from './serve.mjs';

const { origin, settings, profile, ended, stop } = await serve({
  extension: process.argv[2],
  log: console.error,
});
process.once('disconnect', stop);
process.send({ origin, settings, profile });
process.exitCode = (await ended) ?? 0;
