import { gaussLegendre } from '../numeric/gaussLegendre';
import { dot } from '../numeric/vector';
import type { HookPrograms, HookState } from './hookPrograms';
import { type ScoreDirection, score } from './score';

/** Points of the path to begin with; doubled where the values do not add up, up to the most. */
export const firstPoints = 16;
const mostPoints = 256;
/** How far the sum may be from what it must be: a share of that, or, where that is nearly nothing, float32's rounding. */
const tolerance = 0.01;
const rounding = 1e-5;

export interface IntegratedGradients {
  /** [components]. */
  readonly values: Float32Array;
  readonly points: number;
  /** Whether the values add up to y less y without all components, to 1 %. */
  readonly complete: boolean;
}

/**
 * IG_j = z_j·∫₀¹⟨W_dec[j], ∂y/∂x at x − (1 − α)·Σ_i z_i·W_dec[i]⟩dα, one per direction: all components fade in together,
 * what they do not explain stays. By Gauss–Legendre, with more points until the values add up. `whole` and `without` are
 * e of the image with and without its components. As `programs.integrate` asks.
 */
export async function integratedGradients(
  state: HookState,
  { whole, without }: { readonly whole: Float32Array; readonly without: Float32Array },
  directions: readonly ScoreDirection[],
  programs: Pick<HookPrograms, 'integrate'>,
  between: () => Promise<void>,
): Promise<readonly IntegratedGradients[]> {
  const results: IntegratedGradients[] = [];
  let open = [...directions.keys()];
  for (let points = firstPoints; points <= mostPoints && open.length > 0; points *= 2) {
    const asked = open.map((d) => directions[d]!);
    const values = await programs.integrate(state, asked, gaussLegendre(points), between);
    open.forEach((d, i) => {
      const complete = addsUp(values[i]!, whole, without, directions[d]!);
      results[d] = { values: values[i]!, points, complete };
    });
    open = open.filter((d) => !results[d]!.complete);
  }
  return results;
}

function addsUp(
  values: Float32Array,
  whole: Float32Array,
  without: Float32Array,
  direction: ScoreDirection,
): boolean {
  const difference = score(whole, direction) - score(without, direction);
  const gap = Math.abs(values.reduce((sum, value) => sum + value, 0) - difference);
  return gap <= Math.max(tolerance * Math.abs(difference), rounding * largestScore(whole, direction));
}

/** The largest |y| that an embedding of this length can have. */
function largestScore(e: Float32Array, { kind, vector }: ScoreDirection): number {
  const length = Math.sqrt(dot(vector, vector));
  return kind === 'cosine' ? length : length * Math.sqrt(dot(e, e));
}
