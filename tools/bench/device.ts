import { Session } from '../../src/engine/runtime/session';
import { type ModelSessions, modelOnCpu, type Sessions } from '../../src/engine/runtime/sessions';
import type { Device } from '../../src/shared/device';

/** Where the towers run, as each part of the engine is told. The only file of the bench that knows how. */
export interface BenchDevice {
  readonly device: Device;
  readonly threads: number;
  /** For what runs in this process: no self-test and no guard, the speed alone. */
  readonly place: ModelSessions;
  /** Arguments of the engine's process. */
  readonly engineArguments: readonly string[];
}

export function benchDevice(device: Device, threads: number): BenchDevice {
  // Named, also the CPU: `auto` might find a GPU.
  const engineArguments = ['--threads', String(threads), '--device', device];
  if (device === 'cpu') return { device, threads, place: modelOnCpu(threads), engineArguments };
  const sessions: Sessions = {
    open: (graph, { folder, prepack }) => Session.create(graph, { folder, threads, prepack, device }),
  };
  return {
    device,
    threads,
    place: { ...modelOnCpu(threads), sessions },
    engineArguments,
  };
}
