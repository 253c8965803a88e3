import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import type { Device } from '../../shared/device';
import { ClipsightError } from '../../shared/errors';
import type { TensorData } from './session';

export interface ModelOptions {
  /** Absolute real path of the folder that holds the weights. */
  readonly folder: string;
  /** Threads within an op; as many as there are cores if left out. */
  readonly threads?: number | undefined;
  /** Copy the weights into the runtime's own layout: faster, at their size in memory again. On by default. */
  readonly prepack?: boolean | undefined;
  /** Where it runs; what an op of it cannot do there, the runtime does on the CPU. */
  readonly device?: Device;
}

export const runtimeVersion = env.versions.node ?? env.versions.common;

/** As the runtime names them. */
const providers: { readonly [D in Device]: string } = {
  cpu: 'cpu',
  webgpu: 'webgpu',
  cuda: 'cuda',
  directml: 'dml',
  coreml: 'coreml',
};

/** An ONNX model in ONNX Runtime. Opening and running block the thread that they are called on. */
export class OnnxModel {
  private constructor(private readonly native: InferenceSession) {}

  /** Throws whatever the runtime throws. */
  static async open(
    bytes: Uint8Array,
    { folder, threads, prepack = true, device = 'cpu' }: ModelOptions,
  ): Promise<OnnxModel> {
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
    return new OnnxModel(await InferenceSession.create(bytes, options));
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

export function nativeError(cause: unknown): ClipsightError {
  return new ClipsightError('internal', `ONNX Runtime: ${messageOf(cause)}`, undefined, { cause });
}

export const messageOf = (thrown: unknown) => (thrown instanceof Error ? thrown.message : String(thrown));
