import { describe, expect, it, test } from 'vitest';
import {
  blockOf,
  parseHubId,
  parseReference,
  withoutHubAddress,
} from '../../../../src/extension/models/reference';

describe('parseHubId', () => {
  it.each([
    ['openai/clip-vit-base-patch32', 'openai/clip-vit-base-patch32', null, null],
    [
      'Prisma-Multimodal/sae-top_k-64@main/weights.pt',
      'Prisma-Multimodal/sae-top_k-64',
      'main',
      'weights.pt',
    ],
    ['timm/vit.x@refs/pr/12', 'timm/vit.x', 'refs/pr/12', null],
    ['timm/vit@refs/pr/12/a/b.pt', 'timm/vit', 'refs/pr/12', 'a/b.pt'],
    ['owner/name/sub folder/ae.pt', 'owner/name', null, 'sub folder/ae.pt'],
    ['owner/name/layer-3/ae.pt', 'owner/name', null, 'layer-3/ae.pt'],
    ['owner/name/', 'owner/name', null, null],
  ])('reads %s', (text, repository, revision, path) => {
    expect(parseHubId(text)).toEqual({ repository, revision, path });
  });

  it.each([
    ...['name', '/owner/name', './name', '../a/b', '~/a', 'owner//name', 'owner/name/../x', 'owner/name/./x'],
    ...[
      'https://host/owner/name',
      'C:/models/vit',
      'owner/na--me',
      'owner/.name',
      'owner/name@',
      'a/b\\c',
      '',
    ],
  ])('refuses “%s”', (text) => {
    expect(parseHubId(text)).toBeNull();
  });
});

test('parseReference tells the forms apart', () => {
  expect(parseReference(' bundled:emoji-clip ')).toEqual({ kind: 'bundled', name: 'emoji-clip' });
  expect(parseReference('neurons:-2')).toEqual({ kind: 'own', unit: 'neurons', layer: -2 });
  expect(parseReference('heads:11')).toEqual({ kind: 'own', unit: 'heads', layer: 11 });
  expect(parseReference('owner/name')).toMatchObject({ kind: 'hub', id: { repository: 'owner/name' } });
  expect(parseReference('/models/vit')).toEqual({ kind: 'path', path: '/models/vit' });
  expect(parseReference('~/vit')).toEqual({ kind: 'path', path: '~/vit' });
  expect(parseReference('C:\\models\\vit')).toEqual({ kind: 'path', path: 'C:\\models\\vit' });
});

test.each([
  ['https://huggingface.co/openai/clip-vit-base-patch32', 'openai/clip-vit-base-patch32'],
  ['https://huggingface.co/openai/clip/tree/main', 'openai/clip'],
  ['https://huggingface.co/o/n/blob/main/layer-3/ae.pt?download=true', 'o/n/layer-3/ae.pt'],
  ['https://huggingface.co/o/n/resolve/refs%2Fpr%2F1/ae.pt', 'o/n@refs%2Fpr%2F1/ae.pt'],
  ['hf://o/n@v2/ae.pt', 'o/n@v2/ae.pt'],
  [' o/n ', 'o/n'],
  ['https://example.org/o/n', 'https://example.org/o/n'],
])('the address %s names %s', (address, id) => {
  expect(withoutHubAddress(address)).toBe(id);
});

test('blocks are counted from 0, and from the end', () => {
  expect([0, 11, 12, -1, -12, -13].map((layer) => blockOf(layer, 12))).toEqual([0, 11, null, 11, 0, null]);
});
