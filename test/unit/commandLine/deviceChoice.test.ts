import { expect, test } from 'vitest';
import { parseArguments } from '../../../src/engine/cli/arguments';
import { deviceChoice } from '../../../src/engine/cli/deviceChoice';

const attribute = ['attribute', 'a.png', '--prompt', 'a dog'];

test('nothing said is the first device that serves, in single precision', () => {
  expect(deviceChoice(attribute)).toEqual({ device: 'auto', precision: 'fp32' });
});

test('what is said is taken, wherever it stands', () => {
  const argv = ['attribute', '--device', 'webgpu', 'a.png', '--prompt', 'a dog', '--precision=fp16'];
  expect(parseArguments(argv)).toMatchObject({ images: ['a.png'], prompts: ['a dog'] });
  expect(deviceChoice(argv)).toEqual({ device: 'webgpu', precision: 'fp16' });
});

test.each([
  ['--device “gpu” is none of auto, cpu, webgpu, cuda, directml, coreml.', '--device', 'gpu'],
  ['--precision “bf16” is none of fp32, fp16.', '--precision', 'bf16'],
  ['--precision fp16 is for other devices than the CPU.', '--device', 'cpu', '--precision', 'fp16'],
])('%s', (message, ...options) => {
  expect(() => deviceChoice([...attribute, ...options])).toThrow(message);
});

test('a command that computes nothing takes no device', () => {
  expect(() => parseArguments(['inspect', 'a', '--device', 'cpu'])).toThrow('--device');
});
