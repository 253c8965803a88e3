// Prints what VS Code says of the time that the activation of the extension takes, as JSON: one object per run, each in
// a fresh profile, browser and extension host.
//   node scripts/vscode-web/activation.mjs RUNS
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { chromiumFlags, chromiumRemedy, findChromium } from '../chromium.mjs';
import { folderAddress, serve } from './serve.mjs';

const root = join(import.meta.dirname, '..', '..');
const patience = 2 * 60_000;
const executablePath = findChromium();
if (executablePath === undefined) throw new Error(`There is no Chromium. ${chromiumRemedy}`);

const runs = [];
for (let run = 0; run < Number(process.argv[2]); run++) runs.push(await activation());
console.log(JSON.stringify(runs));

/** @returns {Promise<{ load: number, activate: number, firstCommand: number }>} milliseconds */
async function activation() {
  const folder = mkdtempSync(join(tmpdir(), 'clipsight-activation-'));
  const report = join(folder, 'report.json');
  const workspace = join(folder, 'workspace');
  cpSync(join(root, 'examples', 'demo'), workspace, { recursive: true });
  process.env.CLIPSIGHT_HOST_REPORT = report; // The extension host inherits it from the server.
  const code = await serve({ extension: root, testDriver: true });
  const browser = await chromium.launch({ executablePath, args: chromiumFlags });
  try {
    const page = await browser.newPage();
    const log = [];
    await page.exposeFunction('codeAutomationLog', (_type, lines) => log.push(lines.join(' ')));
    const ended = new Promise((resolve) => {
      page.exposeFunction('codeAutomationExit', resolve);
      setTimeout(resolve, patience, 1).unref();
    });
    const extensionTestsPath = join(import.meta.dirname, 'activationDriver.cjs');
    await page.goto(
      folderAddress(code.origin, workspace, { extensionDevelopmentPath: root, extensionTestsPath }),
    );
    if ((await ended) !== 0) throw new Error(`VS Code did not tell. Its log:\n${log.join('\n')}`);
    return JSON.parse(readFileSync(report, 'utf8'));
  } finally {
    await browser.close();
    await code.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
