import type { Intervention } from '../../shared/intervention';
import { writtenActivations } from '../dictionary/codes';
import type { KeptImage } from './attribute';

/**
 * The image as the model with an intervention has it: its stream is x + Σ_j (factor_j − 1)·z_j·W_dec[j], its activations
 * factor_j·z_j. All that is asked of an image can be asked of it; what was kept of the image without it cannot.
 */
export function intervene(
  image: KeptImage,
  intervention: Intervention,
  { componentSize, firstToken }: { readonly componentSize: number; readonly firstToken: number },
): KeptImage {
  const { codes, decoder } = image;
  const count = codes.latents.length;
  const factors = new Map(intervention.map(({ component, factor }) => [component, factor]));
  const factorOf = Float32Array.from(
    { length: count },
    (_, j) => factors.get(image.components[Math.floor(j / componentSize)]!) ?? 1,
  );
  const changed = [...factorOf.keys()].filter((j) => factorOf[j] !== 1);
  if (changed.length === 0) return image;
  const written = writtenActivations(codes);
  const width = decoder.length / count;
  const x = image.x.slice();
  for (let token = 0; token < codes.tokens; token++) {
    const row = (firstToken + token) * width;
    for (const j of changed) {
      const change = (factorOf[j]! - 1) * written[token * count + j]!;
      if (change === 0) continue;
      for (let d = 0; d < width; d++) x[row + d]! += change * decoder[j * width + d]!;
    }
  }
  return {
    ...image,
    x,
    codes: { ...codes, activations: codes.activations.map((z, n) => z * factorOf[n % count]!) },
    peaks: image.peaks.map((peak, i) => peak * factorOf[i * componentSize]!),
    embedding: null,
    contributions: null,
  };
}
