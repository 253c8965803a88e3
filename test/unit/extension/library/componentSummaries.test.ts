import { describe, expect, it } from 'vitest';
import { ComponentSummaries } from '../../../../src/extension/library/componentSummaries';
import type { LibraryStatus } from '../../../../src/shared/library';
import { engineRemote } from '../../../support/engineRemote';
import { libraryStatus, summary } from './fixtures';

/** Summaries of an engine that remembers what it was asked. */
function testSummaries(status: LibraryStatus | null, key = 'study') {
  const asked: number[][] = [];
  const others: string[] = [];
  const listeners: (() => void)[] = [];
  const listen = (listener: () => void) => {
    listeners.push(listener);
    return { dispose: () => {} };
  };
  const remote = engineRemote({
    summarise: async ({ components }) => {
      asked.push(components);
      const grounds = {
        key,
        access: { kind: 'owner' as const },
        judge: 'emoji-judge',
        images: 9,
        notes: [],
      };
      return { grounds, components: components.map((component) => summary(component)) };
    },
  });
  const summaries = new ComponentSummaries(
    {
      status: async () => status,
      request: async () => ({ library: '/l', study: { model: '/m', dictionary: '/d' }, judge: null }),
      onChange: listen,
      answeredFor: (other) => others.push(other) === 1,
    },
    { current: async () => ({ texts: [], nouns: true }), onChange: listen },
    () => remote,
  );
  const of = (components: readonly number[], study: string | null = 'study') =>
    summaries.of(components, study, new AbortController().signal);
  const change = () => {
    for (const listener of listeners) listener();
  };
  return { of, asked, others, change };
}

describe('summaries of components', () => {
  it('are asked for once, all that are missing together', async () => {
    const { of, asked } = testSummaries(libraryStatus());
    await of([3, 1]);
    const known = await of([1, 2, 3]);
    expect(known?.known.map(({ component }) => component)).toEqual([1, 2, 3]);
    expect(known?.judge).toBe('emoji-judge');
    expect(asked).toEqual([[3, 1], [2]]);
  });

  it('are asked for again after a change', async () => {
    const { of, asked, change } = testSummaries(libraryStatus());
    await of([1]);
    change();
    await of([1]);
    expect(asked).toEqual([[1], [1]]);
  });

  it('are of no other study', async () => {
    const { of, asked } = testSummaries(libraryStatus());
    expect(await of([1], 'another')).toBeNull();
    expect(asked).toEqual([]);
  });

  it('are dropped where the engine answers for another study, which is told', async () => {
    const { of, asked, others } = testSummaries(libraryStatus(), 'changed');
    expect(await of([1])).toBeNull();
    expect(await of([1])).toBeNull();
    expect(asked).toEqual([[1], [1]]);
    expect(others).toEqual(['changed', 'changed']);
  });

  it('are not asked for where there is no library', async () => {
    for (const status of [null, libraryStatus({ images: 0 })]) {
      const { of, asked } = testSummaries(status);
      expect(await of([1])).toBeNull();
      expect(asked).toEqual([]);
    }
  });
});
