import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installVSCodeWeb } from './install.mjs';

/** Nothing that moves, asks, downloads or differs from one start to the next. */
const settings = {
  'security.workspace.trust.startupPrompt': 'never',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.reduceMotion': 'on',
  'workbench.tree.enableStickyScroll': false,
  'workbench.colorTheme': 'Dark Modern',
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'window.autoDetectColorScheme': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'files.simpleDialog.enable': true,
  'json.schemaDownload.enable': false,
  'npm.fetchOnlinePackageInfo': false,
};

/**
 * Serves VS Code to browsers of this machine, in a fresh profile with the extension installed.
 * @param {object} options
 * @param {string} options.extension folder of the extension, which is linked, or a .vsix
 * @param {number} [options.port] else any free one
 * @param {boolean} [options.testDriver] lets a page run tests inside the extension host
 * @param {boolean} [options.asksForTrust] folders are not trusted until the person says so
 * @param {number} [options.graceSeconds] how long an extension host outlives its page
 * @param {(line: string) => void} [options.log]
 * @returns {Promise<{ origin: string, settings: string, profile: string, ended: Promise<number | null>, stop: () => Promise<void> }>}
 *   `settings` is the path of the user's settings.json, which VS Code reads when a page opens; `profile` the
 *   folder of all that it keeps, removed at its end.
 * @throws if VS Code ends before it listens; the message has what it printed.
 */
export async function serve({
  extension,
  port,
  testDriver = false,
  asksForTrust = false,
  graceSeconds = 2,
  log = console.log,
}) {
  const { node, entry } = await installVSCodeWeb(log);
  const profile = createProfile({ ...settings, 'security.workspace.trust.enabled': asksForTrust });
  if (extension.endsWith('.vsix')) installVsix(extension, node, entry, profile);
  else linkExtension(extension, profile);
  const address = `127.0.0.1:${port ?? (await freePort())}`;
  const child = spawn(
    node,
    [
      entry,
      ...['--config', profile.config],
      ...['--user-data-dir', profile.user],
      ...['--extensions-dir', profile.extensions],
      ...['--bind-addr', address],
      ...['--auth', 'none'],
      ...['--reconnection-grace-time', String(graceSeconds)],
      '--disable-telemetry',
      '--disable-update-check',
      ...(asksForTrust ? [] : ['--disable-workspace-trust']),
      '--disable-getting-started-override',
      '--ignore-last-opened',
      ...(testDriver ? ['--vscode-option', 'enable-smoke-test-driver'] : []),
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = new Promise((resolve) => {
    child.once('exit', (code) => {
      rmSync(profile.folder, { recursive: true, force: true, maxRetries: 5 });
      resolve(code);
    });
  });
  await listening(child);
  return {
    origin: `http://${address}`,
    settings: profile.settings,
    profile: profile.folder,
    ended,
    async stop() {
      child.kill('SIGTERM');
      const patience = setTimeout(() => child.kill('SIGKILL'), 5000);
      await ended;
      clearTimeout(patience);
    },
  };
}

/**
 * The address that opens a folder.
 * @param {string} origin
 * @param {string} folder absolute
 * @param {Record<string, string>} [development] extensionDevelopmentPath and extensionTestsPath, absolute;
 *   for a server with `testDriver`
 */
export function folderAddress(origin, folder, development) {
  const address = `${origin}/?folder=${encodeURI(folder)}`;
  if (development === undefined) return address;
  const { host } = new URL(origin);
  const payload = Object.entries(development).map(([key, path]) => [key, `vscode-remote://${host}${path}`]);
  return `${address}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

function createProfile(settings) {
  const folder = mkdtempSync(join(tmpdir(), 'clipsight-vscode-'));
  const profile = {
    folder,
    user: join(folder, 'user'),
    extensions: join(folder, 'extensions'),
    config: join(folder, 'config.yaml'),
    settings: join(folder, 'user', 'User', 'settings.json'),
  };
  mkdirSync(join(profile.user, 'User'), { recursive: true });
  mkdirSync(profile.extensions);
  writeFileSync(profile.config, '');
  writeFileSync(profile.settings, JSON.stringify(settings, null, 2));
  return profile;
}

function linkExtension(extension, profile) {
  const { publisher, name, version } = JSON.parse(readFileSync(join(extension, 'package.json'), 'utf8'));
  symlinkSync(extension, join(profile.extensions, `${publisher}.${name}-${version}`));
}

/** As a person installs it: VS Code unpacks it and writes down what it has. */
function installVsix(vsix, node, entry, profile) {
  const folders = [
    '--config',
    profile.config,
    '--user-data-dir',
    profile.user,
    '--extensions-dir',
    profile.extensions,
  ];
  const { status, stdout, stderr } = spawnSync(node, [entry, ...folders, '--install-extension', vsix], {
    encoding: 'utf8',
  });
  if (status !== 0 || !stdout.includes('successfully installed')) {
    throw new Error(`VS Code did not install ${vsix}:\n${stdout}${stderr}`);
  }
}

/** @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function listening(child) {
  return new Promise((resolve, reject) => {
    let printed = '';
    const read = (chunk) => {
      printed = (printed + chunk).slice(-10_000);
      if (printed.includes('HTTP server listening')) resolve();
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`VS Code ended with ${code}:\n${printed}`)));
  });
}
