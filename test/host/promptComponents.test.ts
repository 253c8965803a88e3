import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { readStudy } from '../../src/extension/engine/settings';
import { readJudge } from '../../src/extension/library/librarySettings';
import { libraryDescriptions } from '../../src/extension/prompts/libraryDescriptions';
import { testMemento } from '../unit/extension/models/fixtures';
import { libraryOver } from './libraryDoubles';
import { ownEngine } from './ownEngine';
import { test } from './runner';

const extension = () => vscode.extensions.getExtension('clipsight.clipsight')!.extensionUri;

test('components beside prompts have the label and the mark of the library, and none without one', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clipsight-storage-'));
  const engine = ownEngine(folder);
  const settings = vscode.workspace.getConfiguration('clipsight.library');
  await settings.update('include', ['images/{wolf,cat}/**'], vscode.ConfigurationTarget.Workspace);
  try {
    const { library, indexer, inspector, summaries } = libraryOver(
      {
        storage: vscode.Uri.file(folder),
        engine: () => engine.remote,
        readStudy: async () => readStudy(extension()),
        readJudge: () => readJudge(extension()),
      },
      testMemento(),
    );
    const failures: unknown[] = [];
    const descriptions = libraryDescriptions(
      summaries,
      library,
      () => engine.remote,
      (thrown) => failures.push(thrown),
    );
    assert.equal(await descriptions.labels([1], 'no study'), null);
    assert.equal(await descriptions.poor([{ component: 1, text: 'a wolf' }], 'no study'), null);

    await indexer.index();
    await inspector.refresh();
    await inspector.searchText('wolf');
    const { component, labels } = inspector.state.search!.hits![0]!.component;
    const { key } = inspector.state.study!;
    assert.equal((await descriptions.labels([component], key))?.get(component), labels[0]?.text);
    const poor = await descriptions.poor(
      [
        { component, text: 'a wolf' },
        { component, text: 'a cup of tea' },
      ],
      key,
    );
    assert.deepEqual(poor, [false, true]);
    assert.equal(await descriptions.labels([component], 'another study'), null);
    assert.deepEqual(failures, []);
  } finally {
    await settings.update('include', undefined, vscode.ConfigurationTarget.Workspace);
    await engine.stop();
    engine.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
});
