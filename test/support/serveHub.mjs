// Serves folders as repositories of a hub on this machine, to try Clipsight (or Python) against.
//   node test/support/serveHub.mjs owner/name=folder… [--port 8300] [--pace 20]
// Then set HF_ENDPOINT to the address that it prints. --pace is the number of milliseconds between parts of 16 KB.
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values, positionals } = parseArgs({
  options: { port: { type: 'string', default: '0' }, pace: { type: 'string', default: '0' } },
  allowPositionals: true,
});

const { outputFiles } = await build({
  entryPoints: [resolve(import.meta.dirname, 'hubServer.ts')],
  bundle: true,
  write: false,
  platform: 'node',
  format: 'esm',
});
const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64');
const { HubServer, repoOfFolder } = await import(`data:text/javascript;base64,${code}`);

const repos = Object.fromEntries(
  positionals.map((argument) => {
    const [id, folder = ''] = argument.split('=');
    return [id, repoOfFolder(resolve(folder))];
  }),
);
const server = await HubServer.start({ repos, port: Number(values.port), pace: Number(values.pace) });
console.log(server.endpoint);
