import { describe, expect, it } from 'vitest';
import { automaticJudge, resolveJudge } from '../../../../src/extension/library/judge';
import { sharedStorage } from '../../../../src/extension/library/libraryFile';
import { expectError } from '../../../support/expectError';

describe('the storage that all windows of a workspace share', () => {
  const everything = () => true;

  it('is that of the first window', () => {
    const first = '/user/workspaceStorage/8f2c11aa/clipsight.clipsight';
    expect(sharedStorage('/user/workspaceStorage/8f2c11aa-1/clipsight.clipsight', everything)).toBe(first);
    expect(sharedStorage(first, everything)).toBe(first);
  });

  it('does not take the sign of a name for the number of a window', () => {
    const storage = '/user/workspaceStorage/-1/clipsight.clipsight';
    expect(sharedStorage(storage, everything)).toBe(storage);
    const second = '/user/workspaceStorage/-4f21-2/clipsight.clipsight';
    expect(sharedStorage(second, everything)).toBe('/user/workspaceStorage/-4f21/clipsight.clipsight');
  });

  it('is the own one where there is no first', () => {
    const storage = '/user/workspaceStorage/8f2c11aa-1/clipsight.clipsight';
    expect(sharedStorage(storage, (path) => path !== '/user/workspaceStorage/8f2c11aa')).toBe(storage);
  });
});

describe('the judge', () => {
  const surroundings = { bundledFolder: '/clipsight/models', home: '/home/me', isTrusted: true };

  it('is the one that comes with the model, else the model itself', () => {
    expect(resolveJudge('', 'bundled:emoji-clip', surroundings)).toBe('/clipsight/models/emoji-judge');
    expect(resolveJudge(' ', '/models/vit', surroundings)).toBeNull();
    expect(automaticJudge('openai/clip')).toBe('self');
  });

  it('is the one that the setting names', () => {
    expect(resolveJudge('self', 'bundled:emoji-clip', surroundings)).toBeNull();
    expect(resolveJudge('~/vit', 'bundled:emoji-clip', surroundings)).toBe('/home/me/vit');
    expect(resolveJudge('openai/clip', '/models/vit', surroundings)).toBe('openai/clip');
  });

  it('is never one of the person’s choosing without trust', () => {
    const untrusted = { ...surroundings, isTrusted: false };
    expect(resolveJudge('/models/vit', 'bundled:emoji-clip', untrusted)).toBe(
      '/clipsight/models/emoji-judge',
    );
  });

  it('is refused by the name of its own setting', async () => {
    const judge = async () => resolveJudge('vit', '/models/vit', surroundings);
    await expectError(judge(), 'configuration', 'clipsight.judge', '“vit”');
  });
});
