import { describe, expect, it } from 'vitest';
import { type ComponentCard, type Grounds, noAnnotation, type Sample } from '../../../../src/shared/library';
import { groupsOf, scoresOf } from '../../../../src/webview/latent/scores';

const grounds: Grounds = { key: 'study', access: { kind: 'owner' }, judge: null, images: 200, notes: [] };

function cardWith(n: number, change: Partial<ComponentCard>): ComponentCard {
  return {
    summary: { component: 7, annotation: noAnnotation, labels: [], n, firingRate: 0.2, samples: [] },
    samples: [],
    searched: { images: 40, all: true },
    maxActivation: 4.25,
    clarity: 0.714,
    polysemanticity: { score: 0.42, separation: 0.6, groups: [[0, 2], [1]] },
    redundancy: 0.6,
    fired: 40,
    histogram: { edges: new Float64Array(), counts: new Int32Array() },
    where: null,
    nearest: { inMeaning: [], inActivation: [] },
    reliance: [],
    ...change,
  };
}

const shown = (card: ComponentCard) =>
  scoresOf(card, grounds).map(({ name, value, qualifier }) => [name, value, qualifier]);

describe('scores', () => {
  it('stand beside what they rest on', () => {
    expect(shown(cardWith(20, {}))).toEqual([
      ['Fires in', '20.0\u00a0%', '40 of 200 images'],
      ['Max activation', '4.25', '40 images'],
      ['Clarity', '0.71', 'n = 20'],
      ['Polysemanticity', '0.42', 'n = 20'],
      ['Redundancy', '0.60', 'n = 20'],
    ]);
  });

  it('that are missing say why', () => {
    const few = cardWith(1, { clarity: null, polysemanticity: null, redundancy: null });
    expect(shown(few).slice(2)).toEqual([
      ['Clarity', null, 'needs 2 images, n = 1'],
      ['Polysemanticity', null, 'needs 5 images, n = 1'],
      ['Redundancy', null, 'needs 5 images, n = 1'],
    ]);
    const alone = cardWith(20, { redundancy: null, maxActivation: null });
    expect(shown(alone)[4]).toEqual(['Redundancy', null, 'no other to compare with']);
    expect(shown(alone)[1]).toEqual(['Max activation', null, 'fires in no image']);
  });
});

describe('groups', () => {
  const samples = ['a', 'b', 'c'].map((sha256) => ({ sha256 }) as Sample);
  const names = (card: ComponentCard, list: readonly Sample[] | null) =>
    groupsOf(card, list)?.map((group) => group.map(({ sha256 }) => sha256)) ?? null;

  it('are the samples by largest activation that their indices name', () => {
    expect(names(cardWith(20, {}), samples)).toEqual([['a', 'c'], ['b']]);
  });

  it('are not shown where one would be empty, the score is low, or the samples are others', () => {
    const low = { score: 0.19, separation: 0.6, groups: [[0], [1]] as [number[], number[]] };
    expect(names(cardWith(20, { polysemanticity: low }), samples)).toBeNull();
    expect(names(cardWith(20, {}), null)).toBeNull();
    expect(names(cardWith(20, {}), samples.slice(0, 1))).toBeNull();
    expect(names(cardWith(3, { polysemanticity: null }), samples)).toBeNull();
  });
});
