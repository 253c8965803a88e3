import { describe, expect, it } from 'vitest';
import { Words } from '../../src/shared/words';
import { caseNames, job, openEngine, questions, scratchFolder } from './faithfulnessReferences';

/**
 * What each token and each word of a prompt gives to a score and to the attributions of components, against PyTorch's
 * autograd in float64 (test/reference/faithfulness.py): within 1e-4 of the largest of each list, leave-one-out within
 * 1e-5. They add up to what the words make, to 1 % of their sizes.
 */
const tolerance = 1e-4;
const scoreTolerance = 1e-5;

const engine = openEngine();
const scratch = scratchFolder();

describe.each(caseNames)('%s', (name) => {
  it('shares scores and attributions among tokens and words', async () => {
    const { reference, study, images } = await questions(name, scratch);
    for (const expected of reference.words) {
      const { text } = expected;
      const components = expected.components.map(({ component }) => component);
      const found = Words.parse(
        await engine.attributeWords({ study, image: images[0]!, text, components }, job),
      );
      expect(Math.abs(found.similarity - expected.similarity)).toBeLessThan(scoreTolerance);
      expectShares(found.contributions, expected.similarity, expected, `${text}: tokens`);
      expect(found.notes.join()).not.toContain('add up');

      expect(found.words.map((word) => word.text)).toEqual(expected.words.map((word) => word.text));
      expectNear(
        found.words.map(({ contribution }) => contribution),
        expected.words.map(({ contribution }) => contribution),
        `${text}: words`,
      );
      for (const [i, { leaveOneOut }] of expected.words.entries()) {
        expect(Math.abs(found.words[i]!.leaveOneOut - leaveOneOut), `${text} without ${i}`).toBeLessThan(
          2 * scoreTolerance,
        );
      }

      expect(found.components.map(({ component }) => component)).toEqual(components);
      for (const [i, each] of expected.components.entries()) {
        const ours = found.components[i]!;
        expectShares(ours.contributions, each.attribution, each, `${text}: component ${each.component}`);
        const scale = Math.max(Math.abs(each.attribution), ...each.contributions.map(Math.abs));
        expect(Math.abs(ours.attribution - each.attribution)).toBeLessThan(tolerance * scale);
        expect(ours.leaveOneOut.length).toBe(each.leaveOneOut.length);
        for (const [n, change] of each.leaveOneOut.entries()) {
          expect(Math.abs(ours.leaveOneOut[n]! - change)).toBeLessThan(tolerance * scale + scoreTolerance);
        }
      }
    }
  });
});

function expectShares(
  actual: Float32Array,
  whole: number,
  { contributions, baseline }: { readonly contributions: Float32Array; readonly baseline: number },
  what: string,
): void {
  expect(actual.length).toBe(contributions.length);
  expectNear(actual, [...contributions], what);
  const [sum, size] = [actual, actual.map(Math.abs)].map((each) => each.reduce((all, x) => all + x, 0));
  expect(Math.abs(sum! - (whole - baseline)), what).toBeLessThan(0.01 * size!);
}

function expectNear(actual: ArrayLike<number>, expected: readonly number[], what: string): void {
  const scale = Math.max(...expected.map(Math.abs));
  const worst = Math.max(...expected.map((value, i) => Math.abs(actual[i]! - value)));
  expect(worst / scale, what).toBeLessThan(tolerance);
}
