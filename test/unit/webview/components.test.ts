import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  arrange,
  type Component,
  compared,
  componentsOf,
  type Filter,
  largestMagnitude,
  type Ordering,
  orderings,
  signs,
  totalsOf,
} from '../../../src/webview/attribution/components';

const everything: Filter = { sign: 'any', latent: '', minimumShare: 0 };
const byShare: Ordering = { by: 'share', descending: true };
const five = componentsOf([3, 12, 20, 21, 300], [1, 5, 2, 4, 3], [0.01, -0.04, 0.03, 0, -0.02]);
const latents = (components: readonly Component[]) => components.map(({ latent }) => latent);

const someComponents = fc
  .uniqueArray(fc.nat(5000), { maxLength: 60 })
  .chain((ids) =>
    fc.tuple(
      fc.constant(ids),
      fc.array(fc.float({ min: 0, max: 20, noNaN: true }), { minLength: ids.length, maxLength: ids.length }),
      fc.array(fc.float({ min: -1, max: 1, noNaN: true }), { minLength: ids.length, maxLength: ids.length }),
    ),
  )
  .map(([ids, activations, attributions]) => componentsOf(ids, activations, attributions));
const someFilter = fc.record({
  sign: fc.constantFrom(...signs),
  latent: fc.constantFrom('', '1', '42'),
  minimumShare: fc.constantFrom(0, 0.01, 0.2),
});
const someOrdering = fc.record({ by: fc.constantFrom(...orderings), descending: fc.boolean() });

describe('componentsOf', () => {
  it('gives every component its share of Σ|A|', () => {
    expect(five.map(({ share }) => share)).toEqual(
      [0.1, 0.4, 0.3, 0, 0.2].map((share) => expect.closeTo(share, 12)),
    );
    expect(five[1]).toMatchObject({ latent: 12, activation: 5, attribution: -0.04 });
  });

  it('gives shares of zero where every attribution is zero', () => {
    expect(componentsOf([1, 2], [3, 4], [0, -0]).map(({ share }) => share)).toEqual([0, 0]);
  });
});

describe('totals', () => {
  it('keep the signs apart', () => {
    expect(totalsOf(five)).toEqual({
      count: 5,
      positive: expect.closeTo(0.04, 12),
      negative: expect.closeTo(-0.06, 12),
      share: expect.closeTo(1, 12),
    });
    expect(largestMagnitude(five)).toBe(0.04);
    expect(largestMagnitude([])).toBe(0);
  });
});

describe('arrange', () => {
  it('lists the largest |A| first and says what that leaves out', () => {
    const { shown, omitted } = arrange(five, everything, byShare, 3);
    expect(latents(shown)).toEqual([12, 20, 300]);
    expect(omitted).toEqual({
      count: 2,
      positive: expect.closeTo(0.01, 12),
      negative: 0,
      share: expect.closeTo(0.1, 12),
    });
  });

  it.each([
    [{ by: 'attribution', descending: true }, [20, 3, 21, 300, 12]],
    [{ by: 'attribution', descending: false }, [12, 300, 21, 3, 20]],
    [{ by: 'activation', descending: true }, [12, 21, 300, 20, 3]],
    [{ by: 'latent', descending: false }, [3, 12, 20, 21, 300]],
  ] as const)('orders by %o', (ordering, expected) => {
    expect(latents(arrange(five, everything, ordering, 10).shown)).toEqual(expected);
  });

  it.each([
    [{ ...everything, sign: 'positive' }, [20, 3]],
    [{ ...everything, sign: 'negative' }, [12, 300]],
    [{ ...everything, latent: '2' }, [12, 20, 21]],
    [{ ...everything, minimumShare: 0.15 }, [12, 20, 300]],
  ] as const)('keeps what passes %o', (filter, expected) => {
    expect(latents(arrange(five, filter, byShare, 10).shown)).toEqual(expected);
  });

  it('keeps what is called by the text, in any case, or has it in its number', () => {
    const calling = (latent: number) => ({ 20: 'snow', 300: 'a wolf 3\nsnow' })[latent] ?? '';
    const found = (latent: string) =>
      latents(arrange(five, { ...everything, latent }, byShare, 10, calling).shown);
    expect(found('Snow')).toEqual([20, 300]);
    expect(found('3')).toEqual([300, 3]);
    expect(found('fox')).toEqual([]);
  });

  it('neither loses nor invents a component, whatever is asked', () => {
    fc.assert(
      fc.property(
        someComponents,
        someFilter,
        someOrdering,
        fc.nat(70),
        (components, filter, ordering, limit) => {
          const { shown, omitted } = arrange(components, filter, ordering, limit);
          const [all, listed] = [totalsOf(components), totalsOf(shown)];
          expect(shown.length).toBeLessThanOrEqual(limit);
          expect(listed.count + omitted.count).toBe(all.count);
          expect(listed.positive + omitted.positive).toBeCloseTo(all.positive, 9);
          expect(listed.negative + omitted.negative).toBeCloseTo(all.negative, 9);
          expect(listed.share + omitted.share).toBeCloseTo(all.share, 9);
        },
      ),
    );
  });

  it('keeps the order of what components were before an intervention', () => {
    const before = componentsOf([1, 2, 3], [1, 2, 3], [0.03, -0.02, 0.01]);
    const now = compared(componentsOf([1, 2, 3], [0, 2, 6], [0, -0.021, 0.05]), before, new Map([[3, 0.02]]));
    const order = (by: Ordering['by'], filter = everything) =>
      latents(arrange(now, filter, { by, descending: true }, Number.POSITIVE_INFINITY).shown);
    expect(order('share')).toEqual([1, 2, 3]);
    expect(order('activation')).toEqual([3, 2, 1]);
    expect(order('attribution', { ...everything, sign: 'positive' })).toEqual([1, 3]);
    expect(order('change')).toEqual([3, 1, 2]);
    expect(order('measured')).toEqual([3, 1, 2]);
    expect(largestMagnitude(now)).toBe(0.05);
  });

  it('orders every neighbour', () => {
    fc.assert(
      fc.property(someComponents, someOrdering, (components, ordering) => {
        const { shown } = arrange(components, everything, ordering, Number.POSITIVE_INFINITY);
        for (let i = 1; i < shown.length; i++) {
          const rank = (component: Component) =>
            ordering.by === 'measured' || ordering.by === 'change' ? 0 : component[ordering.by];
          const step = rank(shown[i]!) - rank(shown[i - 1]!);
          expect(ordering.descending ? -step : step).toBeGreaterThanOrEqual(0);
          if (step === 0) expect(shown[i]!.latent).toBeGreaterThan(shown[i - 1]!.latent);
        }
      }),
    );
  });
});
