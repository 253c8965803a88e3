import { writeFileSync } from 'node:fs';

/**
 * A test runner for inside the extension host, where no other one runs: scripts/test-host.mjs bundles every
 * *.test.ts of this folder, and VS Code calls `run`.
 */
interface HostTest {
  readonly name: string;
  readonly body: () => Promise<void> | void;
}

export interface HostResult {
  readonly name: string;
  /** Null where it passed. */
  readonly error: string | null;
  /** Why it did not pass at once; null where it was tried once. */
  readonly firstError: string | null;
}

const tests: HostTest[] = [];
/** A machine that is busy with other things takes several times as long as an idle one. */
const patience = 120_000;

/** Registers a test: it fails if the body throws, or takes longer than two minutes. */
export function test(name: string, body: HostTest['body']): void {
  tests.push({ name, body });
}

/**
 * Runs every registered test, one after the other, and writes a list of results to the file that
 * CLIPSIGHT_HOST_REPORT names, as it goes. As Playwright does in CI, those that failed are tried once more there, after
 * all others. Rejects if any failed: that gives VS Code its exit code.
 */
export async function run(): Promise<void> {
  const results: HostResult[] = [];
  const report = (also: readonly HostResult[]): void =>
    writeFileSync(process.env.CLIPSIGHT_HOST_REPORT!, JSON.stringify([...results, ...also]));
  const runOne = async ({ name, body }: HostTest, firstError: string | null): Promise<void> => {
    report([{ name, error: 'VS Code ended, or the time was used up, before it ended.', firstError }]);
    const begun = Date.now();
    const error = await failureOf(body);
    results.push({ name: `${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`, error, firstError });
  };
  for (const one of tests) await runOne(one, null);
  for (const [i, one] of process.env.CI ? tests.entries() : []) {
    const { error } = results[i]!;
    if (error === null) continue;
    await runOne(one, error);
    results[i] = results.pop()!;
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
