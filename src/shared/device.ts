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

/** What came of trying a device. */
export const Outcome = z.enum([
  'used',
  /** It gives the right numbers, and the CPU gives them sooner. */
  'slower',
  'wrong',
  'failed',
  /** It is not there, or a library of it is not. */
  'missing',
]);
export type Outcome = z.infer<typeof Outcome>;

export const Trial = z.strictObject({
  device: Device,
  outcome: Outcome,
  /** One sentence. */
  why: z.string(),
  /** What a person can do about it. */
  remedy: z.string().nullable(),
  /** Of the self-test, as parts of the largest magnitude; null where it gave no numbers. */
  error: z.number().nullable(),
  tolerance: z.number().nullable(),
  /** Of one run of the trunk on two pictures, in milliseconds. */
  deviceMs: z.number().nullable(),
  cpuMs: z.number().nullable(),
});
export type Trial = z.infer<typeof Trial>;

/** How an engine came to compute where it does. */
export const DeviceStatus = z.strictObject({
  asked: z.strictObject({ device: DeviceSetting, precision: Precision }),
  /** What gives results of the model that was used last. */
  computed: Computed,
  /** Which one is being tried now. */
  testing: Device.nullable(),
  /** In the order in which they are tried; those that were not needed are left out. */
  trials: z.array(Trial),
  /** What devices did on the way, in sentences. */
  notes: z.array(z.string()),
});
export type DeviceStatus = z.infer<typeof DeviceStatus>;
