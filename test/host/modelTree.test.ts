import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { AcceptedPoor } from '../../src/extension/models/acceptedPoor';
import { Cards } from '../../src/extension/models/cards';
import { ModelTree } from '../../src/extension/models/modelTree';
import type { Node } from '../../src/extension/models/nodes';
import { SelfTests } from '../../src/extension/models/selfTests';
import { SourceMemory } from '../../src/extension/models/sourceMemory';
import { ClipsightError } from '../../src/shared/errors';
import { dictionaryCard, modelCard, selfTest, testMemento } from '../unit/extension/models/fixtures';
import { studyInfo } from '../unit/fixtures';
import { test } from './runner';

/** A tree over an engine that remembers what it was asked. */
function testTree(options: { readonly chosen?: readonly string[]; readonly fails?: boolean } = {}) {
  const inspected: string[] = [];
  const storage = testMemento({ 'clipsight.sources': { model: options.chosen ?? [] } });
  const cards = new Cards(async ({ kind, source }) => {
    inspected.push(source);
    if (options.fails) throw new ClipsightError('checkpoint', `${source}/config.json is broken.`, 'Mend it.');
    return kind === 'model' ? modelCard({ width: 768 }) : dictionaryCard();
  });
  let changes = 0;
  const tests = new SelfTests(
    async () => ({ ...studyInfo(), selfTest: selfTest() }),
    () => {
      changes += 1;
    },
  );
  const study = { model: '/m', dictionary: '/d' };
  const tree = new ModelTree({
    extension: vscode.extensions.getExtension('clipsight.clipsight')!.extensionUri,
    memory: new SourceMemory(storage),
    accepted: new AcceptedPoor(testMemento()),
    cards,
    selfTests: tests,
    study: () => study,
  });
  return { tree, inspected, runSelfTest: () => tests.run(study), changes: () => changes };
}

const labels = (tree: ModelTree, nodes: readonly Node[]) =>
  nodes.map((node) => String(tree.getTreeItem(node).label));

async function child(tree: ModelTree, label: string, parent?: Node): Promise<Node> {
  const children = await tree.getChildren(parent);
  const found = children.find((node) => tree.getTreeItem(node).label === label);
  assert.ok(found, `${label} is not among ${labels(tree, children).join(', ')}`);
  return found;
}

test('the tree lists models and dictionaries, and asks of none before it is opened', async () => {
  const { tree, inspected } = testTree({ chosen: ['/models/vit', 'openai/clip'] });
  const models = await tree.getChildren(await child(tree, 'Models'));
  assert.deepEqual(labels(tree, models), ['emoji-clip', 'emoji-judge', 'vit', 'clip']);
  assert.deepEqual(
    models.map((node) => tree.getTreeItem(node).description),
    ['in use · comes with Clipsight', 'comes with Clipsight', '/models', 'openai'],
  );
  await tree.getChildren(await child(tree, 'Dictionaries'));
  assert.deepEqual(inspected, []);
  const rows = await tree.getChildren(models[2]);
  assert.deepEqual(inspected, ['/models/vit']);
  assert.equal(tree.getTreeItem(rows[0]!).description, 'ViT, 12 layers × 768, 12 heads, patch 32, 50 tokens');
  await tree.getChildren(models[2]);
  assert.deepEqual(inspected, ['/models/vit']);
});

test('every node has a parent that lists it, so that it can be revealed', async () => {
  const { tree } = testTree();
  const walk = async (parent?: Node): Promise<void> => {
    for (const node of await tree.getChildren(parent)) {
      assert.equal(JSON.stringify(tree.getParent(node)), parent && JSON.stringify(parent));
      await walk(node);
    }
  };
  await walk();
});

test('a model that cannot be read says why, and what helps', async () => {
  const { tree } = testTree({ fails: true });
  const model = await child(tree, 'emoji-judge', await child(tree, 'Models'));
  const [error, remedy] = await tree.getChildren(model);
  const item = tree.getTreeItem(error!);
  assert.equal(item.label, 'config.json is broken.');
  assert.equal(item.contextValue, 'row retry');
  assert.ok(item.tooltip instanceof vscode.MarkdownString);
  assert.equal(item.tooltip.isTrusted, undefined);
  assert.equal(item.accessibilityInformation?.label, 'Error, config.json is broken.');
  assert.equal(tree.getTreeItem(remedy!).label, 'Mend it.');
});

test('the dictionary in use shows its self-test, before and after it is run', async () => {
  const { tree, runSelfTest, changes } = testTree();
  const dictionary = await child(tree, 'sae-cls', await child(tree, 'Dictionaries'));
  const before = await child(tree, 'Self-test', dictionary);
  assert.equal(tree.getTreeItem(before).description, 'not run yet');
  assert.equal(tree.getTreeItem(before).contextValue, 'row runSelfTest');
  await runSelfTest();
  assert.equal(changes(), 3);
  const after = await child(tree, 'Self-test', dictionary);
  assert.equal(tree.getTreeItem(after).description, 'good, FVU 0.081');
  assert.deepEqual(labels(tree, await tree.getChildren(after)), ['FVU', 'Cosine', 'L0', 'Dead']);
  const other = await child(tree, 'sae-patches', await child(tree, 'Dictionaries'));
  assert.ok(!labels(tree, await tree.getChildren(other)).includes('Self-test'));
});

test('what a file is called is never markup', async () => {
  const { tree } = testTree({ chosen: ['/models/[x](command:y) $(error) <b>'] });
  const model = await child(tree, '[x](command:y) $(error) <b>', await child(tree, 'Models'));
  const { tooltip } = tree.getTreeItem(model);
  assert.ok(tooltip instanceof vscode.MarkdownString);
  assert.ok(tooltip.value.includes('\\[x\\]\\(command\\:y\\) \\$\\(error\\) &lt;b&gt;'));
});
