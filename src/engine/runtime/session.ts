import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { Device } from '../../shared/device';
import { ClipsightError } from '../../shared/errors';
import type { Graph } from '../graph/graph';
import { toOnnx } from '../graph/onnx';

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

export interface SessionOptions {
  /** Absolute real path of the folder that holds the weights. */
  readonly folder: string;
  /** Threads within an op; as many as there are cores if left out. */
  readonly threads?: number | undefined;
  /** Copy the weights into the runtime's own layout: faster, at their size in memory again. On by default. */
  readonly prepack?: boolean | undefined;
  /** Where it runs; what an op of it cannot do there, the runtime does on the CPU. */
  readonly device?: Device;
}

/** As the runtime names them. */
const providers: { readonly [D in Device]: string } = {
  cpu: 'cpu',
  webgpu: 'webgpu',
  cuda: 'cuda',
  directml: 'dml',
  coreml: 'coreml',
};

/** A graph, compiled by ONNX Runtime. Creating and running block the thread that they are called on. */
export class Session {
  private constructor(
    private readonly native: InferenceSession,
    /** Size of the ONNX model, its weights not included. */
    readonly modelBytes: number,
  ) {}

  static async create(
    graph: Graph,
    { folder, threads, prepack = true, device = 'cpu' }: SessionOptions,
  ): Promise<Session> {
    const bytes = toOnnx(graph, folder);
    const options: InferenceSession.SessionOptions = {
      executionProviders: [providers[device]],
      graphOptimizationLevel: 'all',
      // Nothing but what ends the process: what goes wrong is thrown, with the same words.
      logSeverityLevel: 4,
      ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
      extra: {
        session: {
          model_external_initializers_file_folder_path: folder,
          // Threads that wait for work by spinning slow the other sessions down.
          intra_op: { allow_spinning: '0' },
          ...(prepack ? {} : { disable_prepacking: '1' }),
        },
      },
    };
    try {
      return new Session(await InferenceSession.create(bytes, options), bytes.byteLength);
    } catch (cause) {
      throw unreadableWeights(graph, cause) ?? nativeError(cause);
    }
  }

  /**
   * @param feeds one tensor for each input of the graph.
   * @returns one tensor for each output. The data is a copy: the runtime's own memory cannot be handed on
   * everywhere that the engine runs.
   *
   * A dimension of size 0 (no prompts, no directions) fails inside the runtime: callers answer those themselves.
   */
  async run(feeds: Readonly<Record<string, TensorData>>): Promise<Record<string, TensorData>> {
    const inputs = Object.entries(feeds).map(([name, tensor]) => [name, toNative(tensor)] as const);
    const outputs = await guarded(() => this.native.run(Object.fromEntries(inputs)));
    return Object.fromEntries(Object.entries(outputs).map(([name, tensor]) => [name, fromNative(tensor)]));
  }

  async release(): Promise<void> {
    await guarded(() => this.native.release());
  }
}

function toNative(tensor: TensorData): Tensor {
  switch (tensor.type) {
    case 'float32':
      return new Tensor('float32', tensor.data, tensor.shape);
    case 'float64':
      return new Tensor('float64', tensor.data, tensor.shape);
    case 'int32':
      return new Tensor('int32', tensor.data, tensor.shape);
    case 'int64':
      return new Tensor('int64', tensor.data, tensor.shape);
    case 'uint8':
      return new Tensor('uint8', tensor.data, tensor.shape);
    case 'bool':
      return new Tensor('bool', tensor.data, tensor.shape);
  }
}

function fromNative({ type, data, dims: shape }: Tensor): TensorData {
  if (type === 'float32' && data instanceof Float32Array) return { type, shape, data: data.slice() };
  if (type === 'float64' && data instanceof Float64Array) return { type, shape, data: data.slice() };
  if (type === 'int32' && data instanceof Int32Array) return { type, shape, data: data.slice() };
  if (type === 'int64' && data instanceof BigInt64Array) return { type, shape, data: data.slice() };
  if ((type === 'uint8' || type === 'bool') && data instanceof Uint8Array)
    return { type, shape, data: data.slice() };
  throw new ClipsightError('internal', `A session gave a tensor of type ${type}, which is not read here.`);
}

async function guarded<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw nativeError(cause);
  }
}

function nativeError(cause: unknown): ClipsightError {
  return new ClipsightError('internal', `ONNX Runtime: ${messageOf(cause)}`, undefined, { cause });
}

/** ONNX Runtime names the tensor that it could not read; people know files. */
function unreadableWeights({ initializers }: Graph, cause: unknown): ClipsightError | undefined {
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

const messageOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));
