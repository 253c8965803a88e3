import { multiplyAdds } from '../graph/cost';
import { Graph } from '../graph/graph';
import { Session, type SessionOptions, type TensorData } from './session';

/** A graph that is built the first time it is looked at, and becomes a session the first time it is run. */
export interface Program {
  /** Multiply-adds of a run in which each symbolic dimension has the given size. */
  cost(sizes: Readonly<Record<string, number>>): number;
  run(feeds: Readonly<Record<string, TensorData>>): Promise<Readonly<Record<string, TensorData>>>;
  release(): Promise<void>;
}

export function program(build: (g: Graph) => void, options: SessionOptions): Program {
  let built: Graph | null = null;
  let opening: Promise<Session> | null = null;
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
      opening ??= Session.create(graph(), options);
      return (await opening).run(feeds);
    },
    async release() {
      const session = opening?.catch(() => null);
      opening = null;
      await (await session)?.release();
    },
  };
}
