import { expect, test } from 'vitest';
import {
  type Examples,
  logisticScores,
  openLogisticRegression,
} from '../../../src/engine/numeric/logisticRegression';
import { uniforms } from '../../../src/engine/numeric/uniforms';

const random = uniforms(2);
const classes = Int32Array.from({ length: 60 }, (_, i) => i % 3);
const features = Float32Array.from(
  { length: 240 },
  (_, i) => random() + (i % 4 === classes[i >> 2] ? 0.8 : 0),
);
const examples: Examples = { features, width: 4, classes, classCount: 3 };

test('rows and biases sum to nothing, whatever it begins with', async () => {
  const regression = openLogisticRegression(examples, 1);
  const first = await regression.fit({ c: 10 });
  const other = await regression.fit({ c: 0.1 });
  const again = await regression.fit({ c: 10, start: other });
  await regression.release();
  for (let j = 0; j < 4; j++) {
    expect(first.weights[j]! + first.weights[4 + j]! + first.weights[8 + j]!).toBeCloseTo(0, 9);
  }
  expect(first.biases.reduce((sum, bias) => sum + bias, 0)).toBeCloseTo(0, 9);
  for (const [i, weight] of first.weights.entries()) expect(again.weights[i]).toBeCloseTo(weight, 4);
  expect(Math.hypot(...other.weights)).toBeLessThan(Math.hypot(...first.weights));
  const scores = logisticScores(first, features);
  const right = classes.filter((k, i) =>
    scores.subarray(3 * i, 3 * i + 3).every((s) => s <= scores[3 * i + k]!),
  );
  expect(right.length / classes.length).toBeGreaterThan(0.75);
});

test('it ends where it is told to, and says where it does not arrive', async () => {
  const regression = openLogisticRegression(examples, 1);
  let passes = 0;
  const between = async () => {
    passes++;
    if (passes === 3) throw new Error('cancelled');
  };
  await expect(regression.fit({ c: 10, between })).rejects.toThrow('cancelled');
  await expect(regression.fit({ c: 10, mostSteps: 2 })).rejects.toThrow('not converged in 2 steps');
  await expect(regression.fit({ c: 0 })).rejects.toThrow('no strength');
  await regression.release();
});

test('a class without an example, and what is no number, are errors', () => {
  expect(() => openLogisticRegression({ ...examples, classCount: 4 }, 1)).toThrow('no example');
  expect(() => openLogisticRegression({ ...examples, features: features.subarray(4) }, 1)).toThrow(
    'rows of 4',
  );
  const damaged = features.map((x, i) => (i === 7 ? Number.NaN : x));
  expect(() => openLogisticRegression({ ...examples, features: damaged }, 1)).toThrow('no number');
});
