import { describe, expect, it } from 'vitest';
import { changesOf } from '../../../src/engine/library/changes';
import type { LibraryFile } from '../../../src/engine/library/library';
import type { ScannedFile } from '../../../src/engine/library/scan';

const scanned = (path: string, changes: Partial<ScannedFile> = {}): ScannedFile => ({
  path,
  size: 10,
  mtimeNs: 5n,
  inode: 7n,
  classFolder: 'a',
  ...changes,
});
const known = (path: string, changes: Partial<LibraryFile> = {}): LibraryFile => ({
  ...scanned(path),
  sha256: path,
  failure: null,
  ...changes,
});
const roots = [{ folder: '/r' }];
const paths = (files: readonly { readonly path: string }[]) => files.map(({ path }) => path);

describe('changes', () => {
  it('reads what is new, what changed, and what could not be read', () => {
    const files = [
      scanned('/r/new'),
      scanned('/r/size', { size: 11 }),
      scanned('/r/time', { mtimeNs: 6n }),
      scanned('/r/inode', { inode: 8n }),
      scanned('/r/unread'),
      scanned('/r/broken'),
      scanned('/r/same'),
      scanned('/r/moved', { classFolder: 'b' }),
    ];
    const library = [
      ...['/r/size', '/r/time', '/r/inode', '/r/same', '/r/moved'].map((path) => known(path)),
      known('/r/unread', { sha256: null, failure: 'locked' }),
      known('/r/broken', { failure: 'broken' }),
    ];
    const { fresh, unchanged, reclassed, gone } = changesOf(
      library,
      { files, unreadable: [], network: [] },
      { roots, others: 'keep' },
    );
    expect(paths(fresh)).toEqual(['/r/new', '/r/size', '/r/time', '/r/inode', '/r/unread']);
    expect(paths(unchanged)).toEqual(['/r/same', '/r/moved']);
    expect(reclassed).toEqual([known('/r/moved', { classFolder: 'b' })]);
    expect(gone).toEqual([]);
  });

  it('removes what is gone, but nothing from where nobody could look', () => {
    const library = ['/r/gone', '/r/locked/x', '/r/lockedx', '/elsewhere/x'].map((path) => known(path));
    const gone = (others: 'keep' | 'remove', looked?: readonly string[]) =>
      changesOf(
        library,
        { files: [], unreadable: ['/r/locked'], network: [], ...(looked && { looked }) },
        { roots, others },
      ).gone;
    expect(gone('keep')).toEqual(['/r/gone', '/r/lockedx']);
    expect(gone('remove')).toEqual(['/r/gone', '/r/lockedx', '/elsewhere/x']);
    expect(gone('remove', ['/r/gone'])).toEqual(['/r/gone']);
    expect(gone('remove', ['/r'])).toEqual(['/r/gone', '/r/lockedx']);
  });
});
