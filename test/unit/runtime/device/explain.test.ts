import { describe, expect, test } from 'vitest';
import { explain } from '../../../../src/engine/runtime/device/explain';

const thrown =
  'opening failed (ONNX Runtime: OrtSessionOptionsAppendExecutionProvider_Cuda: Failed to load shared library)';
const loading = (library: string, missing: string) =>
  `2026-11-23 10:39:55.211 [E:onnxruntime:onnxruntime-node, provider_bridge_ort.cc:2146 Create] ` +
  `onnxruntime::ProviderLibrary::Get() [ONNXRuntimeError] : 1 : FAIL : Failed to load library ${library} ` +
  `with error: ${missing}: cannot open shared object file: No such file or directory\n${thrown}`;

describe('as onnxruntime-node 1.30 says it on Linux', () => {
  test('WebGPU without Vulkan', () => {
    const said =
      "Warning: Couldn't load Vulkan: libvulkan.so.1: cannot open shared object file: No such file or directory\n" +
      'opening failed (ONNX Runtime: webgpu_context.cc:136 Failed to get a WebGPU adapter: No supported adapters)';
    const { outcome, why, remedy } = explain('webgpu', said);
    expect(outcome).toBe('missing');
    expect(why).toBe('WebGPU needs Vulkan, and libvulkan.so.1 is not on this machine.');
    expect(remedy).toContain('libvulkan1');
  });

  test('WebGPU with Vulkan and without a driver', () => {
    const said =
      'Warning: vkCreateInstance: Found no drivers!\n' +
      'opening failed (ONNX Runtime: webgpu_context.cc:136 Failed to get a WebGPU adapter: No supported adapters)';
    expect(explain('webgpu', said)).toMatchObject({
      outcome: 'missing',
      why: 'WebGPU finds no GPU that it can use.',
    });
  });

  test("CUDA without ONNX Runtime's part for it: the command puts it where it was looked for", () => {
    const library =
      '/ext/node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime_providers_shared.so';
    const { outcome, why, remedy } = explain('cuda', loading(library, library));
    expect(outcome).toBe('missing');
    expect(why).toContain('libonnxruntime_providers_shared.so');
    expect(remedy).toMatch(/curl .*microsoft\.ml\.onnxruntime\.gpu\.linux\.1\.30\.\d+\.nupkg/);
    expect(remedy).toContain("-d '/ext/node_modules/onnxruntime-node/bin/napi-v6/linux/x64'");
  });
});

/** Not seen on a machine of ours: the same line of the runtime with another library. */
describe('as the source of ONNX Runtime has it', () => {
  const provider = '/ext/libonnxruntime_providers_cuda.so';

  test('CUDA without its libraries', () => {
    const { why, remedy } = explain('cuda', loading(provider, 'libcublasLt.so.12'));
    expect(why).toBe('CUDA needs libcublasLt.so.12, which is not on this machine.');
    expect(remedy).toMatch(/CUDA 12 .*cuDNN 9 .*libcublasLt\.so\.12 in LD_LIBRARY_PATH/);
  });

  test('CUDA without cuDNN', () => {
    const { why, remedy } = explain('cuda', loading(provider, 'libcudnn.so.9'));
    expect(why).toContain('libcudnn.so.9');
    expect(remedy).toMatch(/^Install cuDNN 9 for CUDA 12/);
  });

  test('CUDA without a GPU, or with an old driver', () => {
    expect(explain('cuda', 'CUDA failure 100: no CUDA-capable device is detected').why).toContain(
      'no NVIDIA GPU',
    );
    const old = 'CUDA failure 35: CUDA driver version is insufficient for CUDA runtime version';
    expect(explain('cuda', old).why).toContain('driver is too old');
  });
});

test('what is not known is quoted, and no more than a few lines of it', () => {
  const { outcome, why } = explain('directml', `something\nelse ${'x'.repeat(5000)}`);
  expect(outcome).toBe('failed');
  expect(why).toMatch(/^DirectML could not be opened: something else x+….$/);
  expect(why.length).toBeLessThan(400);
});
