import type { Computed } from '../../../shared/device';
import type { Graph } from '../../graph/graph';
import type { Feeds, OpenSession, SessionRequest, Sessions } from '../sessions';
import { allFinite, disagreement, tolerances } from './agreement';
import { DeviceFault } from './deviceFault';
import type { DeviceInUse } from './deviceInUse';
import type { DeviceProcess } from './deviceProcess';
import { rowCount, runInParts } from './divided';
import { type Reference, type References, referenceKey } from './references';

/** What a self-test found that was not wrong. */
export interface PassedTest {
  /** SHA-256 of the checkpoint whose graph it was. */
  readonly weights: string;
  /** Which of a tower's graphs it was; null for one without a name. */
  readonly program: string | null;
  /** The largest difference from the CPU's numbers (`disagreement`), and how large it might have been. */
  readonly error: number;
  readonly tolerance: number;
  /** What a warm run of the witness took, in milliseconds. */
  readonly deviceMs: number;
  readonly cpuMs: number;
}

/** Where a graph is to run that could run on the device. */
export type Decide = (test: PassedTest) => 'device' | 'cpu';

/** What a self-test found that was. */
export interface FailedTest {
  readonly weights: string;
  readonly program: string | null;
  readonly fault: DeviceFault;
  readonly tolerance: number;
}

/** What is known of a device and the graphs that were opened in it, for as long as it is used. */
export interface Experience {
  /** Weights for which it gave wrong numbers. */
  readonly refused: Set<string>;
  /** Rows that a run of a graph may have at most, by the key of its reference. */
  readonly mostRows: Map<string, number>;
}

export interface GuardOptions {
  readonly device: DeviceInUse;
  /** What it computes with. */
  readonly computed: Computed;
  readonly cpu: Sessions;
  /** SHA-256 of the checkpoint. */
  readonly weights: string;
  readonly references: References;
  readonly experience: Experience;
  readonly decide: Decide;
  /** Told of each self-test that is not passed, before anything else runs. */
  readonly onFailed: (test: FailedTest) => void;
}

/**
 * Sessions on a device, each with the CPU behind it (docs/devices.md): what they give is what the CPU gives, up to the
 * tolerance, once the device has settled.
 */
export function guardedSessions(options: GuardOptions): Sessions {
  return {
    async open(graph, request) {
      if (request.witness === undefined) return options.cpu.open(graph, request);
      const session = guardedSession(graph, request, request.witness(graph), options);
      await session.prepare();
      return session;
    },
  };
}

interface OnDevice {
  readonly process: DeviceProcess;
  readonly session: OpenSession;
}

function guardedSession(
  graph: Graph,
  request: SessionRequest,
  witness: Feeds,
  { device, computed, cpu, weights, references, experience, decide, onFailed }: GuardOptions,
): OpenSession & { prepare(): Promise<void> } {
  const { rows, name: program = null } = request;
  const called = program === null ? 'a graph' : `the ${program}`;
  const tolerance = tolerances[computed.precision];
  const key = referenceKey(graph, request.folder, weights, witness);
  let onCpu: OpenSession | null = null;
  let onDevice: OnDevice | null = null;
  let reference: Reference | null = null;
  /** Null before it is known where it runs. */
  let place: 'device' | 'cpu' | null = null;

  const cpuSession = async (): Promise<OpenSession> => {
    onCpu ??= await cpu.open(graph, request);
    return onCpu;
  };
  const askCpu = async (): Promise<Reference> => {
    const session = await cpuSession();
    await session.run(witness);
    const started = performance.now();
    const outputs = await session.run(witness);
    const found = { outputs, ms: performance.now() - started };
    await references.set(key, found);
    return found;
  };
  const known = async (): Promise<Reference> => {
    reference ??= (await references.get(key, graph)) ?? (await askCpu());
    return reference;
  };

  const errorOf = async (outputs: Feeds): Promise<number> => {
    const error = disagreement(outputs, (await known()).outputs);
    if (error <= tolerance) return error;
    // A reference that was kept is a file: nothing is said against a device because of it alone.
    if (onCpu === null) reference = await askCpu();
    return disagreement(outputs, (await known()).outputs);
  };
  const demandAgreement = async (outputs: Feeds): Promise<number> => {
    const error = await errorOf(outputs);
    if (error <= tolerance) return error;
    throw new DeviceFault(
      'wrong',
      `in ${called} its numbers differ from the CPU's by ${shown(error)} of the largest, ${shown(tolerance)} is allowed`,
    );
  };

  /** Throws a DeviceFault. */
  const openIn = async (process: DeviceProcess): Promise<OnDevice | null> => {
    const session = await process.open(graph, request);
    const release = () => session.release().catch(() => undefined);
    try {
      const first = await demandAgreement(await session.run(witness));
      const started = performance.now();
      const again = await session.run(witness);
      const deviceMs = performance.now() - started;
      const error = Math.max(first, await demandAgreement(again));
      place ??= decide({ weights, program, error, tolerance, deviceMs, cpuMs: (await known()).ms });
      if (place === 'device') return { process, session };
    } catch (thrown) {
      await release();
      throw thrown;
    }
    await release();
    return null;
  };

  /** Null where it runs on the CPU. */
  const opened = async (): Promise<OnDevice | null> => {
    if (place === 'cpu' || experience.refused.has(weights)) return null;
    const process = device.process();
    if (process === null) return null;
    if (onDevice?.process === process) return onDevice;
    onDevice = null;
    // First: what cannot be opened on the CPU either is no fault of the device, and told in better words.
    await known();
    try {
      onDevice = await openIn(process);
    } catch (thrown) {
      if (!(thrown instanceof DeviceFault)) throw thrown;
      onFailed({ weights, program, fault: thrown, tolerance });
      await notOpened(thrown);
    }
    if (onDevice !== null) await releaseCpu();
    return onDevice;
  };

  const notOpened = async ({ kind, message }: DeviceFault): Promise<void> => {
    switch (kind) {
      case 'wrong':
      case 'notFinite':
        experience.refused.add(weights);
        device.note(`${device.name} failed its self-test: ${message}. This model runs on the CPU.`);
        return;
      case 'threw':
        place = 'cpu';
        device.note(`${device.name}: ${message} for ${called}, which runs on the CPU.`);
        return;
      case 'unavailable':
      case 'died':
      case 'hung':
        await device.drop(`${device.name} failed its self-test: ${message} for ${called}.`);
        return;
    }
  };

  /** What a run of so many rows did. */
  const failed = async ({ kind, message }: DeviceFault, tried: number): Promise<void> => {
    switch (kind) {
      case 'threw':
      case 'died':
        if (tried > 1) {
          experience.mostRows.set(key, Math.floor(tried / 2));
          device.note(
            `${device.name}: ${message} of ${called} with ${tried} rows. It is given fewer at a time.`,
          );
        } else {
          place = 'cpu';
          device.note(`${device.name}: ${message} of ${called}, which runs on the CPU since.`);
        }
        return;
      case 'hung':
      case 'unavailable':
      case 'notFinite':
      case 'wrong':
        await device.drop(`${device.name}: ${message} of ${called}.`);
        return;
    }
  };

  const releaseCpu = async (): Promise<void> => {
    const session = onCpu;
    onCpu = null;
    await session?.release();
  };

  const run = async (feeds: Feeds): Promise<Record<string, Feeds[string]>> => {
    for (;;) {
      const here = await opened();
      if (here === null) return (await cpuSession()).run(feeds);
      const { session } = here;
      const count = rowCount(graph, rows, feeds) ?? 1;
      const most = experience.mostRows.get(key) ?? Number.POSITIVE_INFINITY;
      try {
        const outputs = await runInParts(graph, rows, feeds, most, (part) => session.run(part));
        if (!allFinite(outputs)) return await certain(feeds);
        device.unproven(here, async () => {
          await demandAgreement(await session.run(witness));
        });
        return { ...outputs };
      } catch (thrown) {
        if (!(thrown instanceof DeviceFault)) throw thrown;
        await failed(thrown, Math.min(count, most));
      }
    }
  };

  /** What the CPU gives where the device gave numbers that are not finite. */
  const certain = async (feeds: Feeds): Promise<Record<string, Feeds[string]>> => {
    const outputs = await (await cpuSession()).run(feeds);
    if (allFinite(outputs)) {
      await failed(new DeviceFault('notFinite', 'numbers were not finite in a run'), 1);
    }
    return outputs;
  };

  return {
    prepare: () =>
      device.inTurn(async () => {
        if ((await opened()) === null) await cpuSession();
      }),
    run: (feeds) => device.inTurn(() => run(feeds)),
    release: () =>
      device.inTurn(async () => {
        const here = onDevice;
        onDevice = null;
        place = 'cpu';
        if (here !== null) {
          await device.prove(here);
          await here.session.release().catch(() => undefined);
        }
        await releaseCpu();
      }),
  };
}

const shown = (part: number): string =>
  Number.isFinite(part) ? part.toExponential(1) : 'more than can be said';
