import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { methods } from '../../src/shared/measurement';
import { engineOfTests } from '../support/engineOfTests';

/** Measuring and intervening in the built engine process with the demo model. */
const root = path.resolve(__dirname, '../..');
const image = { kind: 'file', path: path.join(root, 'examples/demo/images/wolf/wolf_00.jpg') } as const;
const directions = ['a photo of a wolf', 'snow'].map((text) => ({ kind: 'prompt', text }) as const);
const model = path.join(root, 'models/emoji-clip');
const study = { model, dictionary: path.join(root, 'models/sae-cls') };

const { engine, scratch } = engineOfTests('measure');

const request = { study, image, directions, methods: [...methods] };

async function analysed(intervention: { component: number; factor: number }[]) {
  const { images } = await engine.remote.attribute({ study, images: [image], directions, intervention });
  const [outcome] = images;
  if (outcome?.kind !== 'analysis') throw new Error('no analysis');
  return outcome.analysis;
}

describe('measuring', () => {
  it('takes away by ablation what an intervention takes away, and keeps the image as it is', async () => {
    const plain = await engine.remote.measure(request);
    const whole = await analysed([]);
    expect([...plain.components]).toEqual([...whole.latents]);
    const component = plain.components[1]!;
    const off = await analysed([{ component, factor: 0 }]);
    const measuredOff = await engine.remote.measure({ ...request, intervention: [{ component, factor: 0 }] });
    plain.directions.forEach(({ similarity, values }, d) => {
      const ablation = values[methods.indexOf('ablation')]!;
      const gradient = values[methods.indexOf('activation-gradient')]!;
      expect(Math.abs(similarity - ablation[1]! - off.directions[d]!.similarity)).toBeLessThan(1e-6);
      expect(measuredOff.directions[d]!.similarity).toBeCloseTo(off.directions[d]!.similarity, 6);
      expect(measuredOff.directions[d]!.values.map((each) => each[1])).toEqual(methods.map(() => 0));
      gradient.forEach((a, j) => {
        expect(Math.abs(a - whole.directions[d]!.attributions[j]!)).toBeLessThan(1e-6);
      });
    });
    expect(measuredOff.components).toEqual(plain.components);
    // Asked again without the intervention, it is the image that it was; by now attributed in forward mode.
    const again = await engine.remote.measure(request);
    again.directions.forEach(({ similarity, values }, d) => {
      expect(Math.abs(similarity - plain.directions[d]!.similarity)).toBeLessThan(1e-6);
      values.forEach((each, m) => {
        each.forEach((value, j) => {
          expect(Math.abs(value - plain.directions[d]!.values[m]![j]!)).toBeLessThan(1e-6);
        });
      });
    });
  });

  it('adds integrated gradients up to y less y without all components, also switched off together', async () => {
    const plain = await engine.remote.measure({ ...request, methods: ['integrated-gradients'] });
    const none = await analysed([...plain.components].map((component) => ({ component, factor: 0 })));
    plain.directions.forEach(({ similarity, without, values: [integrated] }, d) => {
      expect(without).toBeCloseTo(none.directions[d]!.similarity, 6);
      const sum = integrated!.reduce((a, b) => a + b, 0);
      expect(Math.abs(sum - (similarity - without))).toBeLessThan(0.01 * Math.abs(similarity - without));
    });
    expect(plain.notes).toEqual([]);
  });

  it('can be cancelled between two runs', async () => {
    const cancelling = new AbortController();
    const job = engine.remote.measure(
      { ...request, study: { model, dictionary: 'neurons:0' }, methods: ['ablation'] },
      {
        signal: cancelling.signal,
        onProgress: ({ stage }) => {
          if (stage === 'Measuring') cancelling.abort();
        },
      },
    );
    await expect(job).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('says which image cannot be read', async () => {
    const missing = { kind: 'file', path: path.join(scratch, 'missing.jpg') } as const;
    await expect(engine.remote.measure({ ...request, image: missing })).rejects.toMatchObject({
      code: 'image',
      message: expect.stringContaining('missing.jpg'),
    });
  });
});
