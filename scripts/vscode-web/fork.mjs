// Serves VS Code for a parent process: forked with serve's options as JSON, it answers with one message and ends
// with its parent.
import { serve } from './serve.mjs';

const options = JSON.parse(process.argv[2]);
const { origin, settings, profile, ended, stop } = await serve({ ...options, log: console.error });
process.once('disconnect', stop);
process.send({ origin, settings, profile });
process.exitCode = (await ended) ?? 0;
