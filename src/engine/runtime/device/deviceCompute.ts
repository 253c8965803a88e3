import type { Computed } from '../../../shared/device';
import type { Compute } from '../compute';
import { cpuSessions, onCpu } from '../sessions';
import { deviceInUse } from './deviceInUse';
import type { DeviceProcess } from './deviceProcess';
import { type Decide, type Experience, type FailedTest, guardedSessions } from './guardedSessions';
import type { References } from './references';

export interface DeviceComputeOptions {
  /** Starts a process of the device, the first when it is needed. */
  readonly start: () => DeviceProcess;
  /** What all those processes compute with. */
  readonly computed: Computed;
  /** Threads within an op on the CPU; as many as there are cores if left out. */
  readonly threads?: number | undefined;
  readonly references: References;
  /** Where graphs run that passed the self-test; on the device if left out. */
  readonly decide?: Decide;
  readonly onFailed?: (test: FailedTest) => void;
  readonly log: (line: string) => void;
}

/** Towers on a device, for as long as it can be believed, and then on the CPU (docs/devices.md). */
export interface DeviceCompute extends Compute {
  /** Whether it is not used any more, and what a person should know of it. */
  readonly state: { readonly dropped: boolean; readonly notes: readonly string[] };
}

export function deviceCompute({
  start,
  computed,
  threads,
  references,
  decide = () => 'device',
  onFailed = () => undefined,
  log,
}: DeviceComputeOptions): DeviceCompute {
  const device = deviceInUse(start, log);
  const cpu = cpuSessions(threads);
  const experience: Experience = { refused: new Set(), mostRows: new Map() };
  return {
    precision: computed.precision,
    placeTowers(weights) {
      const sessions = guardedSessions({
        device,
        computed,
        cpu,
        weights,
        references,
        experience,
        decide,
        onFailed,
      });
      return {
        sessions,
        background: sessions,
        get computed() {
          return device.dropped || experience.refused.has(weights) ? onCpu : computed;
        },
        notes: device.notes,
        settle: device.settle,
      };
    },
    settle: device.settle,
    end: device.end,
    state: {
      get dropped() {
        return device.dropped;
      },
      notes: device.notes,
    },
  };
}
