import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Scene } from '../../tools/world/scene';

const Moment = z.object({ count: z.int(), mean: z.number(), deviation: z.number() });
export type Moment = z.infer<typeof Moment>;
/** `kurtosis` is E(x − mean)⁴/deviation⁴: 3 for a normal distribution. */
const Expected = Moment.extend({ kurtosis: z.number() });
export type Expected = z.infer<typeof Expected>;
const Moments = z.record(z.string(), Expected);

/** The file that tools/golden/world.py writes. */
const WorldReference = z.object({
  /** Of sceneQuantities. */
  scenes: Moments,
  /** Over the pixels of backgrounds. */
  backgrounds: Moments,
  /** Parts of the picture's side, or of its area. */
  boxes: Moments,
  drawings: z.array(
    z.object({
      /** As the recipe drew it by chance; without noise. */
      scene: z.custom<Omit<Scene, 'grain'>>((value) => typeof value === 'object'),
      size: z.int(),
      boxes: z.array(z.array(z.number())),
      rgb: z.string().transform((text) => new Uint8Array(Buffer.from(text, 'base64'))),
    }),
  ),
});

export async function readWorldReference(): Promise<z.infer<typeof WorldReference>> {
  const file = join(__dirname, '../golden/world-reference.json');
  return WorldReference.parse(JSON.parse(await readFile(file, 'utf8')));
}

export class Sample {
  readonly #all = new Map<string, { count: number; sum: number; squares: number }>();

  add(name: string, value: number | boolean): void {
    const x = Number(value);
    const { count, sum, squares } = this.#all.get(name) ?? { count: 0, sum: 0, squares: 0 };
    this.#all.set(name, { count: count + 1, sum: sum + x, squares: squares + x * x });
  }

  moments(): Readonly<Record<string, Moment>> {
    const all = [...this.#all].map(([name, { count, sum, squares }]) => {
      const mean = sum / count;
      return [
        name,
        { count, mean, deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)) },
      ] as const;
    });
    return Object.fromEntries(all);
  }
}

/** How far the means and deviations of a sample and of the reference are apart, in standard errors of the difference. */
export function standardErrors(
  sample: Moment,
  expected: Expected,
): { readonly mean: number; readonly deviation: number } {
  const error = expected.deviation * Math.sqrt(1 / sample.count + 1 / expected.count);
  const ratio = (difference: number, by: number) => (difference === 0 ? 0 : Math.abs(difference) / by);
  return {
    mean: ratio(sample.mean - expected.mean, error),
    deviation: ratio(sample.deviation - expected.deviation, (error * Math.sqrt(expected.kurtosis - 1)) / 2),
  };
}
