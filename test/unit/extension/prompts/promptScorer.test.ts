import { describe, expect, it } from 'vitest';
import type { Member } from '../../../../src/extension/prompts/promptDirections';
import { mostRanked } from '../../../../src/extension/prompts/strongestComponents';
import { promptConfidences } from '../../../../src/shared/confidence';
import { ClipsightError } from '../../../../src/shared/errors';
import { templateOf } from '../../../../src/shared/promptDirection';
import { found, group, list, prompt } from './found';
import { idle, membersOf, scorables, scoring } from './scoring';

const animals = ['a wolf', 'a husky', 'a cat', 'an elephant'];

function shown(prompts: readonly Member[]) {
  const view = { now: prompts };
  const test = scoring(() => view.now);
  test.scorer.refresh();
  return { ...test, view };
}

describe('what is asked', () => {
  it('is what is in view, with components; then the rest of its group, scores alone; then nothing', async () => {
    const prompts = scorables(list('g', animals));
    const { calls, asked, finish } = shown(prompts.slice(0, 2));
    await idle();
    expect(calls.map(({ texts, most }) => [texts, most])).toEqual([[['a wolf', 'a husky'], mostRanked]]);
    await calls[0]!.answer();
    expect(calls.map(({ texts, most }) => [texts, most])).toEqual([[['a cat', 'an elephant'], 0]]);
    await finish();
    expect(asked.length).toBe(2);
  });

  it('comes in slices, small ones of what is in view, an ensemble counting as many texts as it has', async () => {
    const many = Array.from({ length: 150 }, (_, i) => `prompt ${i}`);
    const { asked, finish } = shown(scorables(list('g', many)).slice(0, 40));
    await finish();
    expect(asked.map(({ texts }) => texts.length)).toEqual([16, 16, 8, 64, 46]);
    const templates = Array.from({ length: 40 }, (_, i) =>
      prompt('t', `{} ${i}`, { kind: 'template', template: templateOf(`{} ${i}`) }),
    );
    const classes = ['cat', 'dog'].map((name) => prompt('c', name, { kind: 'class' }));
    const ensembles = shown(
      scorables(found([group('c', 'class', { usedWith: ['t'] })], [...classes, ...templates])),
    );
    await ensembles.finish();
    expect(ensembles.asked.map(({ texts }) => texts)).toEqual([['cat'], ['dog']]);
  });

  it('is nothing where nothing is pinned, or no prompt is in view', async () => {
    const empty = shown([]);
    await idle();
    expect(empty.counts.subjects).toBe(0);
    const unpinned = shown(scorables(list('g', animals)));
    unpinned.pin(null);
    await unpinned.finish();
    expect(unpinned.asked.filter(({ signal }) => !signal.aborted)).toEqual([]);
  });

  it('is one text after one was edited', async () => {
    const { scorer, view, asked, finish } = shown(scorables(list('g', animals)));
    await finish();
    view.now = scorables(list('g', ['a wolf', 'a fox', 'a cat', 'an elephant']));
    scorer.refresh();
    await finish();
    expect(asked.slice(1).map(({ texts }) => texts)).toEqual([['a fox']]);
  });

  it('is not the rest of a group that is too large to be compared', async () => {
    const many = Array.from({ length: 20_001 }, (_, i) => `prompt ${i}`);
    const prompts = scorables(list('g', many));
    const { scorer, asked, finish } = shown(prompts.slice(0, 1));
    await finish();
    expect(asked.map(({ texts }) => texts)).toEqual([['prompt 0']]);
    expect(scorer.score(prompts[0]!)?.confidence).toBeNull();
  });

  it('is the template filled with the class that scores best, once all classes are scored', async () => {
    const members = membersOf(
      found(
        [group('t', 'template'), group('c', 'class', { usedWith: ['t'] })],
        [
          prompt('t', 'my {}', { kind: 'template', template: templateOf('my {}') }),
          ...['cat', 'elephant', 'dog'].map((name) => prompt('c', name, { kind: 'class' })),
        ],
      ),
    );
    const { scorer, asked, finish } = shown([members[0]!]);
    await finish();
    expect(asked.map(({ texts, most }) => [texts, most])).toEqual([
      [['my cat', 'my elephant', 'my dog'], 0],
      [['my elephant'], mostRanked],
    ]);
    const score = scorer.score(members[0]!);
    expect(score?.direction).toEqual({ kind: 'prompt', text: 'my elephant' });
    expect(score?.similarity).toBeCloseTo(0.11, 6);
  });
});

describe('what is cancelled', () => {
  it('is what scrolled out of view, and the rest of a group for what came into view', async () => {
    const first = scorables(list('g', animals));
    const second = scorables(list('h', ['a house', 'a tree']));
    const { scorer, view, calls, asked } = shown(first);
    await idle();
    view.now = second;
    scorer.refresh();
    await idle();
    expect(asked[0]!.signal.aborted).toBe(true);
    expect(calls.map(({ texts }) => texts)).toEqual([['a house', 'a tree']]);

    const long = scorables(list('l', animals));
    const other = shown(long.slice(0, 1));
    await idle();
    await other.calls[0]!.answer();
    expect(other.calls[0]!.most).toBe(0);
    other.view.now = long.slice(0, 2);
    other.scorer.refresh();
    await idle();
    expect(other.asked[1]!.signal.aborted).toBe(true);
    expect(other.calls.map(({ texts, most }) => [texts, most])).toEqual([[['a husky'], mostRanked]]);
  });

  it('is not what is still in view', async () => {
    const prompts = scorables(list('g', animals));
    const { scorer, view, calls, asked } = shown(prompts.slice(0, 3));
    await idle();
    view.now = prompts.slice(1);
    scorer.refresh();
    await idle();
    expect(asked.length).toBe(1);
    await calls[0]!.answer();
    expect(calls.map(({ texts }) => texts)).toEqual([['an elephant']]);
  });

  it('is what was asked of another image; and what is known of the one before is not asked again', async () => {
    const { scorer, pin, asked, finish } = shown(scorables(list('g', animals)));
    await finish();
    pin('cat');
    await idle();
    pin('wolf');
    await finish();
    expect(asked.map(({ signal }) => signal.aborted)).toEqual([false, true]);
    expect(scorer.status.isBusy).toBe(false);
  });
});

describe('what is known', () => {
  it('is similarity, share of the softmax, the strongest component with its label and mark', async () => {
    const prompts = scorables(list('g', animals));
    const { scorer, calls, labels, finish } = shown(prompts.slice(0, 2));
    await idle();
    expect(scorer.score(prompts[0]!)).toBeNull();
    await calls[0]!.answer();
    const early = scorer.score(prompts[0]!);
    expect(early?.similarity).toBeCloseTo(0.06, 6);
    expect(early?.confidence).toBeNull();
    await finish();
    const shares = promptConfidences(
      animals.map(({ length }) => length / 100),
      { logitScale: 100, logitBias: null },
    );
    const { confidence, strongest } = scorer.score(prompts[1]!)!;
    expect(confidence).toBeCloseTo(shares[1]!, 5);
    expect(strongest).toMatchObject({ component: 7, label: 'label 7', isPoor: true });
    expect(strongest?.share).toBeCloseTo(0.5, 5);
    expect(labels).toEqual([[6, 7]]);
  });

  it('of a model that gives probabilities does not wait for the group', async () => {
    const prompts = scorables(list('g', animals));
    const { scorer, asked, finish } = (() => {
      const test = scoring(() => prompts.slice(0, 1), { key: 'siglip', logitBias: -5 });
      test.scorer.refresh();
      return test;
    })();
    await finish();
    expect(asked.length).toBe(1);
    expect(scorer.score(prompts[0]!)?.confidence).toBeCloseTo(1 / (1 + Math.exp(-1)), 4);
  });

  it('is nothing once nothing is pinned', async () => {
    const prompts = scorables(list('g', animals));
    const { scorer, pin, finish } = shown(prompts);
    await finish();
    expect(scorer.score(prompts[0]!)).not.toBeNull();
    pin(null);
    expect(scorer.score(prompts[0]!)).toBeNull();
    await finish();
    expect(scorer.score(prompts[0]!)).toBeNull();
  });

  it('of a model that changed on disk is not mixed with what was known before', async () => {
    const prompts = scorables(list('g', animals));
    const { scorer, calls, use, asked, finish } = shown(prompts.slice(0, 1));
    await idle();
    await calls[0]!.answer();
    use({ key: 'another', logitBias: null });
    await finish();
    expect(asked.map(({ texts }) => texts.length)).toEqual([1, 3, 1, 3]);
    expect(scorer.study?.key).toBe('another');
    expect(scorer.score(prompts[0]!)?.confidence).not.toBeNull();
  });
});

describe('a failure', () => {
  it('is told once, and nothing is asked until there is reason to hope', async () => {
    const { scorer, calls, asked, counts } = shown(scorables(list('g', animals)));
    await idle();
    await calls[0]!.fail(new ClipsightError('checkpoint', 'The model is broken.'));
    expect(scorer.status.failure?.message).toBe('The model is broken.');
    expect(counts.failures).toBe(1);
    for (let i = 0; i < 5; i++) scorer.refresh();
    await idle();
    expect(asked.length).toBe(1);
    scorer.retry();
    await idle();
    expect(asked.length).toBe(2);
    expect(scorer.status.failure).toBeNull();
  });

  it('of an engine that stopped is one only where another stops at once, too', async () => {
    const prompts = scorables(list('g', animals));
    const { scorer, calls, asked, counts, finish } = shown(prompts.slice(0, 2));
    const stop = () => calls[0]!.fail(new ClipsightError('engine-stopped', 'It was killed.'));
    await idle();
    await stop();
    expect(scorer.status.failure).toBeNull();
    await calls[0]!.answer();
    await stop();
    await stop();
    expect(scorer.status.failure?.message).toBe('It was killed.');
    expect([counts.failures, asked.length]).toEqual([1, 4]);
    expect(scorer.score(prompts[0]!)).not.toBeNull();
    scorer.retry();
    await finish();
    expect(scorer.score(prompts[0]!)?.confidence).not.toBeNull();
  });

  it('of images that are no longer pinned is none', async () => {
    const prompts = scorables(list('g', animals));
    const { scorer, pinUnreadable, pin, finish } = shown(prompts);
    await finish();
    const fail = pinUnreadable();
    await idle();
    pin('cat');
    fail(new ClipsightError('image', 'It is gone.'));
    await finish();
    expect(scorer.status).toMatchObject({ failure: null, isBusy: false });
    expect(scorer.score(prompts[0]!)).not.toBeNull();
  });

  it('of one text costs the others nothing', async () => {
    const prompts = scorables(list('g', animals));
    const { scorer, calls, asked } = shown(prompts);
    await idle();
    const refuse = async () => {
      while (calls.length > 0) {
        const [call] = calls;
        if (call!.texts.includes('a cat')) await call!.fail(new ClipsightError('prompt', 'No cats.'));
        else await call!.answer();
      }
    };
    await refuse();
    expect(scorer.status.failure).toBeNull();
    expect(prompts.map((member) => scorer.score(member) === null)).toEqual([false, false, true, false]);
    expect(scorer.score(prompts[0]!)?.confidence).not.toBeNull();
    const before = asked.length;
    scorer.refresh();
    await idle();
    expect(asked.length).toBe(before);
  });
});
