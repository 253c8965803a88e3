import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { keepVerdicts } from '../../../../src/engine/runtime/device/verdicts';
import type { Outcome, Trial } from '../../../../src/shared/device';
import { temporaryFolder } from '../../../support/temporaryFolder';

const webgpu = { device: 'webgpu', precision: 'fp32' } as const;
const trial = (outcome: Outcome): Trial => ({
  device: 'webgpu',
  outcome,
  why: 'So it is.',
  remedy: null,
  error: 1e-6,
  tolerance: 1e-4,
  deviceMs: 1,
  cpuMs: 2,
});
const day = 24 * 60 * 60 * 1000;

afterEach(() => vi.unstubAllEnvs());

test('another engine of the same machine knows what was found out', async () => {
  const file = join(temporaryFolder(), 'verdicts.json');
  await keepVerdicts(file).set(webgpu, 'a', trial('slower'));
  const other = keepVerdicts(file);
  expect(await other.get(webgpu, 'a')).toEqual(trial('slower'));
  expect(await other.get(webgpu, 'b')).toBeNull();
  expect(await other.get(webgpu, null)).toBeNull();
  expect(await other.get({ ...webgpu, precision: 'fp16' }, 'a')).toBeNull();
  expect(await other.get({ ...webgpu, device: 'cuda' }, 'a')).toBeNull();
});

test('other drivers are another machine', async () => {
  const verdicts = keepVerdicts(null);
  await verdicts.set(webgpu, 'a', trial('missing'));
  vi.stubEnv('VK_ICD_FILENAMES', '/opt/driver.json');
  expect(await verdicts.get(webgpu, 'a')).toBeNull();
});

test('what speaks against a device is forgotten after a week, what speaks for it is not', async () => {
  let now = 0;
  const verdicts = keepVerdicts(null, () => now);
  await verdicts.set(webgpu, 'good', trial('used'));
  for (const outcome of ['slower', 'wrong', 'failed', 'missing'] as const) {
    await verdicts.set(webgpu, outcome, trial(outcome));
  }
  now = 6.9 * day;
  expect(await verdicts.get(webgpu, 'missing')).toEqual(trial('missing'));
  now = 7 * day;
  for (const outcome of ['slower', 'wrong', 'failed', 'missing'] as const) {
    expect(await verdicts.get(webgpu, outcome)).toBeNull();
  }
  expect(await verdicts.get(webgpu, 'good')).toEqual(trial('used'));
});

test('it can be forgotten at once', async () => {
  const file = join(temporaryFolder(), 'verdicts.json');
  const verdicts = keepVerdicts(file);
  await verdicts.set(webgpu, 'a', trial('missing'));
  await verdicts.forget();
  expect(await verdicts.get(webgpu, 'a')).toBeNull();
  expect(readFileSync(file, 'utf8')).toBe('[]');
});

test.each(['', '{', '[{"key":"a"}]', '{"version":1}'])(
  'a file that says %j is as good as none',
  async (text) => {
    const file = join(temporaryFolder(), 'verdicts.json');
    writeFileSync(file, text);
    const verdicts = keepVerdicts(file);
    expect(await verdicts.get(webgpu, 'a')).toBeNull();
    await verdicts.set(webgpu, 'a', trial('used'));
    expect(await verdicts.get(webgpu, 'a')).toEqual(trial('used'));
  },
);

test('the oldest go where there are too many', async () => {
  const file = join(temporaryFolder(), 'verdicts.json');
  const verdicts = keepVerdicts(file);
  for (let i = 0; i < 70; i++) await verdicts.set(webgpu, String(i), trial('used'));
  expect(JSON.parse(readFileSync(file, 'utf8'))).toHaveLength(64);
  expect(await verdicts.get(webgpu, '0')).toBeNull();
  expect(await verdicts.get(webgpu, '69')).not.toBeNull();
});
