import { expect, it } from 'vitest';
import { background } from '../../../src/engine/audit/background';
import { candidates, isActiveEnough } from '../../../src/engine/audit/pairs';
import { shareMeans, shareRows, sharesOf } from '../../../src/engine/audit/shares';

const codes = {
  pictures: Int32Array.of(3, 5, 8),
  offsets: Int32Array.of(0, 2, 4, 4),
  components: Int32Array.of(1, 7, 1, 9),
  activations: Float32Array.of(2, 4, 6, -1),
};
const attributions = [Float32Array.of(3, 1), Float32Array.of(-2, 5), new Float32Array(0)];

it('is of what speaks for the subject', () => {
  expect([...sharesOf(Float32Array.of(3, -5, 1))]).toEqual([0.75, 0, 0.25]);
  expect([...sharesOf(Float32Array.of(-3, 0))]).toEqual([0, 0]);
  expect([...sharesOf(new Float32Array(0))]).toEqual([]);
});

it('is a mean over all images, those in which a component is silent included', () => {
  const { components, active, means } = shareMeans(codes, Int32Array.of(0, 1, 2), attributions);
  expect([...components]).toEqual([1, 7, 9]);
  // Below 0 is no firing.
  expect([...active]).toEqual([2, 1, 0]);
  expect([...means]).toEqual([0.25, 0.25 / 3, 1 / 3]);
});

it('stands image by image', () => {
  const found = shareRows(codes, Int32Array.of(0, 1, 2), attributions, Int32Array.of(1, 9));
  expect([...found.shares]).toEqual([0.75, 0, 0, 0, 1, 0]);
  expect([...found.activations]).toEqual([2, 6, 0, 0, 0, 0]);
});

it('is tested where a component is active in enough images', () => {
  expect(isActiveEnough(10, 50)).toBe(true);
  expect(isActiveEnough(10, 51)).toBe(false);
  expect(isActiveEnough(9, 9)).toBe(false);
  const means = {
    components: Int32Array.of(1, 7, 9),
    active: Int32Array.of(20, 20, 3),
    means: new Float64Array(3),
  };
  expect(candidates(means, 20, (component) => component === 7)).toEqual([0]);
});

it('of the background is listed once, the largest first', () => {
  const found = background({ fired: Int32Array.of(90, 89, 100, 95) }, 100);
  expect([0, 1, 2, 3].filter((component) => found.has(component))).toEqual([0, 2, 3]);
  const means = (component: number, mean: number) => ({
    components: Int32Array.of(component),
    active: Int32Array.of(1),
    means: Float64Array.of(mean),
  });
  found.see(means(3, 0.2));
  found.see(means(3, 0.1));
  found.see(means(1, 0.9));
  found.see(means(0, 0.3));
  const { listed, more } = found.list((component) => (component === 3 ? 'three' : null));
  expect(listed).toEqual([
    { component: 0, label: null, rate: 0.9, measured: 0.3 },
    { component: 3, label: 'three', rate: 0.95, measured: 0.2 },
    { component: 2, label: null, rate: 1, measured: 0 },
  ]);
  expect(more).toBe(0);
});
