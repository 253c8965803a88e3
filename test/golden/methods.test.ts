import { beforeAll, describe, expect, it } from 'vitest';
import type { ImageSource } from '../../src/shared/image';
import { Measurement } from '../../src/shared/measurement';
import type { StudyRequest } from '../../src/shared/study';
import {
  caseNames,
  comparedMethods,
  job,
  type MeasuredReference,
  openEngine,
  questions,
  type Reference,
  scratchFolder,
  spread,
  valuesOf,
} from './faithfulnessReferences';
import { relativeError } from './references';

/**
 * Every method against PyTorch in float64 (test/reference/faithfulness.py): values within 1e-4 of the method's largest,
 * scores within 1e-5.
 */
const tolerance = 1e-4;
const scoreTolerance = 1e-5;

const engine = openEngine();
const scratch = scratchFolder();

it('has models of every pooling, and dictionaries of every kind', () => {
  expect(caseNames.length).toBeGreaterThanOrEqual(20);
});

describe.each(caseNames)('%s', (name) => {
  let reference: Reference;
  let study: StudyRequest;
  let images: readonly ImageSource[];
  beforeAll(async () => {
    ({ reference, study, images } = await questions(name, scratch));
  });

  it('measures components by every method', async () => {
    for (const [i, expected] of reference.measured.entries()) {
      const measured = await engine.measure(
        { study, image: images[i]!, directions: reference.directions, methods: [...comparedMethods] },
        job,
      );
      expectMeasured(Measurement.parse(measured), expected, `image ${i}`);
    }
  });

  it('measures the model with an intervention', async () => {
    const { intervention, measured: expected } = reference.intervened;
    const { directions } = reference;
    const measured = await engine.measure(
      { study, image: images[0]!, directions, methods: [...comparedMethods], intervention },
      job,
    );
    expectMeasured(measured, expected, 'with the intervention');
  });
});

function expectMeasured(measured: Measurement, expected: MeasuredReference, what: string): void {
  for (const [d, { similarity, without }] of expected.directions.entries()) {
    const ours = measured.directions[d]!;
    expect(Math.abs(ours.similarity - similarity), `${what}: y`).toBeLessThan(scoreTolerance);
    expect(Math.abs(ours.without - without), `${what}: y without all`).toBeLessThan(scoreTolerance);
    for (const [m, method] of comparedMethods.entries()) {
      const theirs = spread(expected.components, valuesOf(expected, d, method));
      const error = relativeError(spread(measured.components, ours.values[m]!), theirs);
      expect(error, `${what}, direction ${d}, ${method}`).toBeLessThan(tolerance);
    }
    const integrated = ours.values[comparedMethods.indexOf('integrated-gradients')]!;
    const sum = integrated.reduce((total, value) => total + value, 0);
    const change = Math.abs(ours.similarity - ours.without);
    expect(Math.abs(sum - (ours.similarity - ours.without)), `${what}: completeness`).toBeLessThan(
      0.01 * change + scoreTolerance,
    );
  }
}
