import { expect, it } from 'vitest';
import { allFinite, disagreement } from '../../src/engine/runtime/device/agreement';
import { rowCount, runInParts } from '../../src/engine/runtime/device/divided';
import { cpuSessions, type Sessions } from '../../src/engine/runtime/sessions';
import { demoNumbers } from '../support/demoNumbers';

it('the programs of the demo model run their witnesses, and give the same row by row', async () => {
  const seen = new Map<string, number | null>();
  const cpu = cpuSessions(1);
  const checking: Sessions = {
    async open(graph, request) {
      const session = await cpu.open(graph, request);
      if (request.witness === undefined) return session;
      const feeds = request.witness(graph);
      const whole = await session.run(feeds);
      expect(allFinite(whole)).toBe(true);
      // Where all numbers are zero nothing would be tested.
      for (const { data } of Object.values(whole)) expect(data.some((x) => Number(x) !== 0)).toBe(true);
      const parts = await runInParts(graph, request.rows, feeds, 1, (part) => session.run(part));
      expect(disagreement(parts, whole)).toBeLessThan(1e-5);
      seen.set(request.name!, rowCount(graph, request.rows, feeds));
      return session;
    },
  };
  await demoNumbers(checking);
  expect(Object.fromEntries(seen)).toMatchObject({
    trunk: 2,
    'text tower': null,
    'head in reverse mode': 3,
    'head in forward mode': 3,
  });
});
