import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HashCache } from '../../../src/engine/checkpoint/hashCache';
import { readClip } from '../../../src/engine/clip/checkpoint';
import { openDictionary } from '../../../src/engine/dictionary/openDictionary';
import { expectError } from '../../support/expectError';

const model = join(import.meta.dirname, '../../golden/models/tiny-gelu-fp32');

const open = async (dictionary: string, more: { layer?: number; tokens?: 'cls' } = {}) => {
  const options = { modelSha256: 'abc', hashes: new HashCache(null) };
  return openDictionary({ model, dictionary, ...more }, await readClip(model), options);
};

describe('dictionaries that need no file', async () => {
  const { blocks, mlpWidth, heads, width } = (await readClip(model)).image;

  it('are the neurons of a block', async () => {
    const { info, hook, componentSize } = await open('neurons:0');
    expect(info).toMatchObject({ id: 'neurons:0', sha256: 'abc', layer: 0, tokens: 'all', size: mlpWidth });
    expect(hook).toEqual({ point: 'neurons', layer: 0, tokens: 'all' });
    expect(componentSize).toBe(1);
  });

  it('or its attention heads, of which each is one component', async () => {
    const last = blocks.length - 1;
    const { info, hook, componentSize } = await open('heads:-1', { tokens: 'cls' });
    expect(info).toMatchObject({
      id: `heads:${last}`,
      sha256: 'abc',
      layer: last,
      tokens: 'cls',
      size: heads,
    });
    expect(hook).toEqual({ point: 'heads', layer: last, tokens: 'cls' });
    expect(componentSize).toBe(width / heads);
  });

  it('of the block that the request asks for', async () => {
    expect((await open('heads:-1', { layer: 0 })).hook.layer).toBe(0);
  });

  it.each(['neurons:', 'neurons:x', 'heads:', 'heads:1.5', 'heads:1\n'])('say what to write: %j', (name) =>
    expectError(open(name), 'dictionary', 'names no layer', `${name.split(':')[0]}:-2`),
  );

  it('refuse a block that is not there', () => expectError(open('heads:99'), 'dictionary', 'out of range'));
});
