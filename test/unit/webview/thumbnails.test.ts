import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Preview } from '../../../src/shared/engineProtocol';
import { type ThumbnailRequest, Thumbnails } from '../../../src/webview/components/thumbnails';

interface Asked {
  readonly request: ThumbnailRequest;
  readonly signal: AbortSignal | undefined;
  readonly answer: () => void;
  readonly refuse: (reason: string) => void;
}

const preview: Preview = { bytes: new Uint8Array([1, 2]), mime: 'image/jpeg', width: 8, height: 8 };
const one = (name: string): ThumbnailRequest => ({ sha256: name, size: 64 });
const settled = () => new Promise((resolve) => setTimeout(resolve));

function host() {
  const asked: Asked[] = [];
  const fetch = (request: ThumbnailRequest, { signal }: { signal?: AbortSignal | undefined }) =>
    new Promise<Preview>((resolve, reject) => {
      const answer = () => resolve(preview);
      asked.push({ request, signal, answer, refuse: (reason) => reject(new Error(reason)) });
    });
  return { asked, fetch, names: () => asked.map(({ request }) => request.sha256) };
}

describe('thumbnails', () => {
  let held: Set<string>;

  beforeEach(() => {
    held = new Set();
    let count = 0;
    vi.spyOn(URL, 'createObjectURL').mockImplementation(() => {
      const url = `blob:${count++}`;
      held.add(url);
      return url;
    });
    vi.spyOn(URL, 'revokeObjectURL').mockImplementation((url) => {
      if (!held.delete(url)) throw new Error(`${url} was revoked twice`);
    });
  });
  afterEach(() => vi.restoreAllMocks());

  it('asks once for what several watch, and tells each', async () => {
    const { asked, fetch } = host();
    const thumbnails = new Thumbnails(fetch);
    const first = vi.fn();
    const second = vi.fn();
    thumbnails.watch(one('a'), first);
    thumbnails.watch(one('a'), second);
    thumbnails.watch({ sha256: 'a', size: 128 }, () => {});
    expect(asked.map(({ request }) => request.size)).toEqual([64, 128]);
    expect(thumbnails.get(one('a'))).toEqual({ kind: 'loading' });
    asked[0]!.answer();
    await settled();
    expect(first).toHaveBeenCalledOnce();
    expect(second).toHaveBeenCalledOnce();
    expect(thumbnails.get(one('a'))).toEqual({ kind: 'picture', url: 'blob:0' });
  });

  it('asks for a few at a time, and never for what is no longer watched when its turn comes', async () => {
    const { asked, fetch, names } = host();
    const thumbnails = new Thumbnails(fetch, 2);
    const stops = ['a', 'b', 'c', 'd', 'e'].map((name) => thumbnails.watch(one(name), () => {}));
    expect(names()).toEqual(['a', 'b']);
    stops[2]!();
    asked[0]!.answer();
    await settled();
    expect(names()).toEqual(['a', 'b', 'd']);
    asked[1]!.refuse('gone');
    await settled();
    expect(names()).toEqual(['a', 'b', 'd', 'e']);
  });

  it('keeps pictures that nobody watches up to a number, those seen longest ago go first', async () => {
    const { asked, fetch, names } = host();
    const thumbnails = new Thumbnails(fetch, 9, 2);
    const stops = ['a', 'b', 'c'].map((name) => thumbnails.watch(one(name), () => {}));
    for (const { answer } of asked) answer();
    await settled();
    expect(held.size).toBe(3);
    stops[2]!();
    // Watched ones are never let go, however many.
    expect([...held]).toEqual(['blob:0', 'blob:1']);
    stops[0]!();
    stops[1]!();
    expect(held.size).toBe(2);
    thumbnails.watch(one('a'), () => {})();
    thumbnails.watch(one('d'), () => {});
    asked[3]!.answer();
    await settled();
    expect([...held]).toEqual(['blob:0', 'blob:3']);
    expect(names()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('says why there is no picture, and tries again when told to or looked at again', async () => {
    const { asked, fetch } = host();
    const thumbnails = new Thumbnails(fetch);
    const changed = vi.fn();
    const stop = thumbnails.watch(one('a'), changed);
    asked[0]!.refuse('The file is gone.');
    await settled();
    expect(thumbnails.get(one('a'))).toEqual({ kind: 'unavailable', reason: 'The file is gone.' });
    thumbnails.retry();
    expect(thumbnails.get(one('a'))).toEqual({ kind: 'loading' });
    expect(changed).toHaveBeenCalledTimes(2);
    asked[1]!.refuse('Still gone.');
    await settled();
    stop();
    thumbnails.watch(one('a'), changed);
    expect(asked).toHaveLength(3);
    asked[2]!.answer();
    await settled();
    expect(thumbnails.get(one('a')).kind).toBe('picture');
  });

  it('keeps what comes after nobody watches any more', async () => {
    const { asked, fetch } = host();
    const thumbnails = new Thumbnails(fetch);
    thumbnails.watch(one('a'), () => {})();
    asked[0]!.answer();
    await settled();
    expect(thumbnails.get(one('a')).kind).toBe('picture');
    expect(asked).toHaveLength(1);
  });

  it('clears: cancels what is under way and releases all', async () => {
    const { asked, fetch } = host();
    const thumbnails = new Thumbnails(fetch, 2);
    const stops = ['a', 'b', 'c'].map((name) => thumbnails.watch(one(name), () => {}));
    asked[0]!.answer();
    await settled();
    thumbnails.clear();
    expect(held.size).toBe(0);
    expect(asked.map(({ signal }) => signal?.aborted)).toEqual([false, true, true]);
    // A picture that comes all the same is released, and the end of an old watch harms nothing.
    asked[1]!.answer();
    await settled();
    expect(held.size).toBe(0);
    for (const stop of stops) stop();
    expect(thumbnails.get(one('a'))).toEqual({ kind: 'loading' });
  });
});
