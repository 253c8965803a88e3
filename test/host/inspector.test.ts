import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { EngineProtocol } from '../../src/shared/engineProtocol';
import { ClipsightError } from '../../src/shared/errors';
import type { ComponentCard } from '../../src/shared/library';
import type { Remote } from '../../src/shared/rpc/protocol';
import { hash, libraryStatus, sample, summary } from '../unit/extension/library/fixtures';
import { testMemento } from '../unit/extension/models/fixtures';
import { studyInfo } from '../unit/fixtures';
import { testLibrary } from './libraryDoubles';
import { test } from './runner';
import { until } from './waiting';

const grounds = {
  key: 'study',
  access: { kind: 'owner' as const },
  judge: 'emoji-judge',
  images: 9,
  notes: [],
};
const folder = () => vscode.workspace.workspaceFolders![0]!.uri;

function card(component: number): ComponentCard {
  const path = join(folder().fsPath, 'images/wolf/wolf_00.jpg');
  return {
    summary: summary(component),
    samples: [sample(path, hash('a'))],
    searched: { images: 9, all: true },
    maxActivation: 2,
    clarity: 0.5,
    polysemanticity: null,
    redundancy: null,
    fired: 4,
    histogram: { edges: new Float64Array([0, 1, 2]), counts: new Int32Array([3, 1]) },
    where: null,
    nearest: { inMeaning: [], inActivation: [] },
    reliance: [],
  };
}

type Examined = Parameters<Remote<EngineProtocol>['examine']>[0];

/** An inspector over an engine that answers for every component, with a library in a folder of its own. */
function testInspector(answers: Partial<Remote<EngineProtocol>> = {}, memento = testMemento()) {
  const storage = mkdtempSync(join(tmpdir(), 'clipsight-storage-'));
  writeFileSync(join(storage, 'library.duckdb'), '');
  const examined: Examined[] = [];
  const double = testLibrary(
    vscode.Uri.file(storage),
    {
      libraryStatus: async () => libraryStatus(),
      annotations: async () => [],
      summarise: async ({ components }) => ({ grounds, components: components.map((id) => summary(id)) }),
      examine: async (request) => {
        examined.push(request);
        return { grounds, card: card(request.component) };
      },
      searchComponents: async () => ({
        grounds,
        hits: [{ component: summary(12), by: 'meaning' as const, score: 0.3 }],
      }),
      ...answers,
    },
    memento,
  );
  return { ...double, examined, storage, end: () => rmSync(storage, { recursive: true }) };
}

const shownComponent = ({ inspector }: ReturnType<typeof testInspector>) =>
  inspector.state.selection?.card?.summary.component;

test('the inspector shows a selected component, with paths of the workspace, and goes back', async () => {
  const double = testInspector();
  const { inspector } = double;
  await inspector.refresh();
  await inspector.select(3);
  assert.equal(inspector.state.selection?.card?.samples[0]?.path, 'images/wolf/wolf_00.jpg');
  await inspector.select(7);
  assert.equal(shownComponent(double), 7);
  assert.equal(inspector.state.canGoBack, true);
  await inspector.back();
  assert.equal(shownComponent(double), 3);
  assert.equal(inspector.state.canGoBack, false);
  double.end();
});

test('an answer about a component that is no longer selected is dropped', async () => {
  const late: (() => void)[] = [];
  const double = testInspector({
    examine: ({ component }) =>
      component === 3
        ? new Promise((resolve) => late.push(() => resolve({ grounds, card: card(3) })))
        : Promise.resolve({ grounds, card: card(component) }),
  });
  const { inspector } = double;
  await inspector.refresh();
  const first = inspector.select(3);
  await until(() => late.length > 0);
  await inspector.select(7);
  late[0]!();
  await first;
  assert.equal(shownComponent(double), 7);
  double.end();
});

test('an answer of another study is dropped, and the library looked at again, once', async () => {
  let [known, answered] = ['study', 'study'];
  let asked = 0;
  const double = testInspector({
    libraryStatus: async () => {
      asked += 1;
      return libraryStatus({ study: studyInfo(known) });
    },
    examine: async ({ component }) => ({ grounds: { ...grounds, key: answered }, card: card(component) }),
  });
  const { inspector } = double;
  await inspector.refresh();
  // The files change on disk. The first look still finds them as they were.
  answered = 'changed';
  await inspector.select(3);
  await until(() => inspector.state.error?.code === 'checkpoint');
  assert.equal(shownComponent(double), undefined);
  assert.equal(asked, 2);
  known = 'changed';
  double.library.changed();
  await until(() => inspector.state.study?.key === 'changed');
  await inspector.select(3);
  assert.equal(shownComponent(double), 3);
  assert.equal(inspector.state.error, null);
  double.end();
});

test('samples by relevance are asked for by the prompt, and by activation once that prompt is gone', async () => {
  const double = testInspector();
  const { inspector, inUse, examined } = double;
  await inspector.refresh();
  await inspector.select(3);
  await inspector.setOrder({ kind: 'relevance', prompt: 1 });
  assert.deepEqual(examined.at(-1)?.samples.order, {
    kind: 'relevance',
    direction: { kind: 'prompt', text: 'a dog' },
  });
  const before = examined.length;
  inUse.use({ state: { prompts: ['a cat'], images: [] } as never });
  await until(() => examined.length > before);
  assert.deepEqual(examined.at(-1)?.samples.order, { kind: 'max' });
  assert.deepEqual(examined.at(-1)?.prompts, ['a cat']);
  double.end();
});

test('what was selected and searched for is there again after a reload, for the same study only', async () => {
  const memento = testMemento();
  const before = testInspector({}, memento);
  await before.inspector.refresh();
  await before.inspector.select(3);
  await before.inspector.select(7);
  await before.inspector.searchText('snow');
  before.inspector.dispose();
  before.end();

  const after = testInspector({}, memento);
  await after.inspector.refresh();
  assert.equal(shownComponent(after), 7);
  assert.equal(after.inspector.state.canGoBack, true);
  assert.equal(after.inspector.state.search?.query, 'snow');
  assert.equal(after.inspector.state.search?.hits?.length, 1);
  after.end();

  const study = { ...libraryStatus().study, key: 'another' };
  const other = testInspector({ libraryStatus: async () => libraryStatus({ study }) }, memento);
  await other.inspector.refresh();
  assert.equal(other.inspector.state.selection, null);
  assert.equal(other.inspector.state.search, null);
  other.end();
});

test('a change of a component is told to all that show it; one that is refused is said', async () => {
  const changes: unknown[] = [];
  let isOwner = true;
  const double = testInspector({
    annotate: async ({ change }) => {
      if (!isOwner) throw new ClipsightError('library', 'Process 7 owns the library.', 'Close its window.');
      changes.push(change);
      return { name: 'snow', note: null, mark: null, pinned: false };
    },
  });
  const { inspector, library, examined } = double;
  let told = 0;
  library.onChange(() => {
    told += 1;
  });
  await inspector.refresh();
  await inspector.select(3);
  const before = examined.length;
  await inspector.annotate(3, { name: 'snow' });
  await until(() => examined.length > before);
  assert.deepEqual(changes, [{ name: 'snow' }]);
  assert.equal(told, 1);
  isOwner = false;
  await assert.rejects(inspector.annotate(3, { name: 'ice' }), /Process 7 owns the library/);
  double.end();
});

test('without a library nothing is asked of the engine', async () => {
  const double = testInspector({
    libraryStatus: async () => assert.fail('it was asked'),
  });
  double.end(); // Its folder, and with it the file.
  await double.inspector.refresh();
  const { library, error } = double.inspector.state;
  assert.equal(error, null);
  assert.equal(library.kind === 'open' && library.images, 0);
});

test('the view of the inspector comes up', async () => {
  await vscode.commands.executeCommand('clipsight.latent.focus');
});
