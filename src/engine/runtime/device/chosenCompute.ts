import { type Computed, type Device, type DeviceStatus, deviceNames } from '../../../shared/device';
import type { Compute } from '../compute';
import { onCpu } from '../sessions';
import { type Accelerator, absence, candidates, type Host, thisHost } from './candidates';
import type { DeviceChooser } from './deviceChooser';
import { type DeviceCompute, deviceCompute } from './deviceCompute';
import type { DeviceProcess } from './deviceProcess';
import { type ModelChoice, modelChoice } from './modelChoice';
import type { References } from './references';
import type { Verdicts } from './verdicts';

export interface ChosenComputeOptions {
  readonly asked: DeviceStatus['asked'];
  /** Where models run that run on no device. */
  readonly cpu: Compute;
  /** Starts a process of a device. */
  readonly start: (computed: Computed, log: (line: string) => void) => DeviceProcess;
  readonly references: References;
  readonly verdicts: Verdicts;
  readonly threads?: number | undefined;
  readonly host?: Host;
  readonly log: (line: string) => void;
}

/** Lines that a process printed before it failed, at most. */
const mostLines = 40;

/** Towers where they are computed right and fast (docs/devices.md, *Which device is used*). */
export function chosenCompute({
  asked,
  cpu,
  start,
  references,
  verdicts,
  threads,
  host = thisHost,
  log,
}: ChosenComputeOptions): Compute & DeviceChooser {
  const order = candidates(asked.device, host);
  const devices = new Map<Accelerator, DeviceCompute>();
  const printed = new Map<Accelerator, readonly string[]>();
  const models = new Map<string, ModelChoice>();
  let last: ModelChoice | null = null;
  let testing: Device | null = null;
  let listener: (stage: string) => void = () => undefined;

  const onDevice = (device: Accelerator): DeviceCompute => {
    const known = devices.get(device);
    if (known !== undefined) return known;
    const computed: Computed = { device, precision: asked.precision };
    const print = (line: string): void => {
      printed.set(device, [...(printed.get(device) ?? []), line].slice(-mostLines));
      log(line);
    };
    const made = deviceCompute({
      start: () => start(computed, print),
      computed,
      threads,
      references,
      decide: (test) => models.get(test.weights)!.passed(device, test),
      onFailed: (test) => models.get(test.weights)!.failed(device, test),
      log,
    });
    devices.set(device, made);
    return made;
  };

  /** A process that no model can use holds memory for nothing. */
  const endUnused = async (): Promise<void> => {
    for (const [device, compute] of devices) {
      if ([...models.values()].some((model) => model.mayUse(device))) continue;
      devices.delete(device);
      await compute.end();
    }
  };
  const settle = async (): Promise<void> => {
    for (const compute of devices.values()) await compute.settle();
    await endUnused();
  };

  return {
    precision: asked.precision,
    placeTowers(weights) {
      const choice =
        models.get(weights) ??
        modelChoice({
          asked,
          candidates: order,
          absence: (device) => absence(asked.device, device, host),
          weights,
          cpu: cpu.placeTowers(weights),
          on: (device) => onDevice(device).placeTowers(weights),
          printed: (device) => (printed.get(device) ?? []).join('\n'),
          verdicts,
          testing(device) {
            testing = device;
            if (device !== null) listener(`Testing ${deviceNames[device]}`);
          },
          settle,
        });
      models.set(weights, choice);
      last = choice;
      return choice.place;
    },
    settle,
    async end() {
      await Promise.all([cpu, ...devices.values()].map((compute) => compute.end()));
    },
    get status() {
      return {
        asked,
        computed: last?.place.computed ?? onCpu,
        testing,
        trials: [...(last?.trials ?? [])],
        notes: [...(last?.place.notes ?? [])],
      };
    },
    forget: () => verdicts.forget(),
    tell(next) {
      listener = next;
    },
  };
}
