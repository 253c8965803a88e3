import { dirname } from 'node:path';
import { deviceNames } from '../../../shared/device';
import { runtimeVersion } from '../onnxModel';
import type { Accelerator } from './candidates';

export interface Explanation {
  readonly outcome: 'missing' | 'failed';
  /** One sentence. */
  readonly why: string;
  readonly remedy: string | null;
}

/**
 * What the runtime and its libraries say of a device that cannot be opened, for people.
 *
 * @param said what was thrown, and all that the process printed
 */
export function explain(device: Accelerator, said: string): Explanation {
  const known = knownCause(device, said);
  if (known !== null) return { outcome: 'missing', ...known };
  return {
    outcome: 'failed',
    why: `${deviceNames[device]} could not be opened: ${shortened(said)}.`,
    remedy: 'Update the driver of the GPU.',
  };
}

type Cause = Omit<Explanation, 'outcome'>;

function knownCause(device: Accelerator, said: string): Cause | null {
  switch (device) {
    case 'webgpu':
      return ofWebGpu(said);
    case 'cuda':
      return ofCuda(said);
    case 'directml':
    case 'coreml':
      return null;
  }
}

function ofWebGpu(said: string): Cause | null {
  if (said.includes("Couldn't load Vulkan")) {
    return {
      why: 'WebGPU needs Vulkan, and libvulkan.so.1 is not on this machine.',
      remedy:
        'Install the package libvulkan1 (Debian, Ubuntu), vulkan-loader (Fedora) or vulkan-icd-loader (Arch), and the Vulkan driver of the GPU.',
    };
  }
  if (/No supported adapters|Failed to get a WebGPU adapter/.test(said)) {
    return {
      why: 'WebGPU finds no GPU that it can use.',
      remedy:
        'Install the driver of the GPU: on Linux its Vulkan driver, which is mesa-vulkan-drivers for AMD and Intel and part of the driver for NVIDIA.',
    };
  }
  return null;
}

function ofCuda(said: string): Cause | null {
  // Of several that are tried, the last one is where it ended.
  const library = [...said.matchAll(/with error: (\S+?): cannot open shared object file/g)].at(-1)?.[1];
  if (library !== undefined) {
    const name = library.slice(library.lastIndexOf('/') + 1);
    return name.startsWith('libonnxruntime_providers_')
      ? {
          why: `ONNX Runtime's part for CUDA (${name}) is not installed.`,
          remedy: fetchProvider(dirname(library)),
        }
      : { why: `CUDA needs ${name}, which is not on this machine.`, remedy: installCuda(name) };
  }
  if (/driver version is insufficient/.test(said)) {
    return { why: 'The NVIDIA driver is too old for CUDA 12.', remedy: 'Install a newer NVIDIA driver.' };
  }
  if (/no CUDA-capable device|CUDA failure 100\b/.test(said)) {
    return { why: 'There is no NVIDIA GPU that CUDA can use.', remedy: null };
  }
  return null;
}

/** The package comes without it, for it is large; its install script would take it from there. */
function fetchProvider(folder: string): string {
  const name = 'microsoft.ml.onnxruntime.gpu.linux';
  const url = `https://api.nuget.org/v3-flatcontainer/${name}/${runtimeVersion}/${name}.${runtimeVersion}.nupkg`;
  return (
    `Run: curl -fLo /tmp/onnxruntime-gpu.zip ${url} && ` +
    `unzip -jo /tmp/onnxruntime-gpu.zip 'runtimes/linux-x64/native/libonnxruntime_providers_*' -d '${folder}'`
  );
}

function installCuda(library: string): string {
  const needed = library.startsWith('libcudnn')
    ? 'cuDNN 9 for CUDA 12 (in NVIDIA’s repository the package libcudnn9-cuda-12)'
    : 'the libraries of CUDA 12 (in NVIDIA’s repository cuda-libraries-12-9) and cuDNN 9 (libcudnn9-cuda-12)';
  return `Install ${needed}, or name the folder that has ${library} in LD_LIBRARY_PATH.`;
}

function shortened(said: string): string {
  const line = said.replaceAll(/\s+/g, ' ').trim().replace(/\.$/, '');
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
