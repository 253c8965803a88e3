import type { ImageAnalysis } from '../../src/shared/analysis';
import type { ReferenceAttribution } from './reference';

/** Of scores, and of attributions as a share of the largest: beyond it the two do not compute the same. */
const tolerance = 1e-4;

/** Throws where the engine and the reference do not agree: the time of another computation says nothing. */
export function demandAgreement(
  analysis: ImageAnalysis,
  reference: ReferenceAttribution,
  mode: string,
): void {
  const { score, attributions } = disagreement(analysis, reference);
  if (score <= tolerance && attributions <= tolerance) return;
  throw new Error(
    `The PyTorch reference (${mode}) gives other numbers than the engine: scores differ by ${score.toExponential(1)}, ` +
      `attributions by ${attributions.toExponential(1)} of the largest. Nothing was timed.`,
  );
}

/** Largest differences, on the first direction; a latent that only one of the two finds active has 0 in the other. */
export function disagreement(
  { latents, directions }: ImageAnalysis,
  reference: ReferenceAttribution,
): { readonly score: number; readonly attributions: number } {
  const { similarity, attributions } = directions[0]!;
  const ours = new Map(Array.from(latents, (latent, i) => [latent, attributions[i]!]));
  const theirs = new Map(reference.latents.map((latent, i) => [latent, reference.attributions[i]!]));
  const differences = [...new Set([...ours.keys(), ...theirs.keys()])].map((latent) =>
    Math.abs((ours.get(latent) ?? 0) - (theirs.get(latent) ?? 0)),
  );
  const largest = Math.max(...attributions.map(Math.abs));
  return { score: Math.abs(similarity - reference.score), attributions: Math.max(...differences) / largest };
}
