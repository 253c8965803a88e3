import type { ImageTower } from '../clip/architecture';
import { finishToken } from '../clip/imageTower';
import { writtenActivations } from '../dictionary/codes';
import type { Graph } from '../graph/graph';
import type { HookPrograms, HookState } from './hookPrograms';
import { type ScoreDirection, score } from './score';

/**
 * What vectors of the stream would be in the embedding, if they went there directly: each through the last step alone.
 * Input `tokens` [rows, 1, width]; output `embedding` e [rows, embedding].
 */
export function lensProgram(g: Graph, tower: ImageTower): void {
  g.output('embedding', finishToken(g, tower, g.input('tokens', 'float32', ['rows', 1, tower.width])));
}

/**
 * Logit lens: per direction the score [components] of the embedding that each component's direction would make by the
 * last step alone: of W_dec[j], or for components of several latents of what they write in this image over all tokens.
 * 0 where that embedding is zero, for it points nowhere.
 */
export async function logitLens(
  state: HookState,
  componentSize: number,
  directions: readonly ScoreDirection[],
  programs: Pick<HookPrograms, 'finishTokens'>,
  between: () => Promise<void>,
): Promise<readonly Float32Array[]> {
  const tokens = componentSize === 1 ? state.decoder : writesOverTokens(state, componentSize);
  const embeddings = await programs.finishTokens(tokens, between);
  return directions.map(({ kind, vector }) =>
    // No component makes a bias.
    Float32Array.from(embeddings, (e) => (e.every((x) => x === 0) ? 0 : score(e, { kind, vector }))),
  );
}

/** Σ_t Σ_i z_ti·W_dec[i] over the latents i of each component, [components, width]. */
function writesOverTokens({ codes, decoder }: HookState, componentSize: number): Float32Array {
  const latents = codes.latents.length;
  const width = decoder.length / latents;
  const written = writtenActivations(codes);
  const out = new Float64Array((latents / componentSize) * width);
  for (let j = 0; j < latents; j++) {
    let z = 0;
    for (let token = 0; token < codes.tokens; token++) z += written[token * latents + j]!;
    const at = Math.floor(j / componentSize) * width;
    for (let d = 0; d < width; d++) out[at + d]! += z * decoder[j * width + d]!;
  }
  return Float32Array.from(out);
}

/**
 * How active each component is over all tokens, in what it writes, [components]: the sum of its activation, or, of
 * several latents, of the length of the vector of theirs.
 */
export function totalActivations({ codes }: Pick<HookState, 'codes'>, componentSize: number): Float64Array {
  const latents = codes.latents.length;
  const written = writtenActivations(codes);
  const totals = new Float64Array(latents / componentSize);
  for (let token = 0; token < codes.tokens; token++) {
    for (let component = 0; component < totals.length; component++) {
      const from = token * latents + component * componentSize;
      totals[component]! +=
        componentSize === 1 ? written[from]! : Math.hypot(...written.subarray(from, from + componentSize));
    }
  }
  return totals;
}
