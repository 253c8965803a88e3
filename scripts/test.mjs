// Runs every test; the last line printed is `N passed, N failed`.
//   npm test [-- --only unit,golden]        all but the journeys
//   npm run test:journeys                   those, in a real VS Code
//   npm run test:package                    the packages, and the one for this machine installed in VS Code
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromiumRemedy, findChromium } from './chromium.mjs';
import {
  hostCounts,
  hostTroubles,
  playwrightCounts,
  playwrightTimes,
  playwrightTroubles,
  readReport,
  slowest,
  troubleLines,
  vitestCounts,
  vitestTimes,
  vitestTroubles,
} from './test-reports.mjs';

/** A run must end within 20 minutes: journeys, which take eight, are one of their own. */
const deadline = Date.now() + 19.5 * 60_000;
const root = join(import.meta.dirname, '..');
const reports = join(root, 'test-results', 'reports');
const reportOf = (name) => join(reports, `${name}.json`);

/**
 * @typedef {import('./test-reports.mjs').Counts} Counts
 * @typedef {object} Stage
 * @property {string} name
 * @property {string[]} command run by node in the project's root
 * @property {(report: object) => Counts} [count] reads the JSON that the command wrote to `reportOf(name)`; a
 *   stage without it is a single check, passed when the command ends well
 * @property {(report: object) => import('./test-reports.mjs').FileTime[]} [times] reads the same
 * @property {(report: object) => import('./test-reports.mjs').Trouble[]} [troubles] reads the same
 * @property {string[]} [needs] stages that must have passed
 * @property {boolean} [browser] needs a Chromium
 * @property {boolean} [apart] runs only where it is asked for
 * @property {Record<string, string>} [env] variables that it runs with, beside our own
 */

const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** The package for this machine, which the stage `package` leaves there. */
const vsix = join(root, 'out', `clipsight-${process.platform}-${process.arch}-${version}.vsix`);

/** Left to itself vitest spares a core: on two of them everything would wait in one line. */
const workers = `--maxWorkers=${Math.max(2, availableParallelism() - 1)}`;

const vitest = (name, ...options) => ({
  name,
  command: [
    ...['node_modules/vitest/vitest.mjs', 'run', '--project', name, ...options],
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${reportOf(name)}`],
  ],
  count: vitestCounts,
  times: vitestTimes,
  troubles: vitestTroubles,
});

const playwright = (name, config, ...files) => ({
  name,
  command: [
    'node_modules/@playwright/test/cli.js',
    'test',
    ...files,
    `--config=${config}`,
    '--reporter=list,json',
  ],
  count: playwrightCounts,
  times: playwrightTimes,
  troubles: playwrightTroubles,
  browser: true,
});

/** @type {Stage[]} */
const stages = [
  { name: 'lint', command: ['node_modules/@biomejs/biome/bin/biome', 'ci', '.'] },
  { name: 'types', command: ['node_modules/typescript/bin/tsc', '-p', '.'] },
  { name: 'build', command: ['scripts/build.mjs'] },
  // Their files share modules and no state: loading those anew for each took half of the time.
  vitest('unit', workers, '--no-isolate'),
  vitest('golden', workers, '--no-isolate'),
  // Two at a time and no more: what is killed, hangs or keeps others waiting is timed.
  { ...vitest('process', '--maxWorkers=2'), needs: ['build'] },
  {
    name: 'host',
    command: ['scripts/test-host.mjs', reportOf('host')],
    count: hostCounts,
    troubles: hostTroubles,
    needs: ['build'],
    browser: true,
  },
  playwright('webview', 'test/journeys/webview/playwright.config.ts'),
  { ...playwright('journeys', 'test/journeys/playwright.config.ts'), needs: ['build'], apart: true },
  { ...vitest('package'), needs: ['build'], apart: true },
  {
    name: 'installed-host',
    command: ['scripts/test-host.mjs', reportOf('installed-host')],
    count: hostCounts,
    troubles: hostTroubles,
    needs: ['build', 'package'],
    browser: true,
    apart: true,
    env: { CLIPSIGHT_VSIX: vsix },
  },
  {
    ...playwright('installed-journeys', 'test/journeys/playwright.config.ts', 'attribute', 'walkthrough'),
    needs: ['build', 'package'],
    apart: true,
    env: { CLIPSIGHT_VSIX: vsix },
  },
];

const { passed, failed } = await runAll(chosen());
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);

/** All stages but those apart, or those named by --only with what they need. */
function chosen() {
  const { values } = parseArgs({ options: { only: { type: 'string' } } });
  if (values.only === undefined) return stages.filter(({ apart }) => !apart);
  const names = values.only.split(',');
  const unknown = names.find((name) => stages.every((stage) => stage.name !== name));
  if (unknown !== undefined) {
    console.error(`There is no stage ${unknown}. There are: ${stages.map(({ name }) => name).join(', ')}.`);
    process.exit(2);
  }
  const asked = stages.filter(({ name }) => names.includes(name));
  const needed = asked.flatMap(({ needs = [] }) => needs);
  return stages.filter((stage) => asked.includes(stage) || needed.includes(stage.name));
}

/** @param {Stage[]} list */
async function runAll(list) {
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const hasChromium = findChromium() !== undefined;
  const broken = new Set();
  const summary = [];
  /** What went wrong, of all stages. */
  const troubles = [];
  const total = { passed: 0, failed: 0 };
  for (const stage of list) {
    const { name, needs = [], browser = false } = stage;
    console.log(`\n━━ ${name}`);
    if (browser && !hasChromium) {
      summary.push(`${name}: left out and not counted, for there is no Chromium. ${chromiumRemedy}`);
      continue;
    }
    const began = Date.now();
    const obstacle = needs.find((need) => broken.has(need));
    const ended = obstacle
      ? { counts: { passed: 0, failed: 1, skipped: 0 }, troubles: [] }
      : await runStage(stage);
    const { counts } = ended;
    troubles.push(...troubleLines(name, ended.troubles));
    if (counts.failed > 0) broken.add(name);
    total.passed += counts.passed;
    total.failed += counts.failed;
    const remarks = [
      ` in ${((Date.now() - began) / 60_000).toFixed(1)} min`,
      ...(counts.skipped > 0 ? [`, ${counts.skipped} skipped`] : []),
      ...(obstacle ? [`: not run, because ${obstacle} failed`] : []),
    ];
    summary.push(`${name}: ${counts.passed} passed, ${counts.failed} failed${remarks.join('')}`);
    console.log(summary.at(-1));
    const times = stage.times && !obstacle ? slowest(readReport(reportOf(name), stage.times, [])) : '';
    if (times !== '') summary.push(`  longest: ${times}`);
  }
  console.log(`\n━━ summary\n${[...summary, ...troubles].join('\n')}\n`);
  return total;
}

/**
 * A stage that ends badly, or that reports no test at all, has at least one failure.
 * @param {Stage} stage
 * @returns {Promise<{ counts: Counts, troubles: import('./test-reports.mjs').Trouble[] }>}
 */
async function runStage({ name, command, count, env, troubles: readTroubles }) {
  const exitCode = await runNode(command, { PLAYWRIGHT_JSON_OUTPUT_FILE: reportOf(name), ...env });
  const counts = count
    ? readReport(reportOf(name), count, { passed: 0, failed: 0, skipped: 0 })
    : { passed: exitCode === 0 ? 1 : 0, failed: 0, skipped: 0 };
  const troubles = readTroubles ? readReport(reportOf(name), readTroubles, []) : [];
  if (counts.failed > 0 || (exitCode === 0 && counts.passed > 0)) return { counts, troubles };
  const error = exitCode === 0 ? 'It reported no test.' : `It ended with ${exitCode}.`;
  console.log(`${name}: ${error}`);
  return {
    counts: { ...counts, failed: 1 },
    troubles: [...troubles, { name: 'the stage as a whole', error, isFailure: true }],
  };
}

/**
 * Runs node in a process group of its own, so that at the deadline whatever it started ends with it.
 * @returns {Promise<number | string>} the exit code, or why there is none
 */
function runNode(args, env) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: process.platform !== 'win32',
    });
    const endGroup = () => {
      if (process.platform === 'win32') child.kill();
      else process.kill(-child.pid, 'SIGKILL');
    };
    const interrupted = () => {
      endGroup();
      process.exit(130);
    };
    const timer = setTimeout(
      () => {
        console.log('The time for all tests is used up.');
        endGroup();
      },
      Math.max(0, deadline - Date.now()),
    );
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, interrupted);
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, interrupted);
      resolve(code ?? signal);
    });
  });
}
