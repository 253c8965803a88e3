import { describe, expect, it } from 'vitest';
import { SentPictures } from '../../../../src/extension/library/sentPictures';
import { hash, sample, summary } from './fixtures';

const label = (path: string) => path.replace('/workspace/', '');

describe('pictures that were sent to a page', () => {
  it('are known to it by paths of the workspace, and to us by where they are', () => {
    const pictures = new SentPictures(label);
    const sent = pictures.summary(summary(3, { samples: [sample('/workspace/a.png', hash('a'))] }));
    expect(sent.samples[0]?.path).toBe('a.png');
    expect(pictures.path(hash('a'))).toBe('/workspace/a.png');
  });

  it('are the only ones that it may ask for', () => {
    const pictures = new SentPictures(label);
    pictures.summary(summary(3, { samples: [sample('/workspace/a.png', hash('a'))] }));
    expect(() => pictures.path(hash('b'))).toThrow('There is no picture');
    expect(() => new SentPictures(label).path(hash('a'))).toThrow('There is no picture');
  });
});
