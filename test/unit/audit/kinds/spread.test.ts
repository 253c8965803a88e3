import { expect, it } from 'vitest';
import { componentSpreads } from '../../../../src/engine/audit/kinds/componentSpread';
import { artefactResult } from '../../../../src/engine/audit/kinds/sentences';
import { type Firings, intraclass, isSpread, spreadOf } from '../../../../src/engine/audit/kinds/spread';
import { unwatched } from '../../../../src/engine/job';
import { uniforms } from '../../../../src/engine/numeric/uniforms';
import { memoryLibrary } from '../../../support/memoryLibrary';

const classes = 20;
const each = 40;

/** Activations about 1 on the subject's images; elsewhere as a class is given to fire, about `elsewhere`. */
function firings(shareOf: (name: number) => number, elsewhere = 1): Firings {
  const random = uniforms(5);
  const names = Array.from({ length: classes * each }, (_, i) => Math.floor(i / each));
  const firing = names.filter((name) => random() < shareOf(name));
  return {
    own: Float32Array.from({ length: 20 }, () => 0.5 + random()),
    elsewhere: Float32Array.from(firing, () => elsewhere * (0.5 + random())),
    classes: Int32Array.from(firing),
    sizes: new Int32Array(classes).fill(each),
  };
}

it('what comes with images of all classes is an artefact, what comes with all of some is shared', () => {
  const artefact = spreadOf(firings(() => 0.4))!;
  expect(isSpread(artefact, 0.05)).toBe(true);
  const shared = spreadOf(firings((name) => (name < 4 ? 1 : 0.02)))!;
  expect(shared.between).toBeGreaterThan(0.3);
  expect(isSpread(shared, 0.05)).toBe(false);
  expect(artefactResult(shared, false, null, 'folders').evidence).toContain('depends on what they are of');
});

it('what fires less on the subject’s images than elsewhere is hardly in them', () => {
  const weaker = spreadOf(firings(() => 0.4, 2))!;
  expect(weaker.pWeaker).toBeLessThan(0.001);
  expect(isSpread(weaker, 0.05)).toBe(false);
  expect(artefactResult(weaker, false, null, 'folders').evidence).toContain('less than on others');
});

it('says which of both it is, also where a shared feature fires a little less on the subject’s images', () => {
  const shared = spreadOf(firings((name) => (name < 4 ? 1 : 0.02), 1.1))!;
  expect(shared.above).toBeLessThan(0.5);
  expect(artefactResult(shared, false, null, 'folders').evidence).toContain('depends on what they are of');
});

it('is not known where too little fires it elsewhere, or all is one class', () => {
  const some = firings(() => 0.4);
  expect(spreadOf({ ...some, elsewhere: some.elsewhere.subarray(0, 9) })).toBeNull();
  const one = { ...some, classes: new Int32Array(some.classes.length), sizes: Int32Array.of(classes * each) };
  expect(spreadOf(one)).toBeNull();
  expect(
    intraclass([
      { n: 5, clear: 0 },
      { n: 5, clear: 0 },
    ]),
  ).toBe(0);
});

it('counts images of other subjects, silent ones as well, whose class is known', async () => {
  const random = uniforms(9);
  const all = Array.from({ length: 120 }, (_, i) => ({
    sha256: String(i).padStart(64, '0'),
    path: `/${i}.png`,
    codes: [3, 8].flatMap((component) => (random() < 0.6 ? [{ component, max: random() - 0.1 }] : [])),
    embeddings: {},
  }));
  const library = memoryLibrary(() => all);
  const of = Int32Array.from(all, (_, i) => (i % 11 === 0 ? -1 : i % 7));
  const questions = [3, 3, 8].map((component, n) => ({
    component,
    own: new Set([...all.keys()].filter((i) => i % 5 === n)),
  }));
  const found = await componentSpreads(
    questions,
    { of, by: 'folders' },
    library,
    'study',
    await library.pictures('study'),
    unwatched,
  );
  for (const [n, { component, own }] of questions.entries()) {
    const z = (i: number) =>
      Math.max(0, all[i]!.codes.find((code) => code.component === component)?.max ?? 0);
    const others = [...all.keys()].filter((i) => !own.has(i) && of[i] !== -1);
    const firing = others.filter((i) => z(i) > 0);
    const sizes = new Int32Array(7);
    for (const i of others) sizes[of[i]!]!++;
    expect(found[n]).not.toBeNull();
    expect(found[n]).toEqual(
      spreadOf({
        own: Float32Array.from(own, z).filter((value) => value > 0),
        elsewhere: Float32Array.from(firing, z),
        classes: Int32Array.from(firing, (i) => of[i]!),
        sizes,
      }),
    );
  }
});
