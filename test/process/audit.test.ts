import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AuditRequest } from '../../src/shared/audit';
import type { Progress } from '../../src/shared/rpc/protocol';
import { createSupervisor, type EngineSupervisor } from '../../src/supervisor/engineSupervisor';

/** An audit in the built engine process, that is cancelled again and again. */
const root = path.resolve(__dirname, '../..');
const demo = path.join(root, 'examples/demo/images');
const nouns = ['wolf', 'cow', 'dog', 'fox', 'bear', 'cat'];
/** What cancelling may take, in milliseconds: about a second, and as much again where tests share the machine. */
const felt = 2000;

let scratch: string;
let engine: EngineSupervisor;
let request: AuditRequest;
beforeAll(async () => {
  scratch = mkdtempSync(path.join(realpathSync(tmpdir()), 'clipsight-audit-'));
  engine = createSupervisor({
    entry: path.join(root, 'dist/engine.js'),
    args: ['--cache-folder', path.join(scratch, 'cache')],
    log: () => undefined,
  });
  const library = {
    library: path.join(scratch, 'library.duckdb'),
    study: { model: path.join(root, 'models/emoji-clip'), dictionary: path.join(root, 'models/sae-cls') },
    judge: path.join(root, 'models/emoji-judge'),
  };
  const roots = nouns.map((noun) => ({ folder: path.join(demo, noun) }));
  await engine.remote.indexLibrary({ ...library, roots, others: 'keep', contributions: 'none' });
  request = {
    ...library,
    subjects: ['a photo of an animal', 'a photo of a pet', 'a drawing of a wild animal'].map((text) => ({
      ...{ name: text, text, set: 'animals', expected: [], beside: null },
      direction: { kind: 'prompt', text },
      images: { kind: 'matches', most: 24 },
    })),
    ...{ rivals: [], nuisances: ['a background'], margin: 0.01, level: 0.05, confirm: true },
    vocabulary: { texts: [...nouns, 'snow', 'grass', 'night'], nouns: false },
  };
}, 120_000);
afterAll(async () => {
  await engine.stop();
  rmSync(scratch, { recursive: true, force: true });
});

/** Cancels the audit when it has told that. */
async function cancelled(at: (progress: Progress) => boolean) {
  const abort = new AbortController();
  let told = Number.NaN;
  let seen: Progress | null = null;
  const onProgress = (progress: Progress) => {
    if (abort.signal.aborted || !at(progress)) return;
    told = performance.now();
    seen = progress;
    abort.abort();
  };
  await expect(engine.remote.audit(request, { onProgress, signal: abort.signal })).rejects.toMatchObject({
    code: 'cancelled',
  });
  return { seen: seen as Progress | null, after: performance.now() - told };
}

it('can be cancelled at any stage, and goes on with what the model was run on', async () => {
  const stage = 'Switching components off';
  const first = await cancelled((progress) => progress.stage === stage && progress.done > 0);
  expect(first.after).toBeLessThan(felt);
  const later = [stage, 'Telling senses apart', 'Drawing words', 'Looking elsewhere'];
  const totals: number[] = [];
  for (const name of later) {
    const { seen, after } = await cancelled((progress) => progress.stage === name);
    expect(after).toBeLessThan(felt);
    if (name === stage) totals.push(seen!.total);
  }
  // What was switched off before it was cancelled is not asked for again.
  expect(totals[0]).toBeLessThan(first.seen!.total);
  expect(totals[0]).toBeGreaterThan(0);

  const stages = new Set<string>();
  const onProgress = (progress: Progress) => stages.add(progress.stage);
  const report = await engine.remote.audit(request, { onProgress });
  expect(stages).not.toContain(stage);
  expect(stages).toContain('Measuring');
  expect(report.subjects.map(({ error, images }) => ({ error, images }))).toEqual(
    request.subjects.map(() => ({ error: null, images: 24 })),
  );
  expect(report.pairs).toBeGreaterThan(0);
  expect(await engine.remote.audit(request)).toEqual(report);
});
