// How many tests passed, and how long their files took, as each test runner writes it down.
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/** @typedef {{ file: string, seconds: number }} FileTime */

/**
 * What is read of a report, or `none` where there is no report.
 * @template T
 * @param {string} file
 * @param {(report: object) => T} read
 * @param {T} none
 * @returns {T}
 */
export function readReport(file, read, none) {
  return existsSync(file) ? read(JSON.parse(readFileSync(file, 'utf8'))) : none;
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

/** @returns {FileTime[]} */
export function vitestTimes({ testResults }) {
  return testResults.map(({ name, startTime, endTime }) => ({
    file: basename(name),
    seconds: (endTime - startTime) / 1000,
  }));
}

/** A test that passed on its second try passed; Playwright's own output names it flaky. */
export function playwrightCounts({ stats, errors }) {
  return {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected + errors.length,
    skipped: stats.skipped,
  };
}

/** @returns {FileTime[]} tries of all tests of a file, added up */
export function playwrightTimes({ suites }) {
  const milliseconds = ({ specs = [], suites: inner = [] }) =>
    sum(
      specs.flatMap(({ tests }) => tests.flatMap(({ results }) => results.map(({ duration }) => duration))),
    ) + sum(inner.map(milliseconds));
  return suites.map((suite) => ({ file: basename(suite.file), seconds: milliseconds(suite) / 1000 }));
}

/**
 * The five files that took longest, in words: where a stage grows is seen before the whole is over its limit.
 * @param {readonly FileTime[]} times
 */
export function slowest(times) {
  return times
    .toSorted((a, b) => b.seconds - a.seconds)
    .slice(0, 5)
    .map(({ file, seconds }) => `${file} ${seconds.toFixed(0)} s`)
    .join(', ');
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/** Written by test/host/runner.ts: a list of `{ name, error }`. */
export function hostCounts(results) {
  const passed = results.filter(({ error }) => error === null).length;
  return { passed, failed: results.length - passed, skipped: 0 };
}
