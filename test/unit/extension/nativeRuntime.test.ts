import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  type Machine,
  runtimeObstacle,
  shippedRuntimes,
  thisMachine,
} from '../../../src/extension/engine/nativeRuntime';
import { temporaryFolder } from '../../support/temporaryFolder';

const machine = (platform: string, arch: string, usesGlibc = platform === 'linux'): Machine => ({
  platform,
  arch,
  usesGlibc,
});

it('finds the runtimes that lie in an extension', () => {
  const extension = temporaryFolder();
  expect(shippedRuntimes(extension)).toEqual([]);
  const bin = join(extension, 'node_modules/onnxruntime-node/bin/napi-v6');
  mkdirSync(join(bin, 'win32/arm64'), { recursive: true });
  mkdirSync(join(bin, 'darwin/arm64'), { recursive: true });
  expect(shippedRuntimes(extension)).toEqual(['darwin-arm64', 'win32-arm64']);
});

it('finds nothing against the machine that runs the tests, in the project itself', () => {
  const root = join(__dirname, '../../..');
  expect(runtimeObstacle(thisMachine(), shippedRuntimes(root))).toBeNull();
});

it('lets every platform run its own package', () => {
  for (const [platform, arch] of [
    ['linux', 'x64'],
    ['linux', 'arm64'],
    ['darwin', 'arm64'],
    ['win32', 'x64'],
    ['win32', 'arm64'],
  ] as const) {
    expect(runtimeObstacle(machine(platform, arch), [`${platform}-${arch}`])).toBeNull();
  }
});

it.each([
  [
    machine('darwin', 'x64'),
    ['darwin-arm64'],
    /not built for darwin-x64/,
    /Apple silicon.*arm64 in clipsight\.engine\.node/,
  ],
  [
    machine('linux', 'arm'),
    ['linux-arm64'],
    /not built for linux-arm\b/,
    /linux-arm64, name such a Node in clipsight\.engine\.node/,
  ],
  [machine('linux', 'ppc64'), [], /not built for linux-ppc64/, /^Open the folder on another machine/],
  [machine('linux', 'x64', false), ['linux-x64'], /needs glibc/, /glibc in clipsight\.engine\.node/],
  [
    machine('win32', 'x64'),
    ['win32-arm64'],
    /packaged for win32-arm64, and the editor is win32-x64/,
    /Install the package for win32-x64, or name a Node for win32-arm64 in clipsight\.engine\.node/,
  ],
  [
    machine('linux', 'x64'),
    ['darwin-arm64'],
    /packaged for darwin-arm64/,
    /Install the package for linux-x64\.$/,
  ],
])('says in one sentence what is missing on %j, and what helps', (where, shipped, says, remedy) => {
  const error = runtimeObstacle(where, shipped);
  expect(error?.code).toBe('configuration');
  expect(error?.message).toMatch(says);
  expect(error?.message).toMatch(/^[^.]*\.$/);
  expect(error?.remedy).toMatch(remedy);
});
