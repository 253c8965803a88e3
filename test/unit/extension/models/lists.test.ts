import { describe, expect, it, test } from 'vitest';
import { AcceptedPoor } from '../../../../src/extension/models/acceptedPoor';
import { catalogueChoices } from '../../../../src/extension/models/catalogueChoices';
import {
  addChoices,
  type ChoiceGroup,
  type OfferedSources,
  replacementChoices,
  useChoices,
} from '../../../../src/extension/models/choices';
import { listedSources } from '../../../../src/extension/models/listed';
import { nameOf } from '../../../../src/extension/models/names';
import { nodeContext } from '../../../../src/extension/models/nodes';
import { SourceMemory } from '../../../../src/extension/models/sourceMemory';
import { testMemento } from './fixtures';

const inUse = { model: '/models/vit', dictionary: 'neurons:-2' };
const names = (kind: 'model' | 'dictionary', chosen: readonly string[], isTrusted = true) =>
  listedSources(kind, inUse, chosen, isTrusted).map(({ reference }) => reference);

describe('listedSources', () => {
  it('lists what is given, what was chosen, and what is in use, each once', () => {
    expect(names('model', ['/models/b', 'bundled:emoji-clip', '/models/vit'])).toEqual([
      'bundled:emoji-clip',
      'bundled:emoji-judge',
      '/models/b',
      '/models/vit',
    ]);
    expect(names('model', [])).toContain('/models/vit');
  });

  it('lists nothing that was chosen in a workspace without trust', () => {
    expect(names('dictionary', ['/saes/a', 'owner/name'], false)).toEqual([
      'bundled:sae-cls',
      'bundled:sae-patches',
      'neurons:-2',
      'heads:-1',
    ]);
  });

  it('lets only what was chosen and is not in use be removed', () => {
    const contexts = listedSources('model', inUse, ['/models/b', '/models/vit'], true).map(nodeContext);
    expect(contexts).toEqual([
      'source model unused inspected',
      'source model unused inspected',
      'source model unused removable inspected',
      'source model inUse inspected',
    ]);
  });
});

test.each([
  ['bundled:sae-cls', 'sae-cls', 'comes with Clipsight'],
  ['/home/me/models/vit', 'vit', '~/models'],
  ['/home/me/vit/', 'vit', '~'],
  ['/vit', 'vit', '/'],
  ['~/saes/layer-3/ae.pt', 'layer-3/ae.pt', '~/saes'],
  ['/saes/run-7/my-sae.pt', 'my-sae.pt', '/saes/run-7'],
  ['C:\\saes\\run-7\\sae.pt', 'run-7/sae.pt', 'C:\\saes'],
  ['openai/clip', 'clip', 'openai'],
  ['owner/saes@v2/layer-3/ae.pt', 'saes@v2/layer-3/ae.pt', 'owner'],
  ['neurons:-2', 'Neurons of the last block but one', 'neurons:-2'],
  ['heads:3', 'Heads of block 3', 'heads:3'],
])('%s is called %s', (reference, label, origin) => {
  expect(nameOf(reference, '/home/me')).toEqual({ label, origin });
});

describe('choices', () => {
  const offered: OfferedSources = {
    kind: 'dictionary',
    listed: listedSources('dictionary', inUse, ['/saes/a', 'owner/known'], true),
    catalogue: [
      { reference: 'owner/other', description: 'for ViT-L/14', fits: false, several: true },
      { reference: 'owner/fitting', description: 'for ViT-B/32', fits: true, several: false },
      { reference: 'owner/known', description: 'for ViT-B/32', fits: true, several: false },
    ],
    home: '/home/me',
    defaultName: 'Neurons of the last block but one',
  };
  const shown = (groups: readonly ChoiceGroup[]) =>
    groups.map(({ heading, choices }) => [heading, choices.map(({ label }) => label)]);

  it('are what is in use, what is at hand, and what the hub has, those that fit first', () => {
    expect(shown(useChoices(offered))).toEqual([
      ['in use', ['Neurons of the last block but one']],
      ['comes with Clipsight', ['Default', 'sae-cls', 'sae-patches']],
      ['the model’s own units', ['Neurons of a block…', 'Attention heads of a block…']],
      ['another', ['Choose a folder…', 'Choose a file…', 'From the Hugging Face hub…']],
      ['chosen before', ['a', 'known']],
      ['on the Hugging Face hub, for the model in use', ['owner/fitting']],
      ['on the Hugging Face hub, for other models', ['owner/other/…']],
    ]);
  });

  it('have no neurons among the models, and nothing that is on the list already where one adds to it', () => {
    const model = { ...offered, kind: 'model', listed: listedSources('model', inUse, [], true) } as const;
    expect(shown(useChoices(model)).map(([heading]) => heading)).not.toContain('the model’s own units');
    expect(shown(addChoices(offered)).flatMap(([, labels]) => labels)).not.toContain('a');
  });

  it('for a model that the dictionary does not fit begin with those that do', () => {
    const groups = replacementChoices({ ...offered, fitting: ['/saes/b'] });
    expect(shown(groups).slice(0, 2)).toEqual([
      ['fits', ['Default', 'b']],
      ['on the Hugging Face hub, for this model', ['owner/fitting', 'owner/known']],
    ]);
  });
});

test.each([
  ['openai/clip-vit-base-patch16', 'osunlp/SAE_CLIP_24K_ViT-B-16_IN1K'],
  ['openai/clip-vit-base-patch16@main', 'WolodjaZ/MSAE'],
  ['/models/clip-vit-large-patch14', 'WolodjaZ/MSAE'],
  ['/cache/models--openai--clip-vit-large-patch14-336/snapshots/a', 'mateuszpach/sae-for-vlm'],
])('the catalogue has something for %s', (model, dictionary) => {
  const fitting = catalogueChoices('dictionary', model).filter(({ fits }) => fits);
  expect(fitting.map(({ reference }) => reference)).toContain(dictionary);
  expect(fitting.length).toBeLessThan(5);
});

test('the catalogue says what is known, each repository once', () => {
  const all = catalogueChoices('dictionary', 'bundled:emoji-clip');
  expect(all.filter(({ fits }) => fits)).toEqual([]);
  expect(new Set(all.map(({ reference }) => reference)).size).toBe(all.length);
  expect(all[10]?.description.replaceAll('\u00a0', ' ')).toBe(
    'topk · residual stream, block 10, CLS token · explains 86 % · CLIP-ViT-B-32-DataComp.XL-s13B-b90K',
  );
});

test('what was chosen is remembered, the newest first, until it is removed', async () => {
  const storage = testMemento();
  const memory = new SourceMemory(storage);
  await memory.add('model', '/a');
  await memory.add('model', '/b');
  await memory.add('model', '/a');
  await memory.add('dictionary', '/c');
  expect(new SourceMemory(storage).chosen('model')).toEqual(['/b', '/a']);
  await memory.remove('model', '/b');
  expect([memory.chosen('model'), memory.chosen('dictionary')]).toEqual([['/a'], ['/c']]);
  expect(new SourceMemory(testMemento({ 'clipsight.sources': { model: 7 } })).chosen('model')).toEqual([]);
});

test('consent holds for one model and one dictionary, until it is forgotten', async () => {
  const storage = testMemento();
  const accepted = new AcceptedPoor(storage);
  await accepted.accept({ model: '/m', dictionary: '/d' });
  await accepted.accept({ model: '/n', dictionary: '/d' });
  expect(new AcceptedPoor(storage).has({ model: '/m', dictionary: '/d' })).toBe(true);
  expect(accepted.has({ model: '/m', dictionary: '/e' })).toBe(false);
  expect(accepted.modelsOf('/d')).toEqual(['/m', '/n']);
  await accepted.forget('/d');
  expect(accepted.modelsOf('/d')).toEqual([]);
  expect(new AcceptedPoor(testMemento({ 'clipsight.acceptedPoor': 'all' })).modelsOf('/d')).toEqual([]);
});
