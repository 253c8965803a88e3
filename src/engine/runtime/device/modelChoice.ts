import { type Computed, type DeviceStatus, deviceNames, type Trial } from '../../../shared/device';
import { type ModelSessions, onCpu, type Sessions } from '../sessions';
import type { Accelerator } from './candidates';
import { explain } from './explain';
import { followingSession } from './following';
import type { FailedTest, PassedTest } from './guardedSessions';
import type { Verdicts } from './verdicts';

export interface ModelChoiceOptions {
  readonly asked: DeviceStatus['asked'];
  /** What is tried, in this order, before the CPU. */
  readonly candidates: readonly Accelerator[];
  /** Why it is of no use to start a device; null where it has to be tried. */
  readonly absence: (device: Accelerator) => Trial | null;
  /** SHA-256 of the checkpoint. */
  readonly weights: string;
  readonly cpu: ModelSessions;
  /** The model on a device. */
  readonly on: (device: Accelerator) => ModelSessions;
  /** What the processes of a device printed last. */
  readonly printed: (device: Accelerator) => string;
  readonly verdicts: Verdicts;
  /** Told which device is tried, and null when that has ended. */
  readonly testing: (device: Accelerator | null) => void;
  /** As of `Compute`. */
  readonly settle: () => Promise<void>;
}

/** Where one model runs: on the first candidate that serves, or on the CPU. */
export interface ModelChoice {
  readonly place: ModelSessions;
  /** In the order of the candidates; those that were not needed are left out. */
  readonly trials: readonly Trial[];
  mayUse(device: Accelerator): boolean;
  passed(device: Accelerator, test: PassedTest): 'device' | 'cpu';
  failed(device: Accelerator, test: FailedTest): void;
}

/** How often it is told that a device is tested, in milliseconds. */
const tellingMs = 10_000;

type Kind = 'sessions' | 'background';

/** By these a device is judged: all other graphs are small beside them. */
const trunks: readonly (string | null)[] = ['trunk', 'image tower'];
const isTrunk = (program: string | null) => trunks.includes(program);

export function modelChoice(options: ModelChoiceOptions): ModelChoice {
  const { asked, candidates, absence, weights, cpu, on, printed, verdicts, testing, settle } = options;
  // Who names a device gets it where it is right, be it slow; `auto` is for who wants to be fast.
  const isNamed = asked.device !== 'auto';
  const left = [...candidates];
  const trials = new Map<Accelerator, Trial>();
  const places = new Map<Accelerator, ModelSessions>();
  /** Devices that may have given numbers. */
  const proven = new Set<Accelerator>(isNamed ? candidates : []);

  const placeOn = (device: Accelerator): ModelSessions => {
    const place = places.get(device) ?? on(device);
    places.set(device, place);
    return place;
  };
  const computedBy = (device: Accelerator): Computed => ({ device, precision: asked.precision });
  const known = async (device: Accelerator): Promise<Trial | null> => {
    const absent = absence(device);
    if (absent !== null || isNamed) return absent;
    return (
      (await verdicts.get(computedBy(device), null)) ?? (await verdicts.get(computedBy(device), weights))
    );
  };
  const found = (device: Accelerator, trial: Trial): void => {
    trials.set(device, trial);
    if (trial.outcome === 'used') proven.add(device);
    else if (left[0] === device) left.shift();
  };

  /** The device in question, past those that are known not to serve; null where none is left. */
  const candidate = async (): Promise<Accelerator | null> => {
    for (;;) {
      const [device] = left;
      if (device === undefined) return null;
      if (trials.has(device)) return device;
      const before = await known(device);
      // Another graph may have found something meanwhile.
      if (left[0] !== device || trials.has(device)) continue;
      if (before === null) return device;
      found(device, before);
    }
  };

  const told = new Map<Accelerator, { readonly [K in Kind]: Sessions }>();
  /** As `placeOn`, and whoever waits is told that a device is tested. */
  const toldOn = (device: Accelerator): { readonly [K in Kind]: Sessions } => {
    const known = told.get(device);
    if (known !== undefined) return known;
    const place = placeOn(device);
    const telling = (kind: Kind): Sessions => ({
      async open(graph, request) {
        testing(device);
        // Opening and the first runs each have a patience of their own: whoever waits is told that it goes on.
        const again = setInterval(testing, tellingMs, device);
        try {
          return await place[kind].open(graph, request);
        } finally {
          clearInterval(again);
          testing(null);
        }
      },
    });
    const made = { sessions: telling('sessions'), background: telling('background') };
    told.set(device, made);
    return made;
  };

  const sessionsOf = (kind: Kind): Sessions => ({
    async open(graph, request) {
      if (request.witness === undefined || candidates.length === 0) return cpu[kind].open(graph, request);
      return followingSession(graph, request, async () => {
        const device = await candidate();
        // Until the trunk has shown what the device is worth, everything else stays where it is.
        const isThere = device !== null && (proven.has(device) || isTrunk(request.name ?? null));
        return isThere ? toldOn(device)[kind] : cpu[kind];
      });
    },
  });

  /** What is to be said of a device now: it may have failed since it was tried. */
  const trialOf = (device: Accelerator): Trial | null => {
    const trial = trials.get(device) ?? null;
    const place = places.get(device);
    if (trial?.outcome !== 'used' || place === undefined || place.computed.device !== 'cpu') return trial;
    return { ...trial, outcome: 'failed', why: place.notes.at(-1) ?? trial.why };
  };

  return {
    place: {
      sessions: sessionsOf('sessions'),
      background: sessionsOf('background'),
      get computed() {
        const [device] = left;
        if (device === undefined || !proven.has(device)) return onCpu;
        return places.get(device)?.computed ?? onCpu;
      },
      get notes() {
        return [...proven].flatMap((device) => notesOf(trials.get(device), places.get(device), isNamed));
      },
      settle,
    },
    get trials() {
      return candidates.flatMap((device) => trialOf(device) ?? []);
    },
    mayUse: (device) => left.includes(device),
    passed(device, { program, error, tolerance, deviceMs, cpuMs }) {
      const isFaster = deviceMs < cpuMs;
      if (isTrunk(program)) {
        const measured = { device, error, tolerance, deviceMs, cpuMs, remedy: null };
        const verdict: Trial = {
          ...measured,
          outcome: isFaster ? 'used' : 'slower',
          why: isFaster
            ? `It runs the image tower ${times(cpuMs / deviceMs)} as fast as the CPU.`
            : `The CPU runs the image tower ${times(deviceMs / cpuMs)} as fast.`,
        };
        found(device, isNamed ? { ...verdict, outcome: 'used' } : verdict);
        void verdicts.set(computedBy(device), weights, verdict);
      }
      return isNamed || isFaster ? 'device' : 'cpu';
    },
    failed(device, { program, fault, tolerance }) {
      // One graph that cannot be opened runs on the CPU.
      if (fault.kind === 'threw' && !isTrunk(program)) return;
      const { forAll, ...reason } = reasonOf(device, fault, printed(device));
      const trial: Trial = { device, ...reason, error: null, tolerance, deviceMs: null, cpuMs: null };
      found(device, trial);
      void verdicts.set(computedBy(device), forAll ? null : weights, trial);
    },
  };
}

/** What a result says of a device that may have given it. */
function notesOf(trial: Trial | undefined, place: ModelSessions | undefined, isNamed: boolean): string[] {
  if (trial === undefined) return [...(place?.notes ?? [])];
  const { device, outcome, why, remedy, deviceMs, cpuMs } = trial;
  if (outcome !== 'used') {
    return [`${deviceNames[device]} is not used. ${why}${remedy === null ? '' : ` ${remedy}`}`];
  }
  const isSlower = isNamed && deviceMs !== null && cpuMs !== null && deviceMs >= cpuMs;
  return [
    ...(isSlower ? [`${deviceNames[device]} is used because it is asked for. ${why}`] : []),
    ...(place?.notes ?? []),
  ];
}

function reasonOf(
  device: Accelerator,
  { kind, message }: FailedTest['fault'],
  printed: string,
): Pick<Trial, 'outcome' | 'why' | 'remedy'> & {
  /** Whether it holds for every model. */
  readonly forAll: boolean;
} {
  const sentence = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
  switch (kind) {
    case 'unavailable': {
      const explained = explain(device, `${printed}\n${message}`);
      return { ...explained, forAll: explained.outcome === 'missing' };
    }
    case 'wrong':
    case 'notFinite':
      return { outcome: 'wrong', why: sentence, remedy: 'Update the driver of the GPU.', forAll: false };
    case 'threw':
    case 'died':
    case 'hung':
      return { outcome: 'failed', why: sentence, remedy: seeLog, forAll: false };
  }
}

const seeLog = 'The log has what its process printed; a newer driver of the GPU may help.';

/** “3.2 times”. */
function times(factor: number): string {
  return `${factor.toFixed(factor < 10 ? 1 : 0)} times`;
}
