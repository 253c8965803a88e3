/** What one run may take: it cannot be interrupted, and cancelling should be felt. */
const runMs = 200;
/** Rows of the first run, whose pace is not known. */
const firstRows = 4;
/** The next run has at most so many times the rows of the last: the first one warms up. */
const growth = 8;

/** Works through rows in runs of about a fifth of a second, judged by the last. `run` does rows `start` to `end`. */
export async function pacedRuns(
  rows: number,
  run: (start: number, end: number) => Promise<void>,
): Promise<void> {
  let size = firstRows;
  for (let start = 0; start < rows; ) {
    const end = Math.min(start + size, rows);
    const started = performance.now();
    await run(start, end);
    const each = (performance.now() - started) / (end - start);
    size = Math.max(1, Math.min((end - start) * growth, Math.floor(runMs / each)));
    start = end;
  }
}
