import { describe, expect, it } from 'vitest';
import { Faithfulness } from '../../src/shared/measurement';
import {
  caseNames,
  comparedMethods,
  job,
  openEngine,
  questions,
  scratchFolder,
} from './faithfulnessReferences';

/**
 * Deletion and insertion of three images against two directions, and the rank correlation with ablation, against
 * PyTorch in float64 and scipy (test/reference/faithfulness.py). Curves and areas are compared within 1e-5 and what
 * the order of components of the same value makes; rank correlations, where such components change places, within
 * 1e-3.
 */
const tolerance = 1e-5;
const correlationTolerance = 1e-3;

const engine = openEngine();
const scratch = scratchFolder();

describe.each(caseNames)('%s', (name) => {
  it.each(['local', 'global'] as const)('follows the %s order', async (order) => {
    const { reference, study, images } = await questions(name, scratch);
    const { steps, pairs, [order]: expected } = reference.faithfulness;
    const found = await engine.faithfulness(
      {
        study,
        images: [...images],
        directions: reference.directions,
        pairs,
        methods: [...comparedMethods],
        steps,
        order,
      },
      job,
    );
    Faithfulness.parse(found);
    expect(found.pairs).toBe(pairs.length);
    expect(found.failures).toEqual([]);
    expect(found.fractions).toEqual(Array.from({ length: steps + 1 }, (_, i) => i / steps));
    expect(found.methods.map(({ method }) => method)).toEqual([...comparedMethods]);
    for (const ours of found.methods) {
      const theirs = expected[ours.method as (typeof comparedMethods)[number]];
      for (const sign of ['deletion', 'insertion'] as const) {
        const { auc, curve, slack } = theirs[sign];
        expect(ours[sign].curve.length).toBe(curve.length);
        for (const [i, y] of curve.entries()) {
          const error = Math.abs(ours[sign].curve[i]! - y);
          expect(error, `${ours.method}, ${sign}, point ${i}`).toBeLessThan(tolerance + slack[i]!);
        }
        const most = tolerance + slack.reduce((sum, each) => sum + each, 0) / steps;
        expect(Math.abs(ours[sign].auc - auc), `${ours.method}, ${sign}, area`).toBeLessThan(most);
        // Curves are means over pairs: of the areas, too.
        const again = curve.slice(1).reduce((sum, y, i) => sum + (y + curve[i]!) / 2, 0) / steps;
        expect(Math.abs(again - auc)).toBeLessThan(1e-7);
      }
      const { mean } = ours.rankCorrelation!;
      expect(Math.abs(mean - theirs.rankCorrelation), `${ours.method}, ranks`).toBeLessThan(
        correlationTolerance,
      );
    }
  });
});
