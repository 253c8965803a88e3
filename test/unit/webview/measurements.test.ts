import { describe, expect, it } from 'vitest';
import type { Measurement, Method } from '../../../src/shared/measurement';
import type { Asked } from '../../../src/webview/attribution/asked';
import { Measurements, type Want } from '../../../src/webview/attribution/measurements';

const asked = (factor: number, image = 0): Asked => ({
  study: 'study',
  image,
  name: `${image}.jpg`,
  prompts: ['a'],
  intervention: factor === 1 ? [] : [{ component: 1, factor }],
});

function measured() {
  const calls: { want: Want; signal: AbortSignal; answer: () => void; refuse: () => void }[] = [];
  const measurements = new Measurements(
    (want, signal) =>
      new Promise((resolve, reject) => {
        const values = want.methods.map((method) => Float32Array.of(method.length));
        const directions = [{ similarity: 0.3, without: 0.1, values }];
        const answer = { components: Int32Array.of(4), directions, notes: [] } as unknown as Measurement;
        calls.push({ want, signal, answer: () => resolve(answer), refuse: () => reject(new Error('no')) });
      }),
    () => {},
  );
  return { measurements, calls };
}
const settle = () => new Promise((resolve) => setTimeout(resolve));
const both: Method[] = ['ablation', 'energy'];

describe('Measurements', () => {
  it('asks for what is missing, once, in order', async () => {
    const { measurements, calls } = measured();
    const wants: Want[] = [
      { asked: asked(1), methods: ['energy'] },
      { asked: asked(1), methods: both },
    ];
    measurements.want(wants);
    measurements.want(wants);
    expect(calls).toHaveLength(1);
    calls[0]!.answer();
    await settle();
    expect(calls[1]!.want).toEqual({ asked: asked(1), methods: ['ablation'] });
    calls[1]!.answer();
    await settle();
    const known = measurements.get(asked(1))!;
    expect([...known.values].map(([method, [values]]) => [method, values![0]])).toEqual([
      ['energy', 6],
      ['ablation', 8],
    ]);
    expect(known.wholes).toEqual([{ similarity: 0.3, without: 0.1 }]);
    measurements.want(wants);
    expect(calls).toHaveLength(2);
  });

  it('cancels what nobody wants any more, and keeps what it knows', async () => {
    const { measurements, calls } = measured();
    measurements.want([{ asked: asked(1), methods: both }]);
    calls[0]!.answer();
    await settle();
    measurements.want([{ asked: asked(0), methods: both }]);
    measurements.want([]);
    expect(calls[1]!.signal.aborted).toBe(true);
    calls[1]!.answer();
    await settle();
    expect(measurements.get(asked(0))).toBeUndefined();
    // Meanwhile the numbers of the image under another change are the nearest there is; of another image none are.
    expect(measurements.nearest(asked(0), ['ablation'])?.asked).toEqual(asked(1));
    expect(measurements.nearest(asked(0), ['logit-lens'])).toBeUndefined();
    expect(measurements.nearest(asked(1, 2), ['ablation'])).toBeUndefined();
  });

  it('does not ask again for what failed until it is told to', async () => {
    const { measurements, calls } = measured();
    const want = [{ asked: asked(1), methods: both }];
    measurements.want(want);
    calls[0]!.refuse();
    await settle();
    measurements.want(want);
    expect(calls).toHaveLength(1);
    expect(measurements.failure(asked(1), ['energy'])?.message).toBe('no');
    expect(measurements.failure(asked(1), ['random'])).toBeNull();
    measurements.retry();
    expect(calls).toHaveLength(2);
    expect(measurements.failure(asked(1), ['energy'])).toBeNull();
  });
});
