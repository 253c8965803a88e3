import { mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { sourceOf } from '../../../src/engine/cli/source';
import { temporaryFolder } from '../../support/temporaryFolder';

test('what exists here is a path, also where it reads like an id of the hub', () => {
  const folder = join(temporaryFolder(), 'owner/name');
  mkdirSync(folder, { recursive: true });
  expect(sourceOf(relative(process.cwd(), folder))).toBe(folder);
});

test.each([
  'owner/name',
  'owner/name@v1.0',
  'owner/name@refs/pr/1/a/sae.pt',
  'owner/name/a/sae.pt',
  'hf://owner/name',
  'https://huggingface.co/owner/name/tree/main/a',
  'neurons:3',
  'heads:-1',
])('%s is left as it is', (text) => {
  expect(sourceOf(text)).toBe(text);
});

test.each(['name', './owner/name', '../name', '/owner/name'])('%s is a path', (text) => {
  expect(sourceOf(text)).toBe(resolve(text));
});
