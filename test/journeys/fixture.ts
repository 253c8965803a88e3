import { fork } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, type Page } from '@playwright/test';
import { folderAddress } from '../../scripts/vscode-web/serve.mjs';

const root = join(__dirname, '../..');
/** A .vsix to install, or the project's own folder. */
const extension = process.env.CLIPSIGHT_VSIX ?? root;

interface Server {
  readonly origin: string;
  /** Path of the user's settings.json. */
  readonly settings: string;
  /** The folder that holds all that this VS Code keeps. */
  readonly profile: string;
}

interface Fixtures {
  /** User settings beyond the server's own; VS Code starts with them. For `test.use({ settings: … })`. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** A fresh copy of examples/demo. */
  readonly workspace: string;
  /** VS Code's page, with the workspace open and the explorer shown. */
  readonly code: Page;
}

interface WorkerFixtures {
  /** Whether folders are not trusted at first. For `test.use({ asksForTrust: true })`. */
  readonly asksForTrust: boolean;
  /** Variables that VS Code and the engine are started with, beside our own. */
  readonly environment: Readonly<Record<string, string>>;
  readonly server: Server;
  /** What the server's settings.json said at its start. */
  readonly defaults: string;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  asksForTrust: [false, { option: true, scope: 'worker' }],

  environment: [{}, { option: true, scope: 'worker' }],

  server: [
    async ({ asksForTrust, environment }, use) => {
      const options = JSON.stringify({ extension, asksForTrust });
      const child = fork(join(root, 'scripts/vscode-web/fork.mjs'), [options], {
        env: { ...process.env, ...environment },
      });
      const ended = once(child, 'exit');
      const server = await Promise.race([
        once(child, 'message').then(([message]) => message as Server),
        ended.then(([code]) => Promise.reject(new Error(`VS Code ended with ${code} before it was ready.`))),
      ]);
      await use(server);
      child.disconnect();
      await ended;
    },
    { scope: 'worker', timeout: 300_000 },
  ],

  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the fixtures that one needs from its pattern.
  workspace: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'clipsight-workspace-'));
    cpSync(join(root, 'examples/demo'), folder, { recursive: true });
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },

  defaults: [async ({ server }, use) => use(readFileSync(server.settings, 'utf8')), { scope: 'worker' }],

  settings: [{}, { option: true }],

  code: async ({ page, server, defaults, settings, workspace }, use) => {
    writeFileSync(server.settings, JSON.stringify({ ...JSON.parse(defaults), ...settings }, null, 2));
    // Where settings of the machine go, such as the model that an earlier test chose.
    rmSync(join(server.profile, 'user/Machine'), { recursive: true, force: true });
    await page.goto(folderAddress(server.origin, workspace));
    await page.getByRole('treeitem').first().waitFor({ timeout: 90_000 });
    await use(page);
  },
});
