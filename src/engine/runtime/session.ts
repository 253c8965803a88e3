import type { Precision } from '../../shared/device';
import { ClipsightError } from '../../shared/errors';
import type { GraphContent } from '../graph/graph';
import { halved } from '../graph/halved';
import { toOnnx } from '../graph/onnx';
import { widened } from '../graph/widened';
import { type ModelOptions, messageOf, nativeError, OnnxModel } from './onnxModel';

/** What goes into a session and comes out: row-major; a bool is a byte, 0 or 1. */
export type TensorData =
  | { readonly type: 'float32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly type: 'float64'; readonly shape: readonly number[]; readonly data: Float64Array }
  | { readonly type: 'int32'; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly type: 'int64'; readonly shape: readonly number[]; readonly data: BigInt64Array }
  | { readonly type: 'uint8'; readonly shape: readonly number[]; readonly data: Uint8Array }
  | { readonly type: 'bool'; readonly shape: readonly number[]; readonly data: Uint8Array };

export const float32 = (data: Float32Array, shape: readonly number[]) =>
  ({ type: 'float32', data, shape }) as const;
export const float64 = (data: Float64Array, shape: readonly number[]) =>
  ({ type: 'float64', data, shape }) as const;
export const int32 = (data: Int32Array, shape: readonly number[]) =>
  ({ type: 'int32', data, shape }) as const;
export const int64 = (data: BigInt64Array, shape: readonly number[]) =>
  ({ type: 'int64', data, shape }) as const;

/** The float32 output of this name. */
export function floats(outputs: Readonly<Record<string, TensorData>>, name: string): Float32Array {
  const tensor = outputs[name];
  if (tensor?.type !== 'float32') throw new Error(`there is no float32 output ${name}`);
  return tensor.data;
}

/** The float64 output of this name. */
export function doubles(outputs: Readonly<Record<string, TensorData>>, name: string): Float64Array {
  const tensor = outputs[name];
  if (tensor?.type !== 'float64') throw new Error(`there is no float64 output ${name}`);
  return tensor.data;
}

/** The int32 output of this name. */
export function integers(outputs: Readonly<Record<string, TensorData>>, name: string): Int32Array {
  const tensor = outputs[name];
  if (tensor?.type !== 'int32') throw new Error(`there is no int32 output ${name}`);
  return tensor.data;
}

export interface SessionOptions extends ModelOptions {
  /** Of products; everything else is in single precision (`halved`). */
  readonly precision?: Precision;
}

/** The graph as an ONNX model that the device can run. Throws ClipsightError `checkpoint` as `toOnnx` does. */
export function modelFor(
  graph: GraphContent,
  { folder, device = 'cpu', precision = 'fp32' }: Pick<SessionOptions, 'folder' | 'device' | 'precision'>,
): Uint8Array {
  const single = device === 'cpu' ? graph : widened(graph);
  return toOnnx(precision === 'fp16' ? halved(single) : single, folder);
}

/** A graph, compiled by ONNX Runtime. Creating and running block the thread that they are called on. */
export class Session {
  private constructor(
    private readonly model: OnnxModel,
    /** Size of the ONNX model, its weights not included. */
    readonly modelBytes: number,
  ) {}

  static async create(graph: GraphContent, options: SessionOptions): Promise<Session> {
    const bytes = modelFor(graph, options);
    try {
      return new Session(await OnnxModel.open(bytes, options), bytes.byteLength);
    } catch (cause) {
      throw unreadableWeights(graph, cause) ?? nativeError(cause);
    }
  }

  /** As `OnnxModel.run`. */
  run(feeds: Readonly<Record<string, TensorData>>): Promise<Record<string, TensorData>> {
    return this.model.run(feeds);
  }

  release(): Promise<void> {
    return this.model.release();
  }
}

/** ONNX Runtime names the tensor that it could not read; people know files. */
function unreadableWeights({ initializers }: GraphContent, cause: unknown): ClipsightError | undefined {
  const words = new Set(messageOf(cause).split(/[\s:,.]+/));
  const weight = initializers.find(({ value }) => words.has(value.name));
  if (weight?.kind !== 'stored') return undefined;
  return new ClipsightError(
    'checkpoint',
    `The weights in ${weight.tensor.file} cannot be read: ${messageOf(cause)}`,
    'The file may be incomplete or have changed: fetch it again.',
    { cause },
  );
}
