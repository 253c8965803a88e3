// Runs test/host inside VS Code's extension host, where the `vscode` API is the real one.
//   node scripts/test-host.mjs REPORT [NAME…] [--except NAME…]
// REPORT: where to write the results as JSON; NAME: only files whose names contain one of them, or all but those
// CLIPSIGHT_VSIX in the environment: a .vsix to install and test, instead of this folder
import { copyFileSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from '@playwright/test';
import * as esbuild from 'esbuild';
import { chromiumFlags, chromiumRemedy, findChromium } from './chromium.mjs';
import { folderAddress, serve } from './vscode-web/serve.mjs';

const root = join(import.meta.dirname, '..');
const tests = join(root, 'test', 'host');
const bundle = join(root, 'out', 'host', 'index.js');
const vsix = process.env.CLIPSIGHT_VSIX;
const patience = 9 * 60_000;

const [, , reportPath, ...rest] = process.argv;
const isExcept = rest.includes('--except');
const names = rest.filter((argument) => argument !== '--except');
const report = resolve(reportPath);
const executablePath = findChromium();
if (executablePath === undefined) throw new Error(`There is no Chromium. ${chromiumRemedy}`);
rmSync(report, { force: true });
await bundleTests();

process.env.CLIPSIGHT_HOST_REPORT = report; // The extension host inherits it from the server.
const workspace = mkdtempSync(join(tmpdir(), 'clipsight-workspace-'));
cpSync(join(root, 'examples', 'demo'), workspace, { recursive: true });
const code = await serve({ extension: vsix ?? root, testDriver: true });
const browser = await chromium.launch({ executablePath, args: chromiumFlags });
try {
  process.exitCode = await runTests(await browser.newPage());
} finally {
  await browser.close();
  await code.stop();
  rmSync(workspace, { recursive: true, force: true });
}

/** One file that registers the tests of every test/host/*.test.ts asked for and exports `run`. */
async function bundleTests() {
  const files = readdirSync(tests)
    .filter((name) => name.endsWith('.test.ts'))
    .filter((file) => names.length === 0 || names.some((name) => file.includes(name)) !== isExcept);
  const imports = files.map((name) => `import './${name}';\n`).join('');
  await esbuild.build({
    stdin: { contents: `${imports}export { run } from './runner';`, resolveDir: tests, loader: 'ts' },
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    sourcemap: 'inline',
    external: ['vscode'],
  });
}

/**
 * Opens the page that makes VS Code call `run` in the extension host, and says what came of it.
 * @returns {Promise<number>} exit code
 */
async function runTests(page) {
  const log = [];
  await page.exposeFunction('codeAutomationLog', (_type, lines) => log.push(lines.join(' ')));
  const ended = new Promise((resolve) => {
    page.exposeFunction('codeAutomationExit', resolve);
    setTimeout(resolve, patience, 1).unref();
  });
  await page.goto(folderAddress(code.origin, workspace, developmentPaths()), { timeout: patience });
  const exitCode = await ended;
  if (existsSync(report)) {
    for (const { name, error, firstError } of JSON.parse(readFileSync(report, 'utf8'))) {
      if (firstError !== null) console.log(`Tried again: ${name}\n${firstError}`);
      console.log(error === null ? `✓ ${name}` : `✗ ${name}\n${error}`);
    }
  } else {
    console.log(`VS Code did not run the tests to their end. Its log:\n${log.join('\n')}`);
  }
  return exitCode;
}

/**
 * What is tested, as VS Code's development paths. Tests are code of the extension that they lie in, as VS Code sees it,
 * and their pages are its pages: so they are put into the installed one.
 */
function developmentPaths() {
  if (vsix === undefined) return { extensionDevelopmentPath: root, extensionTestsPath: bundle };
  const folder = join(code.profile, 'extensions');
  const installed = readdirSync(folder).find((name) => name.startsWith('clipsight.clipsight-'));
  const tests = join(folder, installed, 'tests.js');
  copyFileSync(bundle, tests);
  return { extensionDevelopmentPath: join(folder, installed), extensionTestsPath: tests };
}
