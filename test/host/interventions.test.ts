import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { OutcomeDocuments } from '../../src/extension/interventions/outcomeDocuments';
import { WorkspaceInterventions } from '../../src/extension/interventions/workspaceInterventions';
import {
  formatInterventionFile,
  interventionFile,
  withIntervention,
} from '../../src/shared/interventionFile';
import { named } from '../unit/extension/interventions/memoryFile';
import { test } from './runner';
import { until } from './waiting';

const folder = () => vscode.workspace.workspaceFolders![0]!.uri;
const file = () => vscode.Uri.joinPath(folder(), interventionFile);

test('interventions are kept in the folder, and followed when others change them', async () => {
  const interventions = new WorkspaceInterventions();
  let changes = 0;
  const listener = interventions.onChange(() => changes++);
  try {
    const image = vscode.Uri.joinPath(folder(), 'images/wolf/wolf_00.jpg');
    assert.deepEqual(await interventions.of(image, 'study'), []);
    await interventions.at(image).change((all) => withIntervention(all, named('a')));
    assert.ok(changes > 0);
    assert.deepEqual(await interventions.of(undefined, 'study'), [named('a')]);
    assert.deepEqual(await interventions.of(undefined, 'other'), []);
    const written = new TextDecoder().decode(await vscode.workspace.fs.readFile(file()));
    assert.equal(written, formatInterventionFile([named('a')]));
    const beside = await vscode.workspace.fs.readDirectory(vscode.Uri.joinPath(file(), '..'));
    assert.deepEqual(
      beside.map(([name]) => name).filter((name) => name.startsWith('interventions')),
      ['interventions.json'],
    );
    changes = 0;
    const more = formatInterventionFile([named('a'), named('b')]);
    await vscode.workspace.fs.writeFile(file(), new TextEncoder().encode(more));
    await until(() => changes > 0);
    const everywhere = await interventions.everywhere('study');
    assert.deepEqual(
      everywhere.map(({ kept }) => kept.name),
      ['a', 'b'],
    );
  } finally {
    listener.dispose();
    interventions.dispose();
    await vscode.workspace.fs.delete(file());
  }
});

test('what an intervention does is shown as a document that nobody is asked to save', async () => {
  const documents = new OutcomeDocuments();
  try {
    await documents.show('no snow/ice', '# no snow\n');
    const uri = vscode.Uri.from({ scheme: 'clipsight-outcome', path: '/no snow_ice.md' });
    const opened = await vscode.workspace.openTextDocument(uri);
    assert.equal(opened.getText(), '# no snow\n');
    assert.equal(opened.isDirty, false);
    await until(() =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .find(({ label }) => label.includes('no snow_ice')),
    );
  } finally {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    documents.dispose();
  }
});
