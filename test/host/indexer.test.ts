import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { ClipsightError } from '../../src/shared/errors';
import type { IndexReport } from '../../src/shared/library';
import type { CallOptions } from '../../src/shared/rpc/protocol';
import { survey } from '../unit/extension/library/fixtures';
import { testMemento } from '../unit/extension/models/fixtures';
import { studyInfo } from '../unit/fixtures';
import { testLibrary } from './libraryDoubles';
import { test } from './runner';
import { until } from './waiting';

const report: IndexReport = {
  study: studyInfo(),
  judge: null,
  files: 10,
  images: 9,
  computed: 9,
  removed: 0,
  failures: [],
  seconds: 1,
  imagesPerSecond: 9,
  notes: [],
};

interface Asked {
  readonly request: { readonly roots: readonly { readonly folder: string }[]; readonly only?: unknown };
  readonly options: CallOptions;
  readonly finish: () => void;
  readonly fail: (error: Error) => void;
}

/** An indexer over an engine whose runs end when they are told to, or are cancelled. */
function testIndexer(memento = testMemento()) {
  const storage = mkdtempSync(join(tmpdir(), 'clipsight-storage-'));
  const asked: Asked[] = [];
  const double = testLibrary(
    vscode.Uri.file(storage),
    {
      surveyLibrary: async () => survey(),
      indexLibrary: (request, options = {}) =>
        new Promise((resolve, reject) => {
          asked.push({ request, options, finish: () => resolve(report), fail: reject });
          options.signal?.addEventListener('abort', () =>
            reject(new ClipsightError('cancelled', 'Cancelled.')),
          );
        }),
    },
    memento,
  );
  return { ...double, asked, memento, end: () => rmSync(storage, { recursive: true }) };
}

const remembered = ({ memento }: ReturnType<typeof testIndexer>) => memento.get('clipsight.indexing');

test('an indexing is of the folders of the workspace, without what the editor leaves out', async () => {
  const double = testIndexer();
  const { indexer, asked } = double;
  const running = indexer.index();
  const { request, options, finish } = await until(() => asked[0]);
  const [root] = request.roots;
  assert.equal(root?.folder, vscode.workspace.workspaceFolders![0]!.uri.fsPath);
  assert.ok((root as { exclude?: string[] }).exclude?.includes('**/node_modules'));
  options.onProgress?.({ stage: 'Indexing', done: 3, total: 9 });
  assert.equal(indexer.state?.kind, 'running');
  assert.deepEqual(indexer.state?.progress, { stage: 'Indexing', done: 3, total: 9 });
  assert.equal(remembered(double), 'running');
  finish();
  assert.deepEqual(await running, report);
  assert.equal(indexer.state, null);
  assert.equal(remembered(double), undefined);
  double.end();
});

test('an indexing is paused, is still so after a reload, and goes on', async () => {
  const double = testIndexer();
  const running = double.indexer.index();
  (await until(() => double.asked[0])).options.onProgress?.({ stage: 'Indexing', done: 3, total: 9 });
  double.indexer.pause();
  assert.equal(await running, undefined);
  assert.equal(double.indexer.state?.kind, 'paused');
  assert.equal(double.indexer.state?.progress.done, 3);
  double.indexer.dispose();

  const after = testIndexer(double.memento);
  assert.equal(after.indexer.restore(), 'paused');
  assert.equal(after.indexer.state?.kind, 'paused');
  await after.indexer.update(['/a.png']);
  assert.equal(after.asked.length, 0);
  const resumed = after.indexer.resume();
  (await until(() => after.asked[0])).finish();
  await resumed;
  assert.equal(after.indexer.state, null);
  assert.equal(remembered(after), undefined);
  double.end();
  after.end();
});

test('an indexing that is cancelled is forgotten', async () => {
  const double = testIndexer();
  const running = double.indexer.index();
  await until(() => double.asked[0]);
  double.indexer.cancel();
  assert.equal(await running, undefined);
  assert.equal(double.indexer.state, null);
  assert.equal(remembered(double), undefined);
  double.end();
});

test('an indexing that the window cuts short is remembered as running', async () => {
  const double = testIndexer();
  const running = double.indexer.index();
  await until(() => double.asked[0]);
  double.indexer.dispose();
  assert.equal(await running, undefined);
  assert.equal(remembered(double), 'running');
  double.end();
});

test('an indexing that fails on its way is said so, and can be resumed', async () => {
  const double = testIndexer();
  const running = double.indexer.index();
  const { options, fail } = await until(() => double.asked[0]);
  options.onProgress?.({ stage: 'Indexing', done: 3, total: 9 });
  fail(new ClipsightError('engine-stopped', 'The engine stopped.'));
  await assert.rejects(running, /engine stopped/);
  assert.equal(double.indexer.state?.kind, 'paused');
  assert.equal(remembered(double), 'paused');
  double.end();
});

test('an indexing that is refused was never begun', async () => {
  const double = testIndexer();
  const running = double.indexer.index();
  (await until(() => double.asked[0])).fail(new ClipsightError('library', 'Process 7 owns the library.'));
  await assert.rejects(running, /owns the library/);
  assert.equal(double.indexer.state, null);
  assert.equal(remembered(double), undefined);
  double.end();
});

test('changed files are looked at without more ado, after the run that is under way', async () => {
  const double = testIndexer();
  const { indexer, asked } = double;
  const running = indexer.update(['/a.png']);
  const { request, finish } = await until(() => asked[0]);
  assert.deepEqual(request.only, ['/a.png']);
  await indexer.update(['/c.png']);
  await indexer.update(['/b.png']);
  assert.equal(asked.length, 1);
  await assert.rejects(indexer.index(), /already/);
  assert.equal(remembered(double), undefined);
  finish();
  await running;
  const next = await until(() => asked[1]);
  assert.deepEqual(next.request.only, ['/b.png', '/c.png']);
  next.finish();
  await until(() => indexer.state === null);
  double.end();
});
