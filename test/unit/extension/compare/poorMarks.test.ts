import { describe, expect, it } from 'vitest';
import { describedPairs, PoorMarks } from '../../../../src/extension/compare/poorMarks';
import type { PairAlignments } from '../../../../src/shared/comparison';
import { compareColumn } from './states';

const signal = new AbortController().signal;

/** Marks by an engine that finds everything poorly described, for the study that it is asked about. */
function testMarks() {
  const asked: (readonly { readonly component: number; readonly text: string }[])[] = [];
  let study = 'a';
  const request = async () => ({}) as never;
  const marks = new PoorMarks({ request }, () => ({
    alignPairs: async ({ pairs }) => {
      asked.push(pairs);
      const grounds = { key: study } as PairAlignments['grounds'];
      return { grounds, pairs: pairs.map(() => ({ alignment: 0, better: 0.9 })) };
    },
  }));
  const switchTo = (key: string) => {
    study = key;
  };
  return { marks, asked, switchTo };
}

const heat = {
  directions: ['wolf', 'dog'],
  components: Int32Array.of(7, 8, 9),
  attributions: Float32Array.of(0.1, -0.2, 0, 0.3, 0.4, -0.5),
  activations: Float32Array.of(1, 1, 1),
  totals: Float32Array.of(1, 1),
};
const columns = [compareColumn('a wolf', 'wolf'), compareColumn('a dog', 'dog')];

describe('pairs that marks are asked for', () => {
  it('are those with an attribution above 0, of the components that are shown', () => {
    expect(describedPairs({ columns, heat }, [7, 9, 12])).toEqual([
      { direction: 'wolf', text: 'a wolf', component: 7 },
      { direction: 'dog', text: 'a dog', component: 7 },
    ]);
  });

  it('leave out what is not computed', () => {
    expect(describedPairs({ columns, heat: null }, [7])).toEqual([]);
    const fresh = compareColumn('a fox', 'fox');
    expect(describedPairs({ columns: [fresh], heat }, [7])).toEqual([]);
  });
});

describe('marks', () => {
  const pairs = describedPairs({ columns, heat }, [7, 8]);

  it('are asked for once', async () => {
    const { marks, asked } = testMarks();
    const poor = await marks.of(pairs, 'a', signal);
    expect(poor).toEqual([
      { direction: 'wolf', components: Int32Array.of(7) },
      { direction: 'dog', components: Int32Array.of(7, 8) },
    ]);
    expect(await marks.of(pairs, 'a', signal)).toEqual(poor);
    expect(asked).toHaveLength(1);
    marks.forget();
    await marks.of(pairs, 'a', signal);
    expect(asked).toHaveLength(2);
  });

  it('of one study are not those of another', async () => {
    const { marks, asked, switchTo } = testMarks();
    await marks.of(pairs, 'a', signal);
    expect(await marks.of(pairs, 'b', signal)).toEqual([]);
    switchTo('b');
    expect(await marks.of(pairs, 'b', signal)).toHaveLength(2);
    expect(asked).toHaveLength(3);
  });
});
