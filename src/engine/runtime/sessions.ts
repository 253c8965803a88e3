import type { Computed } from '../../shared/device';
import type { Graph } from '../graph/graph';
import { Session, type TensorData } from './session';

export type Feeds = Readonly<Record<string, TensorData>>;

/** A graph that can be run, wherever that happens. */
export type OpenSession = Pick<Session, 'run' | 'release'>;

export interface SessionRequest {
  /** What notes call it: a noun. */
  readonly name?: string;
  /** Absolute real path of the folder that holds the weights. */
  readonly folder: string;
  /** Copy the weights into the runtime's own layout: faster, at their size in memory again. On by default. */
  readonly prepack?: boolean;
  /**
   * What the graph must give on every device as it does on the CPU: a fixed input. A graph without one runs on the CPU
   * always.
   */
  readonly witness?: (graph: Graph) => Feeds;
  /**
   * The symbol that leads the shape of each input and output whose rows may be given in several runs; inputs without it
   * are the same in each. Without it a run is not divided.
   */
  readonly rows?: string;
  /** Names the graph among all of its model: who asks for the same one may be given the same session. */
  readonly share?: string;
}

/** Opens sessions somewhere: here on the CPU, or in a process of their own, on a device. */
export interface Sessions {
  open(graph: Graph, request: SessionRequest): Promise<OpenSession>;
}

/** In this process. Creating and running block its event loop. */
export function cpuSessions(threads?: number): Sessions {
  return { open: (graph, { folder, prepack }) => Session.create(graph, { folder, threads, prepack }) };
}

/** Where the towers of one model run. */
export interface ModelSessions {
  /** For what a person waits for. */
  readonly sessions: Sessions;
  /** For work in the background, which leaves the machine to others: of low priority where it runs on the CPU. */
  readonly background: Sessions;
  /** What gives results now: a device that proves wrong or dies is not used any more. */
  readonly computed: Computed;
  /** What the device did that a person should know who reads the results, in sentences. */
  readonly notes: readonly string[];
  /** As of `Compute`: before anything is kept beyond a job. */
  settle(): Promise<void>;
}

export const onCpu: Computed = { device: 'cpu', precision: 'fp32' };

/** All of a model on the CPU: in this process, but for work in the background where there is another place for it. */
export function modelOnCpu(threads?: number, background?: Sessions): ModelSessions {
  const sessions = cpuSessions(threads);
  return {
    sessions,
    background: background ?? sessions,
    computed: onCpu,
    notes: [],
    settle: async () => undefined,
  };
}
