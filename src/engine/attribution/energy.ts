import { writtenActivations } from '../dictionary/codes';
import { dot } from '../numeric/vector';
import type { HookState } from './hookPrograms';

/** Σ_t ‖Σ_i z_ti·W_dec[i]‖ over the latents i of each component, [components]: how much it writes, whatever is asked. */
export function energy({ codes, decoder }: HookState, componentSize: number): Float32Array {
  const latents = codes.latents.length;
  const width = decoder.length / latents;
  const written = writtenActivations(codes);
  const row = (j: number) => decoder.subarray(j * width, (j + 1) * width);
  return Float32Array.from({ length: latents / componentSize }, (_, component) => {
    const first = component * componentSize;
    // ‖Σ z_i·w_i‖² = zᵀGz with G = ⟨w_i, w_k⟩, so that the rows are met once, not once per token.
    const gram = Float64Array.from({ length: componentSize ** 2 }, (_, n) =>
      dot(row(first + Math.floor(n / componentSize)), row(first + (n % componentSize))),
    );
    let total = 0;
    for (let token = 0; token < codes.tokens; token++) {
      const from = token * latents + first;
      total += lengthIn(gram, written.subarray(from, from + componentSize));
    }
    return total;
  });
}

/** √(zᵀGz). */
function lengthIn(gram: Float64Array, z: Float32Array): number {
  let squared = 0;
  for (let i = 0; i < z.length; i++) {
    let product = 0;
    for (let k = 0; k < z.length; k++) product += gram[i * z.length + k]! * z[k]!;
    squared += z[i]! * product;
  }
  return Math.sqrt(Math.max(0, squared));
}
