import * as z from 'zod';

/** Where the towers of a model run. */
export const Device = z.enum(['cpu', 'webgpu', 'cuda', 'directml', 'coreml']);
export type Device = z.infer<typeof Device>;

/** Which device is asked for; `auto` is the first of this machine's that serves. */
export const DeviceSetting = z.enum(['auto', ...Device.options]);
export type DeviceSetting = z.infer<typeof DeviceSetting>;

/** Of products and sums in the towers. */
export const Precision = z.enum(['fp32', 'fp16']);
export type Precision = z.infer<typeof Precision>;

/** What gave a result. */
export const Computed = z.object({ device: Device, precision: Precision });
export type Computed = z.infer<typeof Computed>;

/** As people know them. */
export const deviceNames: { readonly [D in Device]: string } = {
  cpu: 'The CPU',
  webgpu: 'WebGPU',
  cuda: 'CUDA',
  directml: 'DirectML',
  coreml: 'Core ML',
};
