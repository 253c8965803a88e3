import { expect, test } from 'vitest';
import { devicesText } from '../../../../src/extension/engine/devicesText';
import type { DeviceStatus } from '../../../../src/shared/device';

const measured = { error: null, tolerance: null, deviceMs: null, cpuMs: null };
const onCpu: DeviceStatus = {
  asked: { device: 'auto', precision: 'fp32' },
  computed: { device: 'cpu', precision: 'fp32' },
  testing: null,
  trials: [],
  notes: [],
};

test('where nothing was tried there is nothing to tell but the device', () => {
  expect(devicesText(onCpu)).toEqual(['The model runs on the CPU, in single precision.']);
});

test('each device that was tried has a row, with what can be done', () => {
  const [runs, table, ...notes] = devicesText({
    ...onCpu,
    computed: { device: 'webgpu', precision: 'fp16' },
    trials: [
      { device: 'cuda', outcome: 'missing', why: 'CUDA needs a_b|c.', remedy: 'Install *it*.', ...measured },
      { device: 'webgpu', outcome: 'used', why: 'It is fast.', remedy: null, ...measured },
    ],
    notes: ['CUDA is not used. CUDA needs a_b|c. Install *it*.', 'WebGPU was given fewer rows.'],
  });
  expect(runs).toBe('The model runs on WebGPU, in half precision.');
  expect(table?.split('\n').slice(2)).toEqual([
    '| CUDA | not there | CUDA needs a\\_b\\|c. Install \\*it\\*. |',
    '| WebGPU | used | It is fast. |',
  ]);
  expect(notes).toEqual(['WebGPU was given fewer rows.']);
});
