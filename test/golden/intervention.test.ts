import { expect, it } from 'vitest';
import {
  caseNames,
  job,
  openEngine,
  questions,
  scratchFolder,
  spread,
  valuesOf,
} from './faithfulnessReferences';
import { relativeError } from './references';

/**
 * Attributions of a model with three components at once switched off, halved and doubled, against PyTorch in float64
 * (test/reference/faithfulness.py): within 1e-4 of the largest, scores within 1e-5.
 */
const tolerance = 1e-4;
const scoreTolerance = 1e-5;

const engine = openEngine();
const scratch = scratchFolder();

it.each(caseNames)('%s', async (name) => {
  const { reference, study, images } = await questions(name, scratch);
  const { intervention, measured: expected } = reference.intervened;
  expect(intervention.map(({ factor }) => factor)).toEqual([0, 0.5, 2]);
  const request = { study, images: [images[0]!], directions: reference.directions };
  const response = await engine.attribute({ ...request, intervention }, job);
  const [outcome] = response.images;
  if (outcome?.kind !== 'analysis') throw new Error(outcome?.error.message);
  const { latents, directions } = outcome.analysis;
  for (const [d, { similarity }] of expected.directions.entries()) {
    const ours = directions[d]!;
    expect(Math.abs(ours.similarity - similarity)).toBeLessThan(scoreTolerance);
    const theirs = spread(expected.components, valuesOf(expected, d, 'activation-gradient'));
    const error = relativeError(spread(latents, ours.attributions), theirs);
    expect(error, `direction ${d}`).toBeLessThan(tolerance);
  }
  // What was computed of the model as it is was not lost to, or kept for, the one with the intervention.
  const plain = await engine.attribute(request, job);
  const [before] = plain.images;
  if (before?.kind !== 'analysis') throw new Error(before?.error.message);
  const known = reference.measured[0]!.directions[0]!.similarity;
  expect(Math.abs(before.analysis.directions[0]!.similarity - known)).toBeLessThan(scoreTolerance);
});
