import { describe, expect, it } from 'vitest';
import {
  beyondClasses,
  inCommonP,
  meanNearness,
  nuisanceTest,
  spreadOf,
} from '../../../../src/engine/audit/kinds/artefact';
import type { ClassGeometry } from '../../../../src/engine/audit/kinds/classGeometry';
import { classCosine, classPairCosines, groupCosine } from '../../../../src/engine/audit/kinds/classGeometry';
import { compoundTest } from '../../../../src/engine/audit/kinds/compound';
import { homonymTest } from '../../../../src/engine/audit/kinds/homonym';
import { twoLevels } from '../../../../src/engine/audit/kinds/twoLevels';
import { concat } from '../../../../src/engine/numeric/vector';
import { type Rows, rowCount, rowOf } from '../../../../src/engine/semantics/rows';
import { axis, cloud, normalSource, share } from './drawn';

const level = 0.05;
const width = 24;

/** Classes of ten pictures each around their own centres: `related` share a part of theirs. */
function classes(centres: readonly Float32Array[], spread: number): { geometry: ClassGeometry; rows: Rows } {
  const groups = centres.map((centre, c) => cloud(centre, 10, spread, 100 + c));
  const rows = { data: concat(groups.map(({ data }) => data)), width };
  const sums = groups.map((group) => {
    const sum = new Float32Array(width);
    for (let i = 0; i < 10; i++) for (const [d, x] of rowOf(group, i).entries()) sum[d]! += x;
    return sum;
  });
  const within = Float64Array.from(groups, (group) => {
    let total = 0;
    for (let i = 0; i < 10; i++) {
      for (let k = 0; k < 10; k++) {
        if (i !== k) total += rowOf(group, i).reduce((sum, x, d) => sum + x * rowOf(group, k)[d]!, 0);
      }
    }
    return total / 90;
  });
  return {
    rows,
    geometry: {
      names: centres.map((_, c) => `class ${c}`),
      classOf: Int32Array.from({ length: 10 * centres.length }, (_, i) => Math.floor(i / 10)),
      counts: new Int32Array(centres.length).fill(10),
      sums: { data: concat(sums), width },
      within,
      centre: new Float32Array(width),
    },
  };
}

describe('group cosine', () => {
  it('is that of the means however noisy the pictures are', () => {
    const a = axis(width, 0);
    const b = Float32Array.from(a, (x, d) => 0.6 * x + 0.8 * axis(width, 1)[d]!);
    const found = groupCosine(cloud(a, 300, 0.3, 1), cloud(b, 300, 0.3, 2));
    expect(found).toBeCloseTo(0.6, 1);
    expect(groupCosine(cloud(a, 300, 0.3, 1), cloud(a, 300, 0.3, 3))).toBeCloseTo(1, 1);
  });

  it('is none of groups that have nothing in common', () => {
    const apart = { data: concat([axis(width, 0), axis(width, 0, -1)]), width };
    expect(groupCosine(apart, apart)).toBeNull();
    expect(groupCosine({ data: axis(width, 0), width }, apart)).toBeNull();
  });

  it('is the same from sums of classes', () => {
    const { geometry, rows } = classes([axis(width, 0), axis(width, 1)], 0.1);
    const group = (c: number) => ({ data: rows.data.subarray(c * 10 * width, (c + 1) * 10 * width), width });
    expect(classCosine(geometry, 0, 1)).toBeCloseTo(groupCosine(group(0), group(1))!, 5);
    expect(classCosine(geometry, 1, 1)).toBe(1);
    expect([...classPairCosines(geometry)]).toEqual([classCosine(geometry, 1, 0)]);
  });
});

describe('two levels', () => {
  it('cuts where activations fall into two, each of at least five', () => {
    const found = twoLevels([9, 8, 0, 0.5, 9, 8, 0, 0, 0.2, 9.5, 0.1]);
    expect(found!.more.toSorted((a, b) => a - b)).toEqual([0, 1, 4, 5, 9]);
    // One loud image is no group.
    expect(twoLevels([100, 1, 2, 3, 4, 1, 2, 3, 4, 2])!.more).toHaveLength(5);
    expect(twoLevels([1, 2, 3, 4, 5, 6, 7, 8, 9])).toBeNull();
    expect(twoLevels(new Array(20).fill(3))).toBeNull();
  });
});

describe('homonym', () => {
  const [leopard, car, bird] = [axis(width, 0), axis(width, 1), axis(width, 2)];
  const splits = Float64Array.from({ length: 60 }, (_, i) => 0.85 + 0.0025 * i);
  const controls = Float64Array.from({ length: 60 }, (_, i) => 0.1 + 0.001 * i);
  const data = {
    more: cloud(car, 12, 0.1, 1),
    less: cloud(leopard, 14, 0.1, 2),
    elsewhere: cloud(car, 20, 0.15, 3),
    splits,
    score: 0.3,
    controls,
  };

  it('holds of two things by one word', () => {
    const test = homonymTest(data, level);
    expect(test.holds).toBe(true);
    expect(test.cosine).toBeLessThan(0.2);
    expect(test.pApart).toBeCloseTo(1 / 61, 10);
  });

  it('does not hold of one thing in two places', () => {
    const inSnow = Float32Array.from(leopard, (x, d) => x + 0.4 * bird[d]!);
    expect(homonymTest({ ...data, more: cloud(inSnow, 12, 0.1, 4) }, level).holds).toBe(false);
  });

  it('does not hold where its pictures are of something else, or the word is no name of them', () => {
    expect(homonymTest({ ...data, elsewhere: cloud(bird, 20, 0.15, 5) }, level).holds).toBe(false);
    expect(homonymTest({ ...data, score: 0.12 }, level).holds).toBe(false);
  });

  it('does not hold where there is too little to compare with', () => {
    expect(homonymTest({ ...data, splits: splits.subarray(0, 10) }, level).holds).toBe(false);
    expect(homonymTest({ ...data, controls: controls.subarray(0, 10) }, level).holds).toBe(false);
  });

  it('is at its level where a class is divided by chance', () => {
    const division = (seed: number) =>
      groupCosine(cloud(leopard, 10, 0.2, seed), cloud(leopard, 10, 0.2, seed + 1))!;
    const null_ = Float64Array.from({ length: 99 }, (_, i) => division(1000 + 2 * i));
    let seed = 5000;
    const rate = share(80, () => {
      seed += 2;
      const [more, less] = [cloud(leopard, 10, 0.2, seed), cloud(leopard, 10, 0.2, seed + 1)];
      return homonymTest({ ...data, more, less, splits: null_ }, level).pApart <= level;
    });
    expect(rate).toBeLessThan(0.14);
  });
});

describe('compound', () => {
  const [dog, sausage, empty] = [axis(width, 0), axis(width, 1), axis(width, 2)];
  const hotDog = Float32Array.from(sausage, (x, d) => 0.99 * x + 0.14 * dog[d]!);
  const components = Float32Array.from({ length: 99 }, (_, i) => i / 200);
  const phrases = [
    { phrase: { words: 'hot', text: 'a photo of a hot' }, vector: axis(width, 3), components },
    { phrase: { words: 'dog', text: 'a photo of a dog' }, vector: dog, components },
  ];

  it('holds where the pictures show a part', () => {
    const test = compoundTest(cloud(dog, 20, 0.2, 1), hotDog, empty, phrases, level)!;
    expect(test.holds).toBe(true);
    expect(test.phrase.words).toBe('dog');
    expect(test.part).toBeGreaterThan(test.whole);
  });

  it('does not hold where they show the whole, or the part describes others better', () => {
    expect(compoundTest(cloud(hotDog, 20, 0.2, 2), hotDog, empty, phrases, level)!.holds).toBe(false);
    const better = phrases.map((one) => ({ ...one, components: components.map((x) => x + 0.6) }));
    expect(compoundTest(cloud(dog, 20, 0.2, 1), hotDog, empty, better, level)!.holds).toBe(false);
  });

  it('is none of a text without parts', () => {
    expect(compoundTest(cloud(dog, 20, 0.2, 1), hotDog, empty, [], level)).toBeNull();
  });

  it('is below its level where parts and whole fit alike', () => {
    const neutral = axis(width, 5);
    let seed = 0;
    const rate = share(
      100,
      () => compoundTest(cloud(neutral, 20, 0.3, seed++), hotDog, empty, phrases, level)!.pBetter <= level,
    );
    // Two parts are tried, and the level is shared among them.
    expect(rate).toBeLessThan(0.12);
  });
});

describe('artefact', () => {
  const centres = Array.from({ length: 16 }, (_, c) => axis(width, c));
  const { geometry, rows } = classes(centres, 0.05);
  const all = geometry.classOf;

  it('finds pictures of one class, or of related ones, near', () => {
    const related = classes(
      centres.map((centre, c) =>
        c < 6 ? Float32Array.from(axis(width, 20), (x, d) => x + 0.5 * centre[d]!) : centre,
      ),
      0.05,
    ).geometry;
    expect(spreadOf(new Int32Array(12).fill(3), all, geometry)!.pNear).toBeLessThan(0.01);
    const six = Int32Array.from({ length: 12 }, (_, i) => i % 6);
    expect(spreadOf(six, all, related)!.pNear).toBeLessThan(0.01);
  });

  it('takes random pictures for spread, but for the level', () => {
    const normals = normalSource(3);
    const drawn = () =>
      Int32Array.from(normals(12), (x) => all[Math.floor(Math.abs(x * 1000)) % all.length]!);
    const rate = share(30, () => spreadOf(drawn(), all, geometry)!.pNear <= level);
    expect(rate).toBeLessThan(0.2);
  });

  it('says nothing where there is one class', () => {
    expect(spreadOf(new Int32Array(12), new Int32Array(50), geometry)).toBeNull();
    expect(meanNearness([1], () => 1)).toBeNull();
  });

  it('finds what pictures of many classes have in common beyond them', () => {
    const pictures = Array.from({ length: 16 }, (_, c) => 10 * c);
    const some = { data: concat(pictures.map((i) => rowOf(rows, i))), width };
    const of = Int32Array.from(pictures, (i) => all[i]!);
    const stamp = axis(width, 22, 0.3);
    const stamped = { ...some, data: some.data.map((x, i) => x + stamp[i % width]!) };
    expect(inCommonP(beyondClasses(stamped, of, geometry))).toBeLessThan(0.01);
    // A class's own mean is left out: what is left of its pictures is noise.
    expect(inCommonP(beyondClasses(some, of, geometry))).toBeGreaterThan(0.02);
  });

  it('finds the declared nuisance that describes it, and none that describes all', () => {
    const [said, empty] = [axis(width, 18), axis(width, 19)];
    const components = Float32Array.from({ length: 199 }, (_, i) => i / 400);
    const watermark = { text: 'a watermark', vector: axis(width, 22), components };
    // Near all pictures: it describes every component.
    const background = {
      text: 'a background',
      vector: axis(width, 22),
      components: components.map((x) => x + 1),
    };
    const pictures = cloud(axis(width, 22), 20, 0.1, 9);
    const test = nuisanceTest(pictures, said, empty, [background, watermark], level)!;
    expect(test).toMatchObject({ holds: true, text: 'a watermark' });
    expect(nuisanceTest(pictures, said, empty, [background], level)!.holds).toBe(false);
    expect(nuisanceTest(cloud(said, 20, 0.1, 8), said, empty, [watermark], level)!.holds).toBe(false);
    expect(nuisanceTest(pictures, said, empty, [], level)).toBeNull();
    expect(rowCount(pictures)).toBe(20);
  });
});
