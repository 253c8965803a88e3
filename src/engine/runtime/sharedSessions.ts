import type { OpenSession, Sessions } from './sessions';

interface Shared {
  readonly opening: Promise<OpenSession>;
  users: number;
}

/**
 * Who asks for a graph of the same name (`share`) gets the same session. The last that nobody uses any more stays open
 * until another is asked for: the next dictionary of a model is as a rule hooked where the last one was.
 */
export function sharedSessions(sessions: Sessions): Sessions & Pick<OpenSession, 'release'> {
  const all = new Map<string, Shared>();
  const close = async (name: string): Promise<void> => {
    const one = all.get(name);
    all.delete(name);
    await (await one?.opening)?.release();
  };
  const closeUnused = async (): Promise<void> => {
    for (const [name, { users }] of [...all]) if (users === 0) await close(name);
  };
  return {
    async open(graph, request) {
      const { share } = request;
      if (share === undefined) return sessions.open(graph, request);
      if (!all.has(share)) await closeUnused();
      const one = all.get(share) ?? { opening: sessions.open(graph, request), users: 0 };
      all.set(share, one);
      one.users += 1;
      const session = await one.opening.catch((thrown: unknown) => {
        if (all.get(share) === one) all.delete(share);
        throw thrown;
      });
      let isReleased = false;
      return {
        run: (feeds) => session.run(feeds),
        async release() {
          if (isReleased) return;
          isReleased = true;
          one.users -= 1;
        },
      };
    },
    async release() {
      for (const name of [...all.keys()]) await close(name);
    },
  };
}
