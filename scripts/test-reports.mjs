// How many tests passed, as each test runner writes it down.
import { existsSync, readFileSync } from 'node:fs';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

/**
 * The counts in a report; none where there is no report.
 * @param {string} file
 * @param {(report: object) => Counts} count
 * @returns {Counts}
 */
export function readReport(file, count) {
  if (!existsSync(file)) return { passed: 0, failed: 0, skipped: 0 };
  return count(JSON.parse(readFileSync(file, 'utf8')));
}

/** A file that could not be loaded has no tests to count: it is one failure. */
export function vitestCounts({ testResults, numPassedTests, numFailedTests, numPendingTests, numTodoTests }) {
  const unloaded = testResults.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  );
  return {
    passed: numPassedTests,
    failed: numFailedTests + unloaded.length,
    skipped: numPendingTests + numTodoTests,
  };
}

/** A test that passed on its second try passed; Playwright's own output names it flaky. */
export function playwrightCounts({ stats, errors }) {
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + errors.length,
    skipped: stats.skipped,
  };
}

/** Written by test/host/runner.ts: a list of `{ name, error }`. */
export function hostCounts(results) {
  const passed = results.filter(({ error }) => error === null).length;
  return { passed, failed: results.length - passed, skipped: 0 };
}
