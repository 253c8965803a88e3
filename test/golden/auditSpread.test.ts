import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { expect, it } from 'vitest';
import * as z from 'zod';
import { isSpread, spreadOf } from '../../src/engine/audit/kinds/spread';
import { root } from './references';

/** Against statsmodels and scipy (test/reference/audit_spread.py), whose activations are float64: 1e-6. */
const cases = z
  .array(
    z.object({
      kind: z.enum(['artefact', 'shared', 'mixed']),
      own: z.array(z.number()),
      classes: z.array(z.int()),
      elsewhere: z.array(z.number()),
      strong: z.int(),
      clear: z.int(),
      between: z.number(),
      above: z.number(),
      weaker: z.number(),
    }),
  )
  .parse(JSON.parse(readFileSync(path.join(root, 'test/golden/audit-spread.json'), 'utf8')));

it.each(cases)('how a component fires elsewhere is what statsmodels and scipy say: $kind', (one) => {
  const firing = [...one.elsewhere.keys()].filter((i) => one.elsewhere[i]! > 0);
  const sizes = new Int32Array(Math.max(...one.classes) + 1);
  for (const name of one.classes) sizes[name]!++;
  const spread = spreadOf({
    own: Float32Array.from(one.own),
    elsewhere: Float32Array.from(firing, (i) => one.elsewhere[i]!),
    classes: Int32Array.from(firing, (i) => one.classes[i]!),
    sizes,
  })!;
  expect(spread.strong).toBe(one.strong);
  expect(spread.clear).toBe(one.clear);
  expect(spread.between).toBeCloseTo(one.between, 9);
  expect(spread.above).toBeCloseTo(one.above, 9);
  expect(spread.pWeaker).toBeCloseTo(one.weaker, 6);
  expect(spread.bound).toBeGreaterThanOrEqual(spread.between);
  expect(isSpread(spread, 0.05)).toBe(one.kind === 'artefact');
});
