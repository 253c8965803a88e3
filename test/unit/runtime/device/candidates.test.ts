import { expect, test } from 'vitest';
import { absence, candidates, type Host } from '../../../../src/engine/runtime/device/candidates';

const host = (
  platform: NodeJS.Platform,
  arch = 'x64',
  files: Readonly<Record<string, string[]>> = {},
): Host => ({
  platform,
  arch,
  filesIn: (folder) => files[folder] ?? [],
});

test.each([
  ['linux', 'x64', ['cuda', 'webgpu']],
  ['win32', 'x64', ['directml', 'webgpu']],
  ['win32', 'arm64', ['directml', 'webgpu']],
  ['darwin', 'arm64', ['webgpu', 'coreml']],
  ['linux', 'arm64', []],
  ['darwin', 'x64', []],
] as const)('auto on %s %s tries what the runtime has there', (platform, arch, devices) => {
  expect(candidates('auto', { platform, arch })).toEqual(devices);
});

test('a device that is named is the only one, and the CPU needs none', () => {
  expect(candidates('webgpu', { platform: 'linux', arch: 'x64' })).toEqual(['webgpu']);
  expect(candidates('cpu', { platform: 'linux', arch: 'x64' })).toEqual([]);
});

test('a device of another platform is told so', () => {
  expect(absence('directml', 'directml', host('linux'))).toMatchObject({
    outcome: 'missing',
    why: 'DirectML is only there on Windows.',
  });
  expect(absence('webgpu', 'webgpu', host('linux', 'arm64'))?.why).toMatch(/only there on .*Linux on x64/);
});

test('nothing is started on a Linux without a GPU, unless it is asked for', () => {
  const none = host('linux', 'x64', { '/dev': ['null'], '/dev/dri': ['card0'] });
  expect(absence('auto', 'webgpu', none)?.outcome).toBe('missing');
  expect(absence('auto', 'cuda', none)?.outcome).toBe('missing');
  expect(absence('webgpu', 'webgpu', none)).toBeNull();
  const amd = host('linux', 'x64', { '/dev/dri': ['card0', 'renderD128'] });
  expect(absence('auto', 'webgpu', amd)).toBeNull();
  expect(absence('auto', 'cuda', amd)?.outcome).toBe('missing');
  for (const name of ['nvidia0', 'dxg']) {
    expect(absence('auto', 'cuda', host('linux', 'x64', { '/dev': [name] }))).toBeNull();
  }
});
