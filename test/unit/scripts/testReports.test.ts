import { expect, it } from 'vitest';
import {
  hostCounts,
  hostTroubles,
  playwrightCounts,
  playwrightTroubles,
  troubleLines,
  vitestCounts,
  vitestTroubles,
} from '../../../scripts/test-reports.mjs';

it('names each failed test of vitest with the first line of its error, and each file that could not be loaded', () => {
  const failing = { status: 'failed', fullName: 'adds up', failureMessages: ['AssertionError: 1\n    at x'] };
  const passing = { status: 'passed', fullName: 'counts', failureMessages: [] };
  const report = {
    numPassedTests: 1,
    numFailedTests: 1,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [
      { name: '/a/sum.test.ts', status: 'failed', message: '', assertionResults: [failing, passing] },
      { name: '/a/broken.test.ts', status: 'failed', message: 'No such module', assertionResults: [] },
    ],
  };
  expect(vitestCounts(report)).toEqual({ passed: 1, failed: 2, skipped: 0 });
  expect(troubleLines('unit', vitestTroubles(report))).toEqual([
    '✗ unit: sum.test.ts: adds up: AssertionError: 1',
    '✗ unit: broken.test.ts: No such module',
  ]);
});

it("names Playwright's failed tests, and those that passed on their second try", () => {
  const spec = (title: string, status: string, ...errors: readonly string[][]) => ({
    file: 'panel.test.ts',
    title,
    tests: [
      { status, results: errors.map((messages) => ({ errors: messages.map((message) => ({ message })) })) },
    ],
  });
  const report = {
    stats: { expected: 1, flaky: 1, unexpected: 1, skipped: 0 },
    errors: [],
    suites: [
      {
        file: 'panel.test.ts',
        specs: [spec('opens', 'expected', []), spec('drags', 'flaky', ['\u001b[31mTimeout\u001b[39m'], [])],
        suites: [{ file: 'panel.test.ts', specs: [spec('closes', 'unexpected', ['\nfirst'], ['\nsecond'])] }],
      },
    ],
  };
  expect(playwrightCounts(report)).toEqual({ passed: 2, failed: 1, skipped: 0 });
  expect(troubleLines('webview', playwrightTroubles(report))).toEqual([
    '↻ second try: webview: panel.test.ts: drags: Timeout',
    '✗ webview: panel.test.ts: closes: first',
  ]);
});

it("names the host's failed tests, and those that passed on their second try", () => {
  const results = [
    { name: 'opens (0.1 s)', error: null, firstError: null },
    { name: 'types (0.2 s)', error: null, firstError: 'AssertionError: too early\n    at x' },
    { name: 'closes (0.3 s)', error: 'Error: again', firstError: 'Error: once' },
  ];
  expect(hostCounts(results)).toEqual({ passed: 2, failed: 1, skipped: 0 });
  expect(troubleLines('host', hostTroubles(results))).toEqual([
    '↻ second try: host: types (0.2 s): AssertionError: too early',
    '✗ host: closes (0.3 s): Error: again',
  ]);
});
