import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { readStudy } from '../../src/extension/engine/settings';
import { readJudge } from '../../src/extension/library/librarySettings';
import { testMemento } from '../unit/extension/models/fixtures';
import { libraryOver } from './libraryDoubles';
import { ownEngine } from './ownEngine';
import { test } from './runner';

const extension = () => vscode.extensions.getExtension('clipsight.clipsight')!.extensionUri;

/** The demo's images of a few things, which take seconds. */
async function onlySome(include: readonly string[] | undefined): Promise<void> {
  const settings = vscode.workspace.getConfiguration('clipsight.library');
  await settings.update('include', include, vscode.ConfigurationTarget.Workspace);
}

test('the real engine indexes the demo; what a person wrote is there when the view comes back', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'clipsight-storage-'));
  const engine = ownEngine(folder);
  const services = {
    storage: vscode.Uri.file(folder),
    engine: () => engine.remote,
    readStudy: async () => readStudy(extension()),
    readJudge: () => readJudge(extension()),
  };
  const memento = testMemento();
  await onlySome(['images/{wolf,snowman,cat}/**']);
  try {
    const before = libraryOver(services, memento);
    const report = await before.indexer.index();
    assert.equal(report?.images, 24);
    assert.equal(report.judge, 'emoji-judge');
    const again = await before.indexer.index();
    assert.equal(again?.computed, 0);

    await before.inspector.refresh();
    assert.equal(before.inspector.state.error, null);
    assert.equal(before.inspector.state.library.kind === 'open' && before.inspector.state.library.images, 24);
    await before.inspector.searchText('snowman');
    const hits = before.inspector.state.search?.hits ?? [];
    assert.notEqual(hits.length, 0);
    const { component } = hits[0]!.component;
    await before.inspector.select(component);
    const card = before.inspector.state.selection?.card;
    assert.equal(before.inspector.state.error, null);
    assert.match(card?.samples[0]?.path ?? '', /^images\/(wolf|snowman|cat)\//);
    const { sha256 } = card!.samples[0]!;
    const picture = await before.library.thumbnail(sha256, 64, new AbortController().signal);
    assert.notEqual(picture.bytes.length, 0);
    await before.inspector.annotate(component, { name: 'my snowman', pinned: true });
    before.inspector.dispose();

    const after = libraryOver(services, memento);
    await after.inspector.refresh();
    const { selection, pinned, search } = after.inspector.state;
    assert.equal(selection?.card?.summary.annotation.name, 'my snowman');
    assert.deepEqual(
      pinned.map((summary) => summary.component),
      [component],
    );
    assert.equal(search?.query, 'snowman');
    await after.inspector.searchText('my snow');
    assert.equal(after.inspector.state.search?.hits?.[0]?.component.component, component);
    const { key } = after.inspector.state.study!;
    const known = await after.summaries.of([component], key, new AbortController().signal);
    assert.equal(known?.known[0]?.annotation.name, 'my snowman');
  } finally {
    await onlySome(undefined);
    await engine.stop();
    engine.dispose();
    rmSync(folder, { recursive: true, force: true });
  }
});
