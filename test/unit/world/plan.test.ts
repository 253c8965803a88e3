import { expect, it } from 'vitest';
import { type PlanRequest, planScenes } from '../../../tools/world/plan';
import { demoWorld } from '../../../tools/world/world';

const request: PlanRequest = {
  world: demoWorld,
  seed: 1,
  nouns: ['wolf', 'hot dog'],
  perNoun: 2,
  mixed: 1,
  with: [],
  without: [],
};

it('names files by noun and number', () => {
  expect(planScenes(request).map(({ file }) => file)).toEqual([
    'images/wolf/wolf_00.jpg',
    'images/wolf/wolf_01.jpg',
    'images/hot_dog/hot_dog_00.jpg',
    'images/hot_dog/hot_dog_01.jpg',
    'images/mixed/mixed_00.jpg',
  ]);
});

it('draws one thing for a noun and two in the mixed ones', () => {
  expect(planScenes(request).map(({ scene }) => scene.things.length)).toEqual([1, 1, 1, 1, 2]);
});

it('draws a scene the same whatever else is drawn', () => {
  const alone = planScenes({ ...request, nouns: ['hot dog'], perNoun: 1, mixed: 0 });
  expect(alone).toEqual([planScenes(request)[2]]);
  expect(planScenes({ ...request, seed: 2 })[2]?.scene.things).not.toEqual(alone[0]?.scene.things);
});
