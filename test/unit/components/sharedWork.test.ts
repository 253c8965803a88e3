import { expect, test } from 'vitest';
import { Memo } from '../../../src/engine/components/sharedWork';
import type { JobContext, Progress } from '../../../src/shared/rpc/protocol';

function job(): JobContext & { readonly told: Progress[]; cancel(): void } {
  const controller = new AbortController();
  const told: Progress[] = [];
  return {
    signal: controller.signal,
    told,
    progress: (progress) => told.push(progress),
    cancel: () => controller.abort(),
  };
}

/** A computation that ends when it is told to. */
function computation() {
  let end: (value: string) => void = () => undefined;
  const runs: JobContext[] = [];
  const compute = (run: JobContext) => {
    runs.push(run);
    return new Promise<string>((resolve, reject) => {
      end = resolve;
      run.signal.addEventListener('abort', () => reject(new Error('stopped')));
    });
  };
  return { runs, compute, end: (value: string) => end(value) };
}

test('jobs that ask for the same share one computation and its progress', async () => {
  const memo = new Memo<string>(2);
  const { runs, compute, end } = computation();
  const [a, b] = [job(), job()];
  const both = [memo.get('x', a, compute), memo.get('x', b, compute)];
  runs[0]!.progress({ stage: 's', done: 1, total: 2 });
  end('value');
  expect(await Promise.all(both)).toEqual(['value', 'value']);
  expect([runs.length, a.told.length, b.told.length]).toEqual([1, 1, 1]);
  expect(await memo.get('x', job(), compute)).toBe('value');
  expect(runs).toHaveLength(1);
});

test('one that is cancelled leaves, and the last one stops the computation', async () => {
  const memo = new Memo<string>(2);
  const { runs, compute, end } = computation();
  const [a, b, c] = [job(), job(), job()];
  const first = memo.get('x', a, compute);
  const second = memo.get('x', b, compute);
  a.cancel();
  await expect(first).rejects.toMatchObject({ code: 'cancelled' });
  expect(runs[0]!.signal.aborted).toBe(false);
  b.cancel();
  await expect(second).rejects.toMatchObject({ code: 'cancelled' });
  expect(runs[0]!.signal.aborted).toBe(true);
  const again = memo.get('x', c, compute);
  expect(runs).toHaveLength(2);
  end('anew');
  expect(await again).toBe('anew');
});

test('what failed is computed anew, and what was not asked for longest is forgotten', async () => {
  const memo = new Memo<string>(1);
  let runs = 0;
  const fail = async () => {
    runs++;
    throw new Error('no');
  };
  await expect(memo.get('x', job(), fail)).rejects.toThrow('no');
  await expect(memo.get('x', job(), fail)).rejects.toThrow('no');
  expect(runs).toBe(2);
  const count = async () => `${++runs}`;
  expect(await memo.get('y', job(), count)).toBe('3');
  expect(await memo.get('z', job(), count)).toBe('4');
  expect(await memo.get('y', job(), count)).toBe('5');
});

test('a job that was cancelled before asks for nothing', async () => {
  const late = job();
  late.cancel();
  const { compute } = computation();
  await expect(new Memo<string>(1).get('x', late, compute)).rejects.toMatchObject({ code: 'cancelled' });
});
