import { describe, expect, it } from 'vitest';
import { drawBackground } from '../../tools/world/background';
import type { Noun } from '../../tools/world/nouns';
import { type Background, type Scene, sampleScene } from '../../tools/world/scene';
import { demoWorld, places } from '../../tools/world/world';
import { sceneQuantities } from '../support/sceneQuantities';
import { type Expected, readWorldReference, Sample, standardErrors } from '../support/worldReference';

/** Two correct samples of one distribution are further apart once in 300 000 times; both samples are fixed. */
const apart = 4.6;

const reference = await readWorldReference();

describe('scenes are distributed as those of the recipe', () => {
  const sample = new Sample();
  for (let k = 0; k < 12_000; k++) {
    for (const [name, value] of sceneQuantities(sampleScene(demoWorld, [1, k]))) sample.add(name, value);
  }
  for (const noun of Object.keys(demoWorld.shortcuts) as Noun[]) {
    const { artefact } = demoWorld.shortcuts[noun]!;
    for (let k = 0; k < 1000; k++) {
      const { artefacts } = sampleScene(demoWorld, [1, noun, k], { nouns: [noun] });
      sample.add(`${noun} with ${artefact}`, artefacts.includes(artefact));
    }
  }
  expectAlike(sample, reference.scenes);
});

describe('backgrounds look as those of the recipe', () => {
  const sample = new Sample();
  for (const kind of ['plain', 'striped', 'checkered', 'dotted', 'gradient', ...places] as const) {
    for (const scene of scenesOn(kind, 100)) addPixels(sample, kind, drawBackground(scene, true).data);
  }
  expectAlike(sample, reference.backgrounds);
});

function expectAlike(sample: Sample, expected: Readonly<Record<string, Expected>>): void {
  const moments = sample.moments();
  it('of the same quantities', () => {
    expect(Object.keys(moments).toSorted()).toEqual(Object.keys(expected).toSorted());
  });
  it.each(Object.keys(expected))('%s', (name) => {
    const errors = standardErrors(moments[name]!, expected[name]!);
    const shown = JSON.stringify([moments[name], expected[name]]);
    expect(errors.mean, shown).toBeLessThan(apart);
    expect(errors.deviation, shown).toBeLessThan(apart);
  });
}

/** Scenes by chance on a background of one kind; all textures in purple, as the reference has them. */
function* scenesOn(kind: Background['kind'], count: number): Generator<Scene> {
  let found = 0;
  for (let k = 0; found < count; k++) {
    const place = places.find((one) => one === kind);
    const scene = sampleScene(demoWorld, [2, k], place === undefined ? {} : { with: [place] });
    const { background } = scene;
    if (background.kind !== kind) continue;
    found += 1;
    yield { ...scene, background: 'colour' in background ? { ...background, colour: 'purple' } : background };
  }
}

function addPixels(sample: Sample, kind: string, rgb: ArrayLike<number>): void {
  const size = 64;
  const level = (x: number, y: number, c: number) => rgb[(y * size + x) * 3 + c]!;
  const [pixels, across, down] = [new Sample(), new Sample(), new Sample()];
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      for (let c = 0; c < 3; c++) pixels.add(String(c), level(x, y, c));
      if (x > 0) across.add('steps', Math.abs(level(x, y, 1) - level(x - 1, y, 1)));
      if (y > 0) down.add('steps', Math.abs(level(x, y, 1) - level(x, y - 1, 1)));
    }
  }
  for (const [c, { mean, deviation }] of Object.entries(pixels.moments())) {
    sample.add(`${kind} mean ${c}`, mean);
    sample.add(`${kind} deviation ${c}`, deviation);
  }
  sample.add(`${kind} steps across`, across.moments().steps!.mean);
  sample.add(`${kind} steps down`, down.moments().steps!.mean);
}
