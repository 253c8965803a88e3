import * as z from 'zod';
import { Device } from '../../../shared/device';
import type { Protocol } from '../../../shared/rpc/protocol';
import type { TensorData } from '../session';

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} satisfies { readonly [T in TensorData['type']]: unknown };

const Form = z.strictObject({
  type: z.enum(Object.keys(arrays) as TensorData['type'][]),
  shape: z.array(z.int().nonnegative()),
  data: z.unknown(),
});

/** Numbers are not looked at here: what is not finite is the guard's to judge. */
const Tensor = z.custom<TensorData>(
  (value) => {
    const { success, data: form } = Form.safeParse(value);
    return (
      success &&
      form.data instanceof arrays[form.type] &&
      form.data.length === form.shape.reduce((size, dimension) => size * dimension, 1)
    );
  },
  { error: 'Invalid input: expected a tensor' },
);
const Tensors = z.record(z.string(), Tensor);
const session = z.int().nonnegative();

/** What a device process does: it opens ONNX models and runs them. */
export const deviceProtocol = {
  open: {
    request: z.strictObject({
      /** The ONNX model; its weights lie in the folder. */
      model: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
      folder: z.string().min(1),
      device: Device,
      threads: z.int().positive().optional(),
      prepack: z.boolean().optional(),
    }),
    result: z.strictObject({ session }),
  },
  run: { request: z.strictObject({ session, feeds: Tensors }), result: Tensors },
  release: { request: z.strictObject({ session }), result: z.undefined() },
} satisfies Protocol;
export type DeviceProtocol = typeof deviceProtocol;
