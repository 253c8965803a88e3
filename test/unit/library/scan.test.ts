import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { scan, scanOnly } from '../../../src/engine/library/scan';
import { expectError } from '../../support/expectError';
import { temporaryFolder } from '../../support/temporaryFolder';

const local = { isNetworkPath: () => false };

/** Writes files; a path that ends in `/` is an empty folder. */
function tree(...files: readonly string[]): string {
  const folder = temporaryFolder();
  for (const file of files) {
    mkdirSync(path.join(folder, file.endsWith('/') ? file : path.dirname(file)), { recursive: true });
    if (!file.endsWith('/')) writeFileSync(path.join(folder, file), file);
  }
  return folder;
}

async function found(folder: string, roots: readonly string[] = ['']): Promise<string[]> {
  const { files } = await scan(
    roots.map((root) => ({ folder: path.join(folder, root) })),
    local,
  );
  return files.map(
    (file) => `${file.classFolder} | ${path.relative(folder, file.path).replaceAll('\\', '/')}`,
  );
}

describe('scan', () => {
  it('finds images by their names, class folder by class folder', async () => {
    const folder = tree(
      'b.png',
      'a/c/z.JPG',
      'a/d.jpeg',
      'a/b.tif',
      'a/x.txt',
      'notes.png/',
      'png',
      '.hidden/q.gif',
    );
    expect(await found(folder)).toEqual([
      '. | b.png',
      '.hidden | .hidden/q.gif',
      'a | a/b.tif',
      'a | a/d.jpeg',
      'a/c | a/c/z.JPG',
    ]);
  });

  it('tells size, time and inode', async () => {
    const folder = tree('a.png');
    const { files } = await scan([{ folder }], local);
    expect(files[0]).toMatchObject({ size: 5, path: path.join(folder, 'a.png') });
    expect(files[0]!.mtimeNs).toBeGreaterThan(0n);
  });

  it('takes names as they are', async () => {
    const names = [
      'ä ö.png',
      'a,b;c.png',
      '[x].png',
      '{y}.png',
      '#.png',
      '%41.png',
      "it's.png",
      '犬 🐕.png',
      '-f.png',
    ];
    const folder = tree(...names.map((name) => `Ω [k]/${name}`));
    const paths = await found(folder);
    expect(paths.toSorted()).toEqual(names.map((name) => `Ω [k] | Ω [k]/${name}`).toSorted());
  });

  it('always leaves out repositories, packages and what it is told to', async () => {
    const folder = tree('.git/a.png', 'x/node_modules/p/a.png', 'own.contributions/a.png', 'x/a.png');
    const { files } = await scan([{ folder }], {
      ...local,
      leaveOut: [path.join(folder, 'own.contributions')],
    });
    expect(files.map((file) => path.relative(folder, file.path))).toEqual([path.join('x', 'a.png')]);
  });

  it('takes what the globs of the root say, relative to it', async () => {
    const folder = tree(
      'train/a.png',
      'train/b.jpg',
      'train/raw/c.png',
      'test/d.png',
      'build/e.png',
      'x/build/f.png',
    );
    const taken = async (globs: { include?: string[]; exclude?: string[] }) =>
      (await scan([{ folder, ...globs }], local)).files.map((file) =>
        path.relative(folder, file.path).replaceAll('\\', '/'),
      );
    expect(await taken({ include: ['train/**/*.png'] })).toEqual(['train/a.png', 'train/raw/c.png']);
    expect(await taken({ exclude: ['**/raw', 'test/**', '**/*.jpg', 'build/'] })).toEqual([
      'train/a.png',
      'x/build/f.png',
    ]);
    expect(await taken({ include: ['*'] })).toEqual([]);
    expect(await taken({ include: [] })).toEqual([]);
  });

  it('refuses a glob that cannot be read', async () => {
    await expectError(scan([{ folder: temporaryFolder(), include: [''] }], local), 'configuration', 'glob');
  });

  it('gives a file to the innermost root, whose globs decide', async () => {
    const folder = tree('a/x.png', 'a/b/y.png', 'a/b/c/z.png');
    expect(await found(folder, ['a', 'a/b', 'a'])).toEqual([
      '. | a/b/y.png',
      '. | a/x.png',
      'c | a/b/c/z.png',
    ]);
    const { files } = await scan(
      [
        { folder: path.join(folder, 'a'), exclude: ['b'] },
        { folder: path.join(folder, 'a/b'), include: ['*.png'] },
      ],
      local,
    );
    expect(files.map((file) => path.basename(file.path))).toEqual(['y.png', 'x.png']);
  });

  it('follows links once, after all else, and ends in cycles', async () => {
    const folder = tree('root/a/x.png', 'root/zz/', 'outside/y.png', 'outside/deep/w.png', 'single.png');
    const link = (to: string, at: string) => symlinkSync(path.join(folder, to), path.join(folder, at));
    link('root', 'root/a/loop');
    link('root/a', 'root/0-again');
    link('outside', 'root/b');
    link('outside/deep', 'root/0-deep');
    link('outside', 'outside/deep/back');
    link('single.png', 'root/s.png');
    link('single.png', 'root/t.png');
    link('root/a/x.png', 'root/0.png');
    link('missing', 'root/dangling');
    link('missing.png', 'root/dangling.png');
    // By the paths of the links: 0-deep before b.
    expect(await found(folder, ['root'])).toEqual([
      '. | root/s.png',
      '0-deep | root/0-deep/w.png',
      'a | root/a/x.png',
      'b | root/b/y.png',
    ]);
    const { unreadable } = await scan([{ folder: path.join(folder, 'root') }], local);
    expect(unreadable).toEqual([]);
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)(
    'notes folders that may not be read, and goes on',
    async () => {
      const folder = tree('a/x.png', 'locked/y.png', 'z/z.png');
      const locked = path.join(folder, 'locked');
      chmodSync(locked, 0);
      const { files, unreadable } = await scan([{ folder }], local);
      chmodSync(locked, 0o700);
      expect(files.map((file) => path.basename(file.path))).toEqual(['x.png', 'z.png']);
      expect(unreadable).toEqual([locked]);
    },
  );

  it('notes a root that is not there', async () => {
    const folder = tree('a/x.png');
    const missing = path.join(folder, 'gone');
    const { files, unreadable } = await scan([{ folder: missing }, { folder }], local);
    expect(files).toHaveLength(1);
    expect(unreadable).toEqual([missing]);
  });

  it('names folders on network drives, and passes them where it is asked to', async () => {
    const folder = tree('here/x.png', 'there/y.png', 'there/deep/z.png', 'elsewhere/w.png');
    symlinkSync(path.join(folder, 'elsewhere'), path.join(folder, 'here/link'));
    const remote = [path.join(folder, 'there'), path.join(folder, 'elsewhere')];
    const isNetworkPath = (at: string) => remote.some((one) => at.startsWith(one));
    const roots = [{ folder: path.join(folder, 'here') }, { folder: path.join(folder, 'there') }];
    const all = await scan(roots, { isNetworkPath });
    const names = (files: typeof all.files) => files.map((file) => path.basename(file.path)).toSorted();
    expect(names(all.files)).toEqual(['w.png', 'x.png', 'y.png', 'z.png']);
    expect(all.network).toEqual([path.join(folder, 'there'), path.join(folder, 'here/link')]);
    const passed = await scan(roots, { isNetworkPath, passNetwork: true });
    expect(names(passed.files)).toEqual(['x.png']);
    expect(passed.network).toEqual(all.network);
  });

  it('stops when it is cancelled', async () => {
    const folder = tree('a/x.png');
    const work = scan([{ folder }], { ...local, signal: AbortSignal.abort() });
    await expect(work).rejects.toMatchObject({ code: 'cancelled' });
  });
});

describe('scanOnly', () => {
  const only = async (folder: string, named: readonly string[], globs: { exclude?: string[] } = {}) => {
    const { files, looked } = await scanOnly(
      [{ folder: path.join(folder, 'root'), ...globs }],
      named.map((one) => path.join(folder, one)),
      local,
    );
    const relative = (file: string) => path.relative(folder, file).replaceAll('\\', '/');
    return { files: files.map((file) => relative(file.path)), looked: looked.map(relative) };
  };

  it('looks at what is named and lies in a root', async () => {
    const folder = tree('root/a/x.png', 'root/a/y.png', 'root/.git/q.png', 'root/n.txt', 'outside/z.png');
    expect(
      await only(folder, ['root/a/y.png', 'outside/z.png', 'root/gone.png', 'root/.git/q.png', 'root/n.txt']),
    ).toEqual({
      files: ['root/a/y.png'],
      looked: ['root/a/y.png', 'root/gone.png', 'root/.git/q.png', 'root/n.txt'],
    });
  });

  it('looks into folders that are named', async () => {
    const folder = tree('root/a/x.png', 'root/a/b/y.png', 'root/c/z.png');
    expect(await only(folder, ['root/a'], { exclude: ['**/b'] })).toEqual({
      files: ['root/a/x.png'],
      looked: ['root/a'],
    });
    expect((await only(folder, ['root/a/b'], { exclude: ['a/b'] })).files).toEqual([]);
  });

  it('passes what is reached through a link and has a path of its own', async () => {
    const folder = tree('root/a/x.png', 'single.png');
    symlinkSync(path.join(folder, 'root/a/x.png'), path.join(folder, 'root/l.png'));
    symlinkSync(path.join(folder, 'single.png'), path.join(folder, 'root/s.png'));
    expect((await only(folder, ['root/l.png', 'root/s.png'])).files).toEqual(['root/s.png']);
  });
});
