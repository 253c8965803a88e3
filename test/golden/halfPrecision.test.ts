import { beforeAll, describe, expect, it } from 'vitest';
import { halved } from '../../src/engine/graph/halved';
import { tolerances } from '../../src/engine/runtime/device/agreement';
import { Session } from '../../src/engine/runtime/session';
import { cpuSessions } from '../../src/engine/runtime/sessions';
import { type DemoNumbers, demoNumbers } from '../support/demoNumbers';
import { roundedHalves } from '../support/roundedHalves';
import { relativeError } from './references';

/**
 * The demo model with products in half precision beside single precision, as the CPU computes both. Attributions are
 * compared latent by latent: one that is active in only one of the two, as the last of the top k may be, has 0 in the other.
 */
const latents = 1024;

describe('half precision', () => {
  let single: DemoNumbers[];
  let half: DemoNumbers[];

  beforeAll(async () => {
    single = await demoNumbers(cpuSessions(2));
    half = await demoNumbers({
      open: (graph, { folder }) => Session.create(roundedHalves(halved(graph)), { folder, threads: 2 }),
    });
  });

  it('gives similarities within its tolerance', () => {
    for (const [i, { similarities }] of single.entries()) {
      expectRounded(Float32Array.from(half[i]!.similarities), Float32Array.from(similarities));
    }
  });

  it.each(['reverse', 'forward'] as const)('attributes within its tolerance, %s mode', (mode) => {
    for (const [i, numbers] of single.entries()) {
      numbers[mode].forEach((_, prompt) => {
        expectRounded(ofLatents(half[i]!, mode, prompt), ofLatents(numbers, mode, prompt));
      });
    }
  });
});

/** Off by something, for products are rounded, and by half of the tolerance at most: a GPU rounds more often. */
function expectRounded(found: Float32Array, expected: Float32Array): void {
  const error = relativeError(found, expected);
  expect(error).toBeGreaterThan(1e-6);
  expect(error).toBeLessThan(tolerances.fp16 / 2);
}

/** Of one prompt to all latents, [latents]. */
function ofLatents(numbers: DemoNumbers, mode: 'reverse' | 'forward', prompt: number): Float32Array {
  const all = new Float32Array(latents);
  numbers.latents.forEach((latent, i) => {
    all[latent] = numbers[mode][prompt]![i]!;
  });
  return all;
}
