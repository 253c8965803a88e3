import { describe, expect, it, vi } from 'vitest';
import { KeptAnswers } from '../../../../../src/extension/prompts/hover/keptAnswers';
import { PromptReasons, type ReasonServices } from '../../../../../src/extension/prompts/hover/promptReasons';
import { watched, within } from '../../../../../src/extension/prompts/hover/watched';
import type { Comparison } from '../../../../../src/shared/comparison';
import type { EngineProtocol } from '../../../../../src/shared/engineProtocol';
import { ClipsightError } from '../../../../../src/shared/errors';
import type { Grounds } from '../../../../../src/shared/library';
import type { Remote } from '../../../../../src/shared/rpc/protocol';
import { engineRemote } from '../../../../support/engineRemote';
import { studyInfo } from '../../../fixtures';

const { signal } = new AbortController();
const cancelled = () => new ClipsightError('cancelled', 'It was cancelled.');

describe('kept answers', () => {
  it('are asked for once', async () => {
    const kept = new KeptAnswers<number>(2);
    const ask = vi.fn(async () => 7);
    expect(await Promise.all([kept.of('a', signal, ask), kept.of('a', signal, ask)])).toEqual([7, 7]);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it('are no failures', async () => {
    const kept = new KeptAnswers<number>(2);
    await expect(kept.of('a', signal, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await kept.of('a', signal, async () => 7)).toBe(7);
  });

  it('are asked for again by who still waits when who asked first went away', async () => {
    const kept = new KeptAnswers<number>(2);
    const leaving = new AbortController();
    const first = kept.of(
      'a',
      leaving.signal,
      (own) => new Promise((_, reject) => own.addEventListener('abort', () => reject(cancelled()))),
    );
    const second = kept.of('a', signal, async () => 7);
    leaving.abort();
    await expect(first).rejects.toThrow('cancelled');
    expect(await second).toBe(7);
  });
});

describe('what is under way', () => {
  it('is waited for no longer than said, and is there afterwards', async () => {
    let finish: (value: number) => void = () => undefined;
    const work = watched(
      new Promise<number>((resolve) => {
        finish = resolve;
      }),
    );
    await within(5, [work.ended]);
    expect(work.now()).toEqual({ kind: 'pending' });
    finish(7);
    await work.ended;
    expect(work.now()).toEqual({ kind: 'known', value: 7 });
  });

  it('is a failure with its reason, and nothing where it was cancelled', async () => {
    const failed = watched(Promise.reject(new ClipsightError('image', 'It is cut.')));
    const gone = watched(Promise.reject(cancelled()));
    await within(1000, [failed.ended, gone.ended]);
    expect(failed.now()).toEqual({ kind: 'failed', error: { code: 'image', message: 'It is cut.' } });
    expect(gone.now()).toEqual({ kind: 'none' });
  });
});

const comparison = (similarity: number, key = 'study'): Comparison => ({
  study: studyInfo(key),
  failures: [null],
  similarities: Float32Array.of(similarity),
  components: Int32Array.of(3),
  attributions: Float32Array.of(0.5),
  activations: Float32Array.of(1),
  totals: Float32Array.of(1),
  readings: [[]],
});

function reasonsWith(
  answers: Partial<Remote<EngineProtocol>>,
  {
    summaries,
    request,
  }: Partial<Pick<ReasonServices, 'summaries'> & Pick<ReasonServices['library'], 'request'>> = {},
) {
  return new PromptReasons({
    engine: () => engineRemote(answers),
    library: {
      exists: false,
      status: async () => null,
      request: request ?? (() => Promise.reject(new Error('There is no library'))),
      thumbnail: () => Promise.reject(new Error('There is no library')),
    },
    summaries: summaries ?? { of: async () => null },
    label: (path) => path,
  });
}

const asked = {
  study: { model: '/m', dictionary: '/d' },
  images: [
    { image: { kind: 'file' as const, path: '/a.png' }, key: 'a 1' },
    { image: { kind: 'file' as const, path: '/b.png' }, key: 'b 1' },
  ],
  direction: { kind: 'prompt' as const, text: 'a wolf' },
};

describe('reasons', () => {
  it('are asked for once, and anew where the editor shows another score meanwhile', async () => {
    const compare = vi.fn(async () => comparison(0.3));
    const reasons = reasonsWith({ compare });
    await reasons.of(asked, null, signal);
    await reasons.of({ ...asked, study: { ...asked.study, samples: ['/c.png'] } }, 0.3, signal);
    expect(compare).toHaveBeenCalledTimes(1);
    compare.mockResolvedValue(comparison(0.2));
    expect((await reasons.of(asked, 0.2, signal)).score.similarity).toBeCloseTo(0.2);
  });

  it('are of other images once these have changed', async () => {
    const compare = vi.fn(async () => comparison(0.3));
    const reasons = reasonsWith({ compare });
    await reasons.of(asked, null, signal);
    await reasons.of({ ...asked, images: [{ ...asked.images[0]!, key: 'a 2' }] }, null, signal);
    expect(compare).toHaveBeenCalledTimes(2);
  });

  it('are bars without names where there is no library, and the engine is not asked for it', async () => {
    const reasons = reasonsWith({ compare: async () => comparison(0.3) });
    const found = await reasons.of(asked, null, signal);
    expect(await reasons.described(asked, found, signal)).toMatchObject([
      { component: 3, attribution: 0.5, share: 0.5, label: null, isPoor: null, thumbnails: [] },
    ]);
    expect(await reasons.matched(asked, signal)).toBeNull();
  });

  it('are marked only where a component speaks for the prompt, with the one that a hint names', async () => {
    const asks: unknown[] = [];
    const against = [-0.6, -0.5, -0.4, -0.35, -0.3];
    const attributions = Float32Array.of(...against, 0.25, 0.125);
    const compared = {
      ...comparison(0.3),
      attributions,
      components: Int32Array.from(attributions, (_, i) => i),
      activations: attributions.map(Math.abs),
    };
    const reasons = reasonsWith(
      {
        compare: async () => compared,
        alignPairs: async ({ pairs }) => {
          asks.push(pairs);
          return {
            grounds: { key: 'study' } as Grounds,
            pairs: pairs.map(() => ({ alignment: 0, better: 1 })),
          };
        },
      },
      { summaries: { of: async () => ({ known: [] }) as never }, request: async () => ({}) as never },
    );
    const described = await reasons.described(asked, await reasons.of(asked, null, signal), signal);
    expect(described.map(({ component, isPoor }) => [component, isPoor])).toEqual([
      ...against.map((_, i) => [i, null]),
      [5, true],
    ]);
    expect(asks).toEqual([[{ component: 5, text: 'a wolf' }]]);
  });

  it('have words only of one text, of the images that can be read', async () => {
    const words = { study: studyInfo(), similarity: 0, tokens: [], contributions: new Float32Array() };
    const reasons = reasonsWith({
      attributeWords: async ({ image }) => {
        if (image.kind === 'file' && image.path === '/b.png') throw new ClipsightError('image', 'It is cut.');
        const word = { text: 'wolf', start: 2, contribution: 0, leaveOneOut: 0.25 };
        return { ...words, words: [word], components: [], notes: [] };
      },
    });
    expect(await reasons.words(asked, signal)).toEqual({
      words: [{ text: 'wolf', leaveOneOut: 0.25 }],
      images: 1,
    });
    const ensemble = { kind: 'ensemble' as const, name: 'wolf', texts: ['a', 'b'] };
    expect(await reasons.words({ ...asked, direction: ensemble }, signal)).toBeNull();
  });
});
