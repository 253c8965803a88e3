import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Asking } from '../../../../src/webview/attribution/asking';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function questions() {
  const asked: { key: string; signal: AbortSignal; answer: (value: string) => void; fail: () => void }[] = [];
  const ask = (key: string) => (signal: AbortSignal) =>
    new Promise<string>((resolve, reject) => {
      asked.push({ key, signal, answer: resolve, fail: () => reject(new Error('no')) });
    });
  return { asked, ask };
}

describe('Asking', () => {
  it('asks once the wish has rested, and only the last', async () => {
    const { asked, ask } = questions();
    const asking = new Asking<string>(() => {}, 100);
    asking.want('a', true, ask('a'));
    await vi.advanceTimersByTimeAsync(60);
    asking.want('b', true, ask('b'));
    await vi.advanceTimersByTimeAsync(60);
    expect(asked).toEqual([]);
    await vi.advanceTimersByTimeAsync(60);
    expect(asked.map(({ key }) => key)).toEqual(['b']);
    expect(asking.now).toEqual({ kind: 'waiting' });
    asked[0]!.answer('B');
    await vi.advanceTimersByTimeAsync(0);
    expect(asking.now).toEqual({ kind: 'answer', value: 'B' });
  });

  it('cancels what is no longer wanted, and never shows its answer', async () => {
    const { asked, ask } = questions();
    const asking = new Asking<string>(() => {}, 0);
    asking.want('a', true, ask('a'));
    await vi.advanceTimersByTimeAsync(1);
    asking.want('b', true, ask('b'));
    expect(asked[0]!.signal.aborted).toBe(true);
    asked[0]!.answer('A');
    await vi.advanceTimersByTimeAsync(1);
    expect(asking.now).toEqual({ kind: 'waiting' });
  });

  it('keeps answers by their keys until it forgets them', async () => {
    const { asked, ask } = questions();
    const asking = new Asking<string>(() => {}, 0);
    for (const key of ['a', 'b']) {
      asking.want(key, true, ask(key));
      await vi.advanceTimersByTimeAsync(1);
      asked.at(-1)!.answer(key.toUpperCase());
      await vi.advanceTimersByTimeAsync(1);
    }
    asking.want('a', false, ask('a'));
    expect(asking.now).toEqual({ kind: 'answer', value: 'A' });
    expect(asked).toHaveLength(2);
    asking.forget();
    asking.want('a', true, ask('a'));
    expect(asking.now).toEqual({ kind: 'waiting' });
  });

  it('wants nothing that it can neither recall nor ask for, and asks when it can', async () => {
    const { asked, ask } = questions();
    const asking = new Asking<string>(() => {}, 0);
    asking.want('a', false, ask('a'));
    await vi.advanceTimersByTimeAsync(1);
    expect([asking.now, asked]).toEqual([{ kind: 'none' }, []]);
    asking.want('a', true, ask('a'));
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toHaveLength(1);
    // The host forgot the study under it: what was asked would be refused.
    asking.want('a', false, ask('a'));
    expect(asked[0]!.signal.aborted).toBe(true);
    expect(asking.now).toEqual({ kind: 'none' });
  });

  it('shows a failure, and asks again only when told to', async () => {
    const { asked, ask } = questions();
    const asking = new Asking<string>(() => {}, 0);
    asking.want('a', true, ask('a'));
    await vi.advanceTimersByTimeAsync(1);
    asked[0]!.fail();
    await vi.advanceTimersByTimeAsync(1);
    expect(asking.now).toMatchObject({ kind: 'failure', error: { message: 'no' } });
    asking.want('a', true, ask('a'));
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toHaveLength(1);
    asking.retry();
    asking.want('a', true, ask('a'));
    await vi.advanceTimersByTimeAsync(1);
    expect(asked).toHaveLength(2);
  });
});
