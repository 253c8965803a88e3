import { multiplyAdds } from '../graph/cost';
import { Graph } from '../graph/graph';
import { cpuSessions, type Feeds, type OpenSession, type SessionRequest, type Sessions } from './sessions';

/** A graph that is built the first time it is looked at, and becomes a session the first time it is run. */
export interface Program {
  /** Multiply-adds of a run in which each symbolic dimension has the given size. */
  cost(sizes: Readonly<Record<string, number>>): number;
  run(feeds: Feeds): Promise<Feeds>;
  release(): Promise<void>;
}

export interface ProgramOptions extends SessionRequest {
  /** Where it runs; on the CPU, here, if left out. */
  readonly sessions?: Sessions | undefined;
  /** Threads within an op, where it runs here; as many as there are cores if left out. */
  readonly threads?: number | undefined;
}

export function program(
  build: (g: Graph) => void,
  { threads, sessions = cpuSessions(threads), ...request }: ProgramOptions,
): Program {
  let built: Graph | null = null;
  let opening: Promise<OpenSession> | null = null;
  const graph = (): Graph => {
    if (built === null) {
      built = new Graph();
      build(built);
    }
    return built;
  };
  return {
    cost: (sizes) => multiplyAdds(graph(), sizes),
    async run(feeds) {
      opening ??= sessions.open(graph(), request);
      return (await opening).run(feeds);
    },
    async release() {
      const session = opening?.catch(() => null);
      opening = null;
      await (await session)?.release();
    },
  };
}
