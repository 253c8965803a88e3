// Builds the extension and opens it in VS Code: the desktop's if `code` is on the PATH, else one in the browser.
//   npm start [-- --web] [-- --port N] [-- --workspace FOLDER]
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { folderAddress, serve } from './vscode-web/serve.mjs';

const root = join(import.meta.dirname, '..');

const { values: options } = parseArgs({
  options: {
    web: { type: 'boolean', default: false },
    port: { type: 'string', default: '8180' },
    workspace: { type: 'string', default: join(root, 'examples', 'demo') },
  },
});
const workspace = resolve(options.workspace);
if (!existsSync(workspace)) fail(`There is no folder ${workspace}. Give --workspace one that exists.`);

const build = spawnSync(process.execPath, ['scripts/build.mjs'], { cwd: root, stdio: 'inherit' });
if (build.status !== 0) process.exit(build.status ?? 1);

if (options.web || !openDesktop()) await serveWeb();

/** @returns {boolean} false where there is no desktop VS Code */
function openDesktop() {
  const { error, status } = spawnSync('code', [`--extensionDevelopmentPath=${root}`, workspace], {
    stdio: 'inherit',
    shell: process.platform === 'win32', // there `code` is a script
  });
  return error === undefined && status === 0;
}

async function serveWeb() {
  const port = Number(options.port);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) fail(`${options.port} is not a port.`);
  // A reload or a laptop's nap should not cost the extension host.
  const code = await serve({ extension: root, port, graceSeconds: 60 });
  console.log(`\nClipsight in VS Code: ${folderAddress(code.origin, workspace)}\nCtrl+C ends it.`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, code.stop);
  process.exitCode = (await code.ended) ?? 0;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
