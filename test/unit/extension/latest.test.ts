import { expect, it } from 'vitest';
import { Latest } from '../../../src/extension/latest';

it('gives what the latest work gives, and nothing of what was begun before', async () => {
  const latest = new Latest();
  let finish = (_value: string): void => {};
  let before: AbortSignal | null = null;
  const first = latest.run((signal) => {
    before = signal;
    return new Promise<string>((resolve) => {
      finish = resolve;
    });
  });
  const second = latest.run(async () => 'second');
  expect(before!.aborted).toBe(true);
  finish('first');
  expect(await first).toBeUndefined();
  expect(await second).toBe('second');
});

it('drops the failure of work that counts no more, and gives that of the latest', async () => {
  const latest = new Latest();
  let fail = (_error: Error): void => {};
  const first = latest.run(
    () =>
      new Promise<string>((_resolve, reject) => {
        fail = reject;
      }),
  );
  latest.cancel();
  fail(new Error('dropped'));
  expect(await first).toBeUndefined();
  await expect(latest.run(() => Promise.reject(new Error('told')))).rejects.toThrow('told');
});
