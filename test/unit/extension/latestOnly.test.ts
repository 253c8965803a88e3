import { expect, it } from 'vitest';
import { latestOnly } from '../../../src/extension/views/latestOnly';

function sender(first: number) {
  const sent: number[] = [];
  const taken: (() => void)[] = [];
  let value = first;
  const push = latestOnly(
    () => value,
    (next) => {
      sent.push(next);
      return new Promise<void>((resolve) => taken.push(resolve));
    },
    first,
  );
  const change = (next: number) => {
    value = next;
    return push();
  };
  return { sent, taken, change, push };
}

it('sends nothing that the other side has', async () => {
  const { sent, push } = sender(0);
  await push();
  expect(sent).toEqual([]);
});

it('sends one at a time, and then only the latest', async () => {
  const { sent, taken, change } = sender(0);
  const done = change(1);
  void change(2);
  void change(3);
  expect(sent).toEqual([1]);
  taken[0]!();
  await Promise.resolve();
  expect(sent).toEqual([1, 3]);
  taken[1]!();
  await done;
  void change(4);
  expect(sent).toEqual([1, 3, 4]);
});

it('stops when sending fails', async () => {
  let value = 0;
  const push = latestOnly(
    () => value,
    () => Promise.reject(new Error('gone')),
    0,
  );
  value = 1;
  await expect(push()).rejects.toThrow('gone');
  value = 2;
  await expect(push()).resolves.toBeUndefined();
});
