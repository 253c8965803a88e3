import { expect, it } from 'vitest';
import {
  mostRanked,
  shownComponents,
  strongestComponent,
} from '../../../../src/extension/prompts/strongestComponents';

/** Of one direction per row. */
const comparison = (...rows: readonly (readonly number[])[]) => ({
  components: Int32Array.from(rows[0]!, (_, component) => component),
  activations: Float32Array.from(rows[0]!, () => 1),
  attributions: Float32Array.from(rows.flat()),
  totals: Float32Array.from(rows, () => 2),
});

it('the strongest component speaks for the prompt, however strong those against it are', () => {
  const two = comparison([-0.75, 0.25, 0.5, -0.5], [0.125, -0.5, 0.0625, 0]);
  expect(strongestComponent(two, 0)).toEqual({ component: 2, attribution: 0.5, share: 0.25, activation: 1 });
  expect(strongestComponent(two, 1)?.component).toBe(0);
});

it('there is none where nothing that was asked for speaks for the prompt', () => {
  expect(strongestComponent(comparison([-0.75, 0, -0.5]), 0)).toBeNull();
  // Others of the same request brought the last one in: a larger one may be missing.
  const against = Array.from({ length: mostRanked }, (_, i) => -1 - i);
  expect(strongestComponent(comparison([...against, 0.5]), 0)).toBeNull();
});

it('the strongest of either sign are shown, with the one that is named beside the prompt', () => {
  const shown = (row: readonly number[]) =>
    shownComponents(comparison(row), 0, 2).map(({ component }) => component);
  expect(shown([-0.75, 0.25, 0.5, -0.5])).toEqual([0, 2]);
  expect(shown([-0.75, 0.25, 0.375, -0.5])).toEqual([0, 3, 2]);
  expect(shown([-0.75, -0.25, 0, -0.5])).toEqual([0, 3]);
});
