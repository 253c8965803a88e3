import type { HookOptions } from '../../src/engine/attribution/openHook';
import type { SessionOptions } from '../../src/engine/runtime/session';
import type { Device } from '../../src/shared/device';

/** Where the towers run, as each part of the engine is told. The only place of the bench that knows how. */
export interface BenchDevice {
  readonly device: Device;
  readonly threads: number;
  /** For a hook, and for passes back to the patches. */
  readonly options: Pick<HookOptions, 'threads'>;
  readonly session: Pick<SessionOptions, 'threads' | 'device'>;
  /** Arguments of the engine's process. */
  readonly engineArguments: readonly string[];
}

export function benchDevice(device: Device, threads: number): BenchDevice {
  return {
    device,
    threads,
    options: { threads },
    session: { threads, device },
    engineArguments: ['--threads', String(threads)],
  };
}
