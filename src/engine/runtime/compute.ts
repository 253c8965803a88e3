import type { Precision } from '../../shared/device';
import { type ModelSessions, modelOnCpu, type Sessions } from './sessions';

/** Where the towers of all models run, for one engine. */
export interface Compute {
  /** Asked of devices: results are at least that precise. */
  readonly precision: Precision;
  /** For towers with these weights (SHA-256 of the checkpoint). */
  placeTowers(weights: string): ModelSessions;
  /**
   * To be called when a job has its results and before anybody gets them: what ran on a device since the last call must
   * still give there what the CPU gives. Throws ClipsightError `device` where it does not; from then on, that device is
   * not used, and the job may be done again.
   */
  settle(): Promise<void>;
  end(): Promise<void>;
}

/** All on the CPU: in this process, but for work in the background where there is another place for it. */
export function computeOnCpu(
  threads?: number,
  background?: { readonly sessions: Sessions; end(): Promise<void> },
): Compute {
  return {
    precision: 'fp32',
    placeTowers: () => modelOnCpu(threads, background?.sessions),
    settle: async () => undefined,
    end: async () => background?.end(),
  };
}
