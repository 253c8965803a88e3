import picomatch from 'picomatch';
import { expect, it } from 'vitest';
import { NetworkFolders } from '../../../../src/extension/library/networkFolders';
import { withoutFolders } from '../../../../src/extension/library/withoutFolders';
import { testMemento } from '../models/fixtures';

it('folders are left out, whether they are roots or lie in them', () => {
  const roots = [{ folder: '/code/a', exclude: ['**/x'] }, { folder: '/code/b' }, { folder: '/mnt/photos' }];
  expect(withoutFolders(roots, ['/mnt/photos', '/code/a/far/away', '/code/abc'])).toEqual([
    { folder: '/code/a', exclude: ['**/x', 'far/away'] },
    { folder: '/code/b' },
  ]);
});

it('a folder that is left out is no pattern, whatever it is called', () => {
  const name = 'a [b] {c,d} (e)* !f';
  const [root] = withoutFolders([{ folder: '/code' }], [`/code/${name}`]);
  const matches = picomatch(root!.exclude![0]!);
  expect(matches(name)).toBe(true);
  expect(matches('a b c e f')).toBe(false);
});

it('a folder on a network drive is allowed once, and for good', async () => {
  const storage = testMemento();
  await new NetworkFolders(storage).allow(['/mnt/a']);
  expect(new NetworkFolders(storage).notAllowed(['/mnt/a', '/mnt/b'])).toEqual(['/mnt/b']);
});
