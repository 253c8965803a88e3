import { deviceNames } from '../../../shared/device';
import { ClipsightError } from '../../../shared/errors';
import { oneAtATime } from '../../job';
import type { DeviceProcess } from './deviceProcess';

/** Proves that a graph gives for its witness what it gave when it was opened. Throws a DeviceFault. */
export type Proof = () => Promise<void>;

/** The processes of one device, one after the other, until it is not used any more. */
export interface DeviceInUse {
  /** What it said and did that a person should know, in sentences. */
  readonly notes: readonly string[];
  readonly dropped: boolean;
  /** As people know it. */
  readonly name: string;
  /** Work with the device, one after the other: what is in here must not ask for a turn. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>;
  /** The process that lives; another one where the last ended, and none where the device is not used any more. */
  process(): DeviceProcess | null;
  note(sentence: string): void;
  /** Not used any more from now on, for this reason. */
  drop(reason: string): Promise<void>;
  /** Numbers were taken from the process: they may be given out once the proof was made. */
  unproven(of: object, proof: Proof): void;
  /** To be called before what the proof needs is released. */
  prove(of: object): Promise<void>;
  /** As of `Compute`. */
  settle(): Promise<void>;
  end(): Promise<void>;
}

/** A device whose process ends so often is not used any more. */
const mostProcesses = 10;
/** Nor is one that took numbers with it so often which nobody can check any more. */
const mostLosses = 2;

export function deviceInUse(start: () => DeviceProcess, log: (line: string) => void): DeviceInUse {
  const notes: string[] = [];
  const open = new Map<object, Proof>();
  let live: DeviceProcess | null = null;
  let name = 'The device';
  let dropped = false;
  let started = 0;
  let losses = 0;
  /** Whether numbers were taken that can no longer be checked, or proved wrong. */
  let lost = false;

  const note = (sentence: string): void => {
    log(`[device] ${sentence}`);
    if (!notes.includes(sentence)) notes.push(sentence);
  };
  /** What no proof was made of is not to be had from the process any more. */
  const lose = (): void => {
    if (open.size === 0) return;
    open.clear();
    lost = true;
    losses += 1;
  };
  const drop = async (reason: string): Promise<void> => {
    if (dropped) return;
    dropped = true;
    note(`${reason} ${name} is not used any more.`);
    lose();
    const last = live;
    live = null;
    await last?.end();
  };
  const bury = async (): Promise<void> => {
    if (live === null || live.alive) return;
    live = null;
    lose();
    if (losses >= mostLosses || started >= mostProcesses) {
      await drop(`${name}: its process ended again and again.`);
    }
  };
  const prove = async (of: object): Promise<void> => {
    const proof = open.get(of);
    if (proof === undefined) return;
    try {
      await proof();
      open.delete(of);
    } catch (thrown) {
      await drop(`${name} was tested after it was used: ${(thrown as Error).message}.`);
    }
  };

  const inTurn = oneAtATime();
  return {
    notes,
    inTurn: (work) =>
      inTurn(async () => {
        await bury();
        return work();
      }),
    get name() {
      return name;
    },
    get dropped() {
      return dropped;
    },
    process() {
      if (dropped) return null;
      if (live !== null && !live.alive) {
        live = null;
        lose();
      }
      if (live === null) {
        live = start();
        started += 1;
        name = deviceNames[live.computed.device];
      }
      return live;
    },
    note,
    drop,
    unproven: (of, proof) => {
      open.set(of, proof);
    },
    prove,
    async settle() {
      await inTurn(async () => {
        await bury();
        for (const of of [...open.keys()]) await prove(of);
        if (!lost) return;
        lost = false;
        throw new ClipsightError(
          'device',
          `${name} gave numbers that could not be confirmed when they were tested again.`,
          'Run it again.',
        );
      });
    },
    async end() {
      dropped = true;
      const last = live;
      live = null;
      await last?.end();
    },
  };
}
