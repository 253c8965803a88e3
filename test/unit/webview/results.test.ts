import { describe, expect, it } from 'vitest';
import type { ImageAnalysis, ImageOutcome } from '../../../src/shared/analysis';
import type { PanelState } from '../../../src/shared/panelProtocol';
import type { StudyInfo } from '../../../src/shared/study';
import {
  aboutStudy,
  imageKey,
  isFresh,
  promptScores,
  settle,
} from '../../../src/webview/attribution/results';
import type { About } from '../../../src/webview/components/studyHeader';

const study = (key: string, notes: string[] = []) =>
  ({ key, notes, model: { logitScale: 10, logitBias: null } }) as unknown as StudyInfo;

function analysis(...similarities: number[]): ImageAnalysis {
  return {
    width: 10,
    height: 10,
    crop: { left: 0, top: 0, width: 10, height: 10 },
    latents: Int32Array.of(7),
    activations: Float32Array.of(1),
    directions: similarities.map((similarity) => ({
      similarity,
      total: 0,
      attributions: Float32Array.of(0),
      mode: 'forward',
    })),
  };
}

function state(
  prompts: string[],
  outcome: ImageOutcome | null,
  change: Partial<PanelState> = {},
): PanelState {
  return {
    revision: 0,
    prompts,
    images: [{ name: 'wolf.jpg', outcome }],
    study: study('one'),
    engine: null,
    progress: null,
    error: null,
    notes: [],
    components: null,
    interventions: [],
    interventionsError: null,
    ...change,
  };
}

const done = (...similarities: number[]): ImageOutcome => ({
  kind: 'analysis',
  analysis: analysis(...similarities),
});
const underWay = { study: null, progress: { stage: 'images', done: 0, total: 1 } };
const key = imageKey(0, 'wolf.jpg');
const first = settle(new Map(), state(['a', 'b'], done(0.3, 0.1)));

describe('settle', () => {
  it('keeps an analysis with the prompts that it answers', () => {
    expect(first.get(key)).toMatchObject({ prompts: ['a', 'b'], study: 'one' });
  });

  it('keeps the last analysis while a new one is being computed', () => {
    expect(settle(first, state(['a', 'c'], null, underWay)).get(key)?.prompts).toEqual(['a', 'b']);
  });

  it('forgets it when none will come', () => {
    expect(settle(first, state(['a', 'c'], null)).size).toBe(0);
  });

  it('forgets it when the image fails', () => {
    const failure: ImageOutcome = { kind: 'failure', error: { code: 'image', message: 'broken' } };
    expect(settle(first, state(['a', 'b'], failure)).size).toBe(0);
  });

  it('forgets it once another study is under way', () => {
    expect(settle(first, state(['a', 'b'], null, { ...underWay, study: study('two') })).size).toBe(0);
  });

  it('does not carry an analysis over to another image in its place', () => {
    const other = state(['a'], null, { ...underWay, images: [{ name: 'fox.jpg', outcome: null }] });
    expect(settle(first, other).size).toBe(0);
  });

  it('takes no analysis whose directions are not these prompts', () => {
    expect(settle(new Map(), state(['a'], done(0.3, 0.1))).size).toBe(0);
  });
});

describe('promptScores', () => {
  it('gives similarities and the softmax at the model’s temperature', () => {
    const [a, b] = promptScores(['a', 'b'], first.get(key));
    expect([a!.similarity, b!.similarity]).toEqual([0.3, 0.1]);
    expect(a!.confidence).toBeCloseTo(1 / (1 + Math.exp(-2)), 12);
    expect(a!.confidence! + b!.confidence!).toBeCloseTo(1, 12);
  });

  it('gives each prompt a probability of its own where the model has a bias', () => {
    const siglip = {
      key: 'one',
      notes: [],
      model: { logitScale: 10, logitBias: -2 },
    } as unknown as StudyInfo;
    const settled = settle(new Map(), state(['a', 'b'], done(0.3, 0.1), { study: siglip })).get(key);
    const [a, b] = promptScores(['a', 'b'], settled);
    expect(a!.confidence).toBeCloseTo(1 / (1 + Math.exp(-1)), 12);
    expect(b!.confidence).toBeCloseTo(1 / (1 + Math.exp(1)), 12);
    expect(promptScores(['b'], settled)).toEqual([b]);
  });

  it('follows texts, not places', () => {
    const scores = promptScores(['new', 'b', 'a'], first.get(key));
    expect(scores.map(({ similarity }) => similarity)).toEqual([null, 0.1, 0.3]);
  });

  it('are missing where nothing is known', () => {
    expect(promptScores(['a'], undefined)).toEqual([{ similarity: null, confidence: null }]);
  });
});

describe('isFresh', () => {
  it('only where this image answers exactly the prompts shown', () => {
    const answered = state(['a', 'b'], done(0.3, 0.1));
    expect(isFresh(answered, 0, ['a', 'b'])).toBe(true);
    expect(isFresh(answered, 0, ['b', 'a'])).toBe(false);
    expect(isFresh(answered, 1, ['a', 'b'])).toBe(false);
    expect(isFresh(state(['a', 'b'], null), 0, ['a', 'b'])).toBe(false);
  });
});

describe('aboutStudy', () => {
  const before: About = { study: study('one'), notes: ['n'] };

  it('gives each note once', () => {
    const { notes } = aboutStudy(
      before,
      state([], null, { notes: ['x', 'y'], study: study('one', ['y', 'z']) }),
    );
    expect(notes).toEqual(['x', 'y', 'z']);
  });

  it('stays while computing again and goes when nothing is under way', () => {
    expect(aboutStudy(before, state([], null, underWay))).toBe(before);
    expect(aboutStudy(before, state([], null, { study: null }))).toEqual({ study: null, notes: [] });
  });
});
