import type { DeviceStatus } from '../../../shared/device';
import { onCpu } from '../sessions';

/** Who chooses the devices, for who asks what was chosen. */
export interface DeviceChooser {
  readonly status: DeviceStatus;
  /** What was found out at other times is forgotten: a new process tries all devices again. */
  forget(): Promise<void>;
  /** From now on, `listener` is told what is done that takes long; whoever was told before is told no more. */
  tell(listener: (stage: string) => void): void;
}

/** Where there is nothing to choose. */
export const cpuAlone: DeviceChooser = {
  status: {
    asked: { device: 'cpu', precision: 'fp32' },
    computed: onCpu,
    testing: null,
    trials: [],
    notes: [],
  },
  forget: async () => undefined,
  tell: () => undefined,
};
