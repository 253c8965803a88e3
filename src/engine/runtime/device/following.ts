import type { Graph } from '../../graph/graph';
import { oneAtATime } from '../../job';
import type { OpenSession, SessionRequest, Sessions } from '../sessions';

/**
 * A session that is where its model runs now: where that changes, by its own self-test or another's, it is opened there.
 *
 * @param placeNow where it belongs; opening it there may change that
 */
export async function followingSession(
  graph: Graph,
  request: SessionRequest,
  placeNow: () => Promise<Sessions>,
): Promise<OpenSession> {
  const inTurn = oneAtATime();
  let here: { readonly place: Sessions; readonly session: OpenSession } | null = null;

  const release = async (): Promise<void> => {
    const last = here;
    here = null;
    await last?.session.release();
  };
  const current = async (): Promise<OpenSession> => {
    for (;;) {
      const place = await placeNow();
      if (here?.place === place) return here.session;
      await release();
      here = { place, session: await place.open(graph, request) };
    }
  };

  await inTurn(current);
  return {
    run: (feeds) => inTurn(async () => (await current()).run(feeds)),
    release: () => inTurn(release),
  };
}
