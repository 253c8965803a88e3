import { expect, test } from 'vitest';
import { Graph } from '../../../src/engine/graph/graph';
import { float32, floats } from '../../../src/engine/runtime/session';
import { cpuSessions, type SessionRequest, type Sessions } from '../../../src/engine/runtime/sessions';
import { sharedSessions } from '../../../src/engine/runtime/sharedSessions';

const folder = import.meta.dirname;

function exponential(): Graph {
  const g = new Graph();
  g.output('y', g.exp(g.input('x', 'float32', ['rows', 1])));
  return g;
}

/** The CPU's, with what was opened and released. */
function counted() {
  const count = { opened: 0, released: 0 };
  const sessions: Sessions = {
    async open(graph, request) {
      count.opened += 1;
      const { run, release } = await bound(graph, request);
      return {
        run,
        async release() {
          count.released += 1;
          await release();
        },
      };
    },
  };
  return { count, shared: sharedSessions(sessions) };
}

async function bound(graph: Graph, request: SessionRequest) {
  const session = await cpuSessions(1).open(graph, request);
  return {
    run: (feeds: Parameters<typeof session.run>[0]) => session.run(feeds),
    release: () => session.release(),
  };
}

test('a graph is opened once for all who name it, and stays open for the next', async () => {
  const { count, shared } = counted();
  const open = () => shared.open(exponential(), { folder, share: 'a' });
  const [first, second] = await Promise.all([open(), open()]);
  await first.release();
  await first.release();
  const third = await open();
  await Promise.all([second.release(), third.release()]);
  const fourth = await open();
  const out = await fourth.run({ x: float32(Float32Array.of(0), [1, 1]) });
  expect(floats(out, 'y')).toEqual(Float32Array.of(1));
  expect(count).toEqual({ opened: 1, released: 0 });
});

test('what nobody uses makes room for another; what somebody uses does not', async () => {
  const { count, shared } = counted();
  const unused = await shared.open(exponential(), { folder, share: 'a' });
  const used = await shared.open(exponential(), { folder, share: 'b' });
  await unused.release();
  await shared.open(exponential(), { folder, share: 'c' });
  expect(count).toEqual({ opened: 3, released: 1 });
  await used.run({ x: float32(Float32Array.of(0), [1, 1]) });
  await shared.release();
  expect(count).toEqual({ opened: 3, released: 3 });
});

test('without a name each has its own', async () => {
  const { count, shared } = counted();
  const one = await shared.open(exponential(), { folder });
  await shared.open(exponential(), { folder });
  await one.release();
  expect(count).toEqual({ opened: 2, released: 1 });
});

test('what could not be opened is tried again', async () => {
  let attempts = 0;
  const shared = sharedSessions({
    async open(graph, request) {
      attempts += 1;
      if (attempts === 1) throw new Error('out of memory');
      return bound(graph, request);
    },
  });
  const open = () => shared.open(exponential(), { folder, share: 'a' });
  await expect(open()).rejects.toThrow('out of memory');
  await (await open()).release();
  await shared.release();
});
