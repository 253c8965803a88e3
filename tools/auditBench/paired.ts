import * as z from 'zod';
import { meanWithInterval } from '../../src/engine/numeric/bootstrap';

/** What is measured of the same scenes without and with a thing. */
export const Paired = z.strictObject({
  scenes: z.int(),
  /** Means. */
  without: z.number(),
  with: z.number(),
  /** Of with − without; null of too few scenes. */
  interval: z.tuple([z.number(), z.number()]).nullable(),
});
export type Paired = z.infer<typeof Paired>;

/** Means, and the 95 % interval of the mean of the paired differences. */
export function paired(without: readonly number[], having: readonly number[]): Paired {
  const { interval } = meanWithInterval(having.map((one, i) => ({ sum: one - without[i]!, count: 1 })));
  return { ...means(without, having), interval };
}

export function means(
  without: readonly number[],
  having: readonly number[],
): Pick<Paired, 'scenes' | 'without' | 'with'> {
  return { scenes: having.length, without: mean(without), with: mean(having) };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, one) => sum + one, 0) / values.length;
}

/** It raises the score by more than `amount`, and certainly: what lowers a score is nothing that it relies on. */
export function raises({ without, with: having, interval }: Paired, amount: number): boolean {
  return interval !== null && having - without > amount && interval[0] > 0;
}

/** What a latent must do to belong to a thing. */
export const belongingRule = { timesWithout: 2, ofTypical: 0.25 } as const;

/**
 * It fires with the thing at least twice as much as without, at least a quarter of what it usually does where it fires,
 * and certainly more.
 */
export function belongs(measured: Paired, typical: number): boolean {
  return mayBelong(measured, typical) && measured.interval !== null && measured.interval[0] > 0;
}

export function mayBelong(
  { without, with: having }: Pick<Paired, 'without' | 'with'>,
  typical: number,
): boolean {
  return (
    having > 0 &&
    having >= belongingRule.timesWithout * without &&
    having >= belongingRule.ofTypical * typical
  );
}
