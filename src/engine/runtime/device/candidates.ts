import { existsSync, readdirSync } from 'node:fs';
import { type Device, type DeviceSetting, deviceNames, type Trial } from '../../../shared/device';

/** Where a device is looked for. */
export interface Host {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  /** Names of the files in a folder; none where it is not there. */
  readonly filesIn: (folder: string) => readonly string[];
}

export const thisHost: Host = {
  platform: process.platform,
  arch: process.arch,
  filesIn: (folder) => (existsSync(folder) ? readdirSync(folder) : []),
};

/** A device that is not the CPU. */
export type Accelerator = Exclude<Device, 'cpu'>;

/**
 * What `auto` tries, in this order, before the CPU: what the binaries of onnxruntime-node 1.30 have, the maker's own way
 * to the GPU first. Of CUDA they have the door only, and of Core ML no more than some ops: on macOS WebGPU, which has
 * all of them, comes first.
 */
const byPlatform: Readonly<Record<string, readonly Accelerator[]>> = {
  'linux-x64': ['cuda', 'webgpu'],
  'win32-x64': ['directml', 'webgpu'],
  'win32-arm64': ['directml', 'webgpu'],
  'darwin-arm64': ['webgpu', 'coreml'],
};

const places: { readonly [D in Accelerator]: string } = {
  webgpu: 'Windows, macOS and Linux on x64',
  cuda: 'Linux on x64',
  directml: 'Windows',
  coreml: 'macOS',
};

/** The devices to try for a setting. */
export function candidates(
  setting: DeviceSetting,
  { platform, arch }: Pick<Host, 'platform' | 'arch'>,
): readonly Accelerator[] {
  switch (setting) {
    case 'auto':
      return byPlatform[`${platform}-${arch}`] ?? [];
    case 'cpu':
      return [];
    case 'webgpu':
    case 'cuda':
    case 'directml':
    case 'coreml':
      return [setting];
  }
}

/** Why it is of no use to start a device; null where it has to be tried. Costs nothing. */
export function absence(setting: DeviceSetting, device: Accelerator, host: Host): Trial | null {
  if (!byPlatform[`${host.platform}-${host.arch}`]?.includes(device)) {
    return missing(device, `${deviceNames[device]} is only there on ${places[device]}.`);
  }
  // A GPU of software is slower than the CPU that it runs on: nobody has to wait to learn that.
  if (setting !== 'auto' || host.platform !== 'linux') return null;
  const nvidia = host.filesIn('/dev').some((name) => /^nvidia\d+$/.test(name) || name === 'dxg');
  if (nvidia) return null;
  if (device === 'cuda') return missing(device, 'There is no NVIDIA GPU.');
  return host.filesIn('/dev/dri').some((name) => name.startsWith('renderD'))
    ? null
    : missing(device, 'There is no GPU.');
}

function missing(device: Device, why: string): Trial {
  const none = { error: null, tolerance: null, deviceMs: null, cpuMs: null };
  return { device, outcome: 'missing', why, remedy: null, ...none };
}
