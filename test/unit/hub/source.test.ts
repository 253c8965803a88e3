import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, test } from 'vitest';
import { parseSource, sourceText } from '../../../src/engine/hub/source';
import { knownDictionaries, knownModels } from '../../../src/shared/catalogue';
import { expectError } from '../../support/expectError';
import { temporaryFolder } from '../../support/temporaryFolder';

const nowhere = '/no/such/folder';

test.each<[string, { repo: string; revision?: string; within?: string }]>([
  ['owner/name', { repo: 'owner/name' }],
  ['laion/CLIP-ViT-B-32-DataComp.XL-s13B-b90K', { repo: 'laion/CLIP-ViT-B-32-DataComp.XL-s13B-b90K' }],
  ['owner/name/', { repo: 'owner/name' }],
  ['owner/name@v1.0', { repo: 'owner/name', revision: 'v1.0' }],
  ['owner/name@refs/pr/3', { repo: 'owner/name', revision: 'refs/pr/3' }],
  ['owner/name@refs/pr/3/sub/ae.pt', { repo: 'owner/name', revision: 'refs/pr/3', within: 'sub/ae.pt' }],
  ['owner/name@feature%2Fnew/sub', { repo: 'owner/name', revision: 'feature/new', within: 'sub' }],
  ['owner/name/sub/ae.pt', { repo: 'owner/name', within: 'sub/ae.pt' }],
  ['owner/name/at@sign.pt', { repo: 'owner/name', within: 'at@sign.pt' }],
  ['hf://owner/name@v1/sub', { repo: 'owner/name', revision: 'v1', within: 'sub' }],
  ['https://huggingface.co/owner/name', { repo: 'owner/name' }],
  ['https://huggingface.co/owner/name/tree/main/a%20b', { repo: 'owner/name', within: 'a b' }],
  [
    'https://huggingface.co/owner/name/blob/v2/ae.pt?x=1',
    { repo: 'owner/name', revision: 'v2', within: 'ae.pt' },
  ],
  ['owner/name/tree/main', { repo: 'owner/name', within: 'tree/main' }],
])('%s is of the hub', async (text, expected) => {
  const parsed = await parseSource(text, 'model', nowhere);
  expect(parsed).toEqual({ place: 'hub', revision: 'main', within: '', ...expected });
  if (parsed.place === 'hub' && !parsed.revision.includes('new')) {
    expect(await parseSource(sourceText(parsed), 'model', nowhere)).toEqual(parsed);
  }
});

test.each(['/abs/path', './owner/name', '../x', '~/models/x', 'C:\\models\\x', 'models\\x'])(
  '%s is a path, though it is not there',
  async (text) => {
    expect((await parseSource(text, 'model', nowhere)).place).toBe('here');
  },
);

it('is a path where there is one', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'owner/name'), { recursive: true });
  expect(await parseSource('owner/name', 'model', folder)).toEqual({
    place: 'here',
    path: join(folder, 'owner/name'),
  });
  expect((await parseSource('hf://owner/name', 'model', folder)).place).toBe('hub');
});

test.each([
  'name',
  '',
  'owner/na--me',
  'owner/..',
  '-owner/name',
  'owner/name.git',
  'owner/name@',
  'owner/name@a b',
  'owner/name@refs/../x',
  'owner/name/../../etc',
  'owner/na me',
  'owner/name@50%',
])('“%s” is neither', async (text) => {
  await expectError(parseSource(`hf://${text}`, 'dictionary', nowhere), 'dictionary', 'owner/name@revision');
});

it('reads every id of the catalogue, and knows the model of every dictionary', async () => {
  for (const { id } of [...knownModels, ...knownDictionaries]) {
    expect(await parseSource(id, 'model', nowhere)).toMatchObject({ place: 'hub', repo: id, within: '' });
  }
  const models = new Set(knownModels.map(({ id }) => id));
  expect(knownDictionaries.filter(({ model }) => !models.has(model))).toEqual([]);
  expect(knownDictionaries.slice(0, 12).map(({ layer }) => layer)).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
  ]);
});
