import { describe, expect, it } from 'vitest';
import type { Asked } from '../../../src/webview/attribution/asked';
import { LiveAnswer } from '../../../src/webview/attribution/liveAnswer';

const asked = (factor: number, image = 0, prompts = ['a']): Asked => ({
  study: 'study',
  image,
  name: `${image}.jpg`,
  prompts,
  intervention: [{ component: 1, factor }],
});

/** A live answer whose host the test plays; every answer is the factor asked for. */
function followed() {
  const calls: { asked: Asked; signal: AbortSignal; answer: () => void; refuse: () => void }[] = [];
  const live = new LiveAnswer<number>(
    (request, signal) =>
      new Promise((resolve, reject) => {
        const answer = () => resolve(request.intervention[0]!.factor);
        calls.push({ asked: request, signal, answer, refuse: () => reject(new Error('no')) });
      }),
    () => {},
  );
  return { live, calls, factors: () => calls.map(({ asked: { intervention } }) => intervention[0]!.factor) };
}
const settle = () => new Promise((resolve) => setTimeout(resolve));

describe('LiveAnswer', () => {
  it('has one request under way, and asks next for the newest want only', async () => {
    const { live, calls, factors } = followed();
    for (const factor of [0.9, 0.8, 0.7, 0.6]) live.want(asked(factor));
    expect(factors()).toEqual([0.9]);
    calls[0]!.answer();
    await settle();
    expect(factors()).toEqual([0.9, 0.6]);
    // On the way: what is shown is of an earlier change of the same thing.
    expect(live.shown?.answer).toBe(0.9);
    expect(live.settled).toBe(false);
    calls[1]!.answer();
    await settle();
    expect(live.shown?.answer).toBe(0.6);
    expect(live.settled).toBe(true);
    live.want(asked(0.6));
    await settle();
    expect(factors()).toEqual([0.9, 0.6]);
  });

  it('shows nothing of another image or other prompts, and cancels what nobody waits for', async () => {
    const { live, calls } = followed();
    live.want(asked(0.5));
    calls[0]!.answer();
    await settle();
    live.want(asked(0.4));
    live.want(asked(0.4, 1));
    expect(live.shown).toBeNull();
    expect(calls[1]!.signal.aborted).toBe(true);
    // Too late, and about another image.
    calls[1]!.answer();
    await settle();
    expect(live.shown).toBeNull();
    calls[2]!.answer();
    await settle();
    expect(live.shown?.asked.image).toBe(1);
    live.want(asked(0.4, 1, ['b']));
    expect(live.shown).toBeNull();
    live.want(null);
    expect(calls[3]!.signal.aborted).toBe(true);
    expect(live.settled).toBe(true);
  });

  it('tells why there is no answer until something else is wanted, or it is asked for again', async () => {
    const { live, calls } = followed();
    live.want(asked(0.5));
    calls[0]!.refuse();
    await settle();
    expect(live.failure?.message).toBe('no');
    expect(calls).toHaveLength(1);
    live.retry();
    expect(live.failure).toBeNull();
    expect(calls).toHaveLength(2);
    calls[1]!.refuse();
    await settle();
    live.want(asked(0.4));
    expect(live.failure).toBeNull();
    // A refusal of what is no longer wanted is no news.
    live.want(asked(0.3));
    calls[2]!.refuse();
    await settle();
    expect(live.failure).toBeNull();
    calls[3]!.answer();
    await settle();
    expect(live.shown?.answer).toBe(0.3);
  });
});
