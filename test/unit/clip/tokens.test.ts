import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tokenSpan } from '../../../src/engine/clip/tokens';
import { expectError } from '../../support/expectError';
import { RandomWeights, randomImageTower } from '../../support/randomClip';

const tower = (cls: boolean) =>
  randomImageTower(new RandomWeights(join(import.meta.dirname, 'never written'), 1), {
    pooling: 'average before',
    cls,
    preNorm: false,
    patchBias: false,
    projection: null,
    activation: 'gelu',
  });
const withCls = { id: 'with', image: tower(true) };
const without = { id: 'without', image: tower(false) };
const at = { point: 'resid_post', layer: 0 } as const;
const embedding = { point: 'embedding', layer: 1 } as const;

describe('tokenSpan', () => {
  it('takes CLS, patches or both', () => {
    expect(tokenSpan(withCls, { ...at, tokens: 'cls' })).toEqual({
      start: 0,
      end: 1,
      parts: [{ part: 0, from: 0, to: 1 }],
    });
    expect(tokenSpan(withCls, { ...at, tokens: 'patches' })).toEqual({
      start: 1,
      end: 5,
      parts: [{ part: 1, from: 0, to: 4 }],
    });
    expect(tokenSpan(withCls, { ...at, tokens: 'all' })).toEqual({
      start: 0,
      end: 5,
      parts: [
        { part: 0, from: 0, to: 1 },
        { part: 1, from: 1, to: 5 },
      ],
    });
  });

  it('knows no difference where there is no CLS token, or only the embedding', () => {
    const whole = { start: 0, end: 4, parts: [{ part: 0, from: 0, to: 4 }] };
    expect(tokenSpan(without, { ...at, tokens: 'patches' })).toEqual(whole);
    expect(tokenSpan(without, { ...at, tokens: 'all' })).toEqual(whole);
    const one = { start: 0, end: 1, parts: [{ part: 0, from: 0, to: 1 }] };
    expect(tokenSpan(withCls, { ...embedding, tokens: 'all' })).toEqual(one);
  });

  it('refuses tokens that are not there', async () => {
    const span = async (...asked: Parameters<typeof tokenSpan>) => tokenSpan(...asked);
    await expectError(
      span(without, { ...at, tokens: 'cls' }),
      'dictionary',
      'without',
      'CLS',
      'patches or all',
    );
    await expectError(span(withCls, { ...embedding, tokens: 'cls' }), 'dictionary', 'with', 'one vector');
    await expectError(span(without, { ...embedding, tokens: 'patches' }), 'dictionary', 'one vector', 'all');
  });
});
