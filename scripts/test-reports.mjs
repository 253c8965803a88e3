// How many tests passed, which did not, and how long their files took, as each test runner writes it down.
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/** @typedef {{ file: string, seconds: number }} FileTime */
/**
 * A test that failed, or that passed on its second try only.
 * @typedef {{ name: string, error: string, isFailure: boolean }} Trouble
 */

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

/** @returns {Trouble[]} */
export function vitestTroubles({ testResults }) {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (status === 'failed' && failed.length === 0) {
      return [{ name: basename(name), error: message ?? '', isFailure: true }];
    }
    return failed.map(({ fullName, failureMessages }) => ({
      name: `${basename(name)}: ${fullName}`,
      error: failureMessages[0] ?? '',
      isFailure: true,
    }));
  });
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

/** @returns {Trouble[]} */
export function playwrightTroubles({ suites, errors }) {
  const inSuite = ({ specs = [], suites: inner = [] }) => [
    ...specs.flatMap(({ file, title, tests }) =>
      tests
        .filter(({ status }) => status === 'unexpected' || status === 'flaky')
        .map(({ status, results }) => ({
          name: `${basename(file)}: ${title}`,
          error: results.flatMap((result) => result.errors)[0]?.message ?? '',
          isFailure: status === 'unexpected',
        })),
    ),
    ...inner.flatMap(inSuite),
  ];
  return [
    ...suites.flatMap(inSuite),
    ...errors.map(({ message }) => ({ name: 'outside of all tests', error: message ?? '', isFailure: true })),
  ];
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

/** Written by test/host/runner.ts: a list of `{ name, error, firstError }`. */
export function hostCounts(results) {
  const passed = results.filter(({ error }) => error === null).length;
  return { passed, failed: results.length - passed, skipped: 0 };
}

/** @returns {Trouble[]} */
export function hostTroubles(results) {
  return results
    .filter(({ error, firstError }) => error !== null || firstError !== null)
    .map(({ name, error, firstError }) => ({ name, error: error ?? firstError, isFailure: error !== null }));
}

/**
 * In a line of its own each: the end of a long output is what a person sees of it.
 * @param {string} stage
 * @param {readonly Trouble[]} troubles
 * @returns {string[]}
 */
export function troubleLines(stage, troubles) {
  return troubles.map(
    ({ name, error, isFailure }) =>
      `${isFailure ? '✗' : '↻ second try:'} ${stage}: ${name}: ${firstLine(error)}`,
  );
}

function firstLine(error) {
  const lines = stripVTControlCharacters(error).split('\n');
  return (lines.find((line) => line.trim() !== '') ?? 'no reason given').trim();
}
