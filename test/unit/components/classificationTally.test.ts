import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClassificationTally, type Classified } from '../../../src/engine/components/classificationTally';

const classes = 4;
const scores = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: classes, maxLength: classes });
const image = fc.record({
  truths: fc.uniqueArray(fc.nat(classes - 1), { maxLength: 2 }),
  before: scores,
  after: scores,
});

function counted(images: readonly Omit<Classified, 'picture'>[], most = 1000) {
  const tally = new ClassificationTally(classes);
  for (const [picture, one] of images.entries()) tally.add({ picture, ...one });
  return { ...tally.counts(most), ofSeveral: tally.ofSeveral };
}

const put = (row: ArrayLike<number>) => Array.from(row).indexOf(Math.max(...Array.from(row)));
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;

describe('counting classifications', () => {
  it('gives what counting by hand gives', () => {
    fc.assert(
      fc.property(fc.array(image, { maxLength: 30 }), (images) => {
        const found = counted(images);
        expect(found.images).toBe(images.length);
        expect(found.ofSeveral).toBe(images.filter(({ truths }) => truths.length > 1).length);
        const known = images.filter(({ truths }) => truths.length > 0);
        const rightly = (of: 'before' | 'after') =>
          mean(known.map((one) => (one.truths.includes(put(one[of])) ? 1 : 0)));
        if (known.length === 0) expect(found.accuracy).toBeNull();
        else {
          expect(found.accuracy?.images).toBe(known.length);
          expect(found.accuracy?.before).toBeCloseTo(rightly('before'), 12);
          expect(found.accuracy?.after).toBeCloseTo(rightly('after'), 12);
        }
        found.classes.forEach(({ predicted, accuracy, change }, c) => {
          expect(predicted).toEqual({
            before: images.filter(({ before }) => put(before) === c).length,
            after: images.filter(({ after }) => put(after) === c).length,
          });
          const own = images.filter(({ truths }) => truths.includes(c));
          if (own.length === 0) expect([accuracy, change]).toEqual([null, null]);
          else {
            expect(accuracy?.images).toBe(own.length);
            expect(accuracy?.before).toBeCloseTo(mean(own.map(({ before }) => +(put(before) === c))), 12);
            expect(accuracy?.after).toBeCloseTo(mean(own.map(({ after }) => +(put(after) === c))), 12);
            expect(change).toBeCloseTo(mean(own.map((one) => one.after[c]! - one.before[c]!)), 12);
          }
        });
        const changed = images.flatMap(({ before, after }, i) => (put(before) === put(after) ? [] : [i]));
        expect(found.changes).toBe(changed.length);
        expect(found.changed.map(({ picture }) => picture).toSorted((a, b) => a - b)).toEqual(changed);
      }),
    );
  });

  it('lists the largest changes first, and no more than asked', () => {
    fc.assert(
      fc.property(fc.array(image, { maxLength: 30 }), fc.nat(5), (images, most) => {
        const all = counted(images).changed;
        const sizes = all.map(({ scores: [before, after] }) => Math.abs(after - before));
        expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
        for (const { picture, before, after, scores: pair } of all) {
          const one = images[picture]!;
          expect([before, after]).toEqual([put(one.before), put(one.after)]);
          expect(pair).toEqual([one.before[before], one.after[before]]);
        }
        expect(counted(images, most).changed).toEqual(all.slice(0, most));
      }),
    );
  });

  it('says of an image of two classes that it is of the one that it was put into', () => {
    const before = [0, 0, 0, 1];
    const after = [0, 2, 0, 1];
    const truthOf = (truths: number[]) => counted([{ truths, before, after }]).changed[0]!.truth;
    expect([truthOf([0, 3]), truthOf([0, 1]), truthOf([0, 2]), truthOf([])]).toEqual([3, 1, 0, null]);
  });
});
