import { writeFileSync } from 'node:fs';

/**
 * A test runner for inside the extension host, where no other one runs: scripts/test-host.mjs bundles every
 * *.test.ts of this folder, and VS Code calls `run`.
 */
interface HostTest {
  readonly name: string;
  readonly body: () => Promise<void> | void;
}

interface HostResult {
  readonly name: string;
  readonly error: string | null;
}

const tests: HostTest[] = [];
const patience = 60_000;

/** Registers a test: it fails if the body throws, or takes longer than a minute. */
export function test(name: string, body: HostTest['body']): void {
  tests.push({ name, body });
}

/**
 * Runs every registered test, one after the other, and writes a list of `{ name, error }` to the file that
 * CLIPSIGHT_HOST_REPORT names, as it goes; `error` is null where the test passed. Rejects if any failed: that gives VS Code
 * its exit code.
 */
export async function run(): Promise<void> {
  const results: HostResult[] = [];
  const report = (also: readonly HostResult[]): void =>
    writeFileSync(process.env.CLIPSIGHT_HOST_REPORT!, JSON.stringify([...results, ...also]));
  for (const { name, body } of tests) {
    report([{ name, error: 'VS Code ended, or the time was used up, before it ended.' }]);
    const begun = Date.now();
    const error = await failureOf(body);
    results.push({ name: `${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`, error });
  }
  report([]);
  const failed = results.filter(({ error }) => error !== null).length;
  if (failed > 0) throw new Error(`${failed} of ${tests.length} tests failed`);
}

async function failureOf(body: HostTest['body']): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${patience / 1000} s`)), patience);
  });
  try {
    await Promise.race([body(), tooLong]);
    return null;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  } finally {
    clearTimeout(timer);
  }
}
