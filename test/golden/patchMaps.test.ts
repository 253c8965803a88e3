import { beforeAll, describe, expect, it } from 'vitest';
import type { ImageSource } from '../../src/shared/image';
import type { StudyRequest } from '../../src/shared/study';
import { type MapKind, PatchMap } from '../../src/shared/where';
import {
  caseNames,
  job,
  openEngine,
  questions,
  type Reference,
  scratchFolder,
} from './faithfulnessReferences';
import { relativeError } from './references';

/**
 * Maps of a picture against PyTorch's autograd in float64 (test/reference/faithfulness.py): within 1e-4 of the largest
 * number of the map, what lies elsewhere as well.
 */
const tolerance = 1e-4;

const engine = openEngine();
const scratch = scratchFolder();

describe.each(caseNames)('%s', (name) => {
  let reference: Reference;
  let study: StudyRequest;
  let image: ImageSource;
  beforeAll(async () => {
    const asked = await questions(name, scratch);
    ({ reference, study } = asked);
    image = asked.images[0]!;
  });

  const map = async (kind: MapKind) =>
    PatchMap.parse(await engine.mapPatches({ study, image, map: kind }, job));

  it('divides activation and attribution among patches', async () => {
    const direction = reference.directions[0]!;
    if (reference.patches === null) {
      const asked = map({ kind: 'activation', component: 0 });
      await expect(asked).rejects.toMatchObject({ code: 'dictionary' });
      return;
    }
    // Ties aside, the patch on which the strongest of them fires most.
    const strongest = reference.patches[0]!.activation;
    const patch = strongest.indexOf(Math.max(...strongest));
    const there = await engine.componentsAt({ study, image, direction, patch }, job);
    expect(there.by).toBe('activation');
    for (const { component, activation, attribution, elsewhere } of reference.patches) {
      const activations = await map({ kind: 'activation', component });
      expectMap(activations, activation, null);
      const attributions = await map({ kind: 'attribution', component, direction });
      expectMap(attributions, attribution, elsewhere);
      const at = there.components.indexOf(component);
      if (activation[patch] === 0) expect(at).toBe(-1);
      else {
        expect(Math.abs(there.values[at]! - activation[patch]!)).toBeLessThanOrEqual(
          tolerance * largest(activation),
        );
        expect(Math.abs(there.attributions![at]! - attribution[patch]!)).toBeLessThanOrEqual(
          tolerance * largest(attribution),
        );
      }
    }
  });

  it('says what in the picture made components fire, and the score', async () => {
    const { score, components } = reference.picture;
    expectMap(await map({ kind: 'score', direction: reference.directions[0]! }), score.values, score.flat);
    for (const { component, values, flat } of components) {
      expectMap(await map({ kind: 'evidence', component }), values, flat);
    }
    if (reference.patches !== null) return;
    const { values } = components[0]!;
    const patch = values.indexOf(Math.max(...values));
    const direction = reference.directions[0]!;
    const there = await engine.componentsAt({ study, image, direction, patch }, job);
    expect(there).toMatchObject({ by: 'evidence', attributions: null });
    for (const each of components) {
      const ours = there.values[there.components.indexOf(each.component)]!;
      expect(Math.abs(ours - each.values[patch]!)).toBeLessThan(tolerance * largest(each.values));
    }
  });
});

/** `elsewhere` null where it is not known. */
function expectMap(ours: PatchMap, values: Float32Array, elsewhere: number | null): void {
  expect(ours.rows * ours.columns).toBe(values.length);
  expect(relativeError(ours.values, values)).toBeLessThan(tolerance);
  if (elsewhere === null) return;
  const scale = Math.max(largest(values), Math.abs(elsewhere));
  expect(Math.abs((ours.elsewhere ?? 0) - elsewhere)).toBeLessThanOrEqual(tolerance * scale);
}

const largest = (values: Float32Array): number => Math.max(...values.map(Math.abs));
