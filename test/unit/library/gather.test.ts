import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { gatherer } from '../../../src/engine/library/gather';
import type { PreparedFile } from '../../../src/engine/library/readPictures';

const limits = { files: 1000, patience: 10_000 };

function prepared(path: string): PreparedFile {
  const file = {
    path,
    size: 1,
    mtimeNs: 0n,
    inode: 0n,
    sha256: path,
    classFolder: '.',
    failure: null,
  };
  const need = { codes: true, embedding: true, judged: false };
  const pixels = new Float32Array(3);
  return { file, picture: { sha256: path, width: 1, height: 1, need, pixels, judgePixels: null } };
}

async function* files(count: number, made: (one: PreparedFile) => void = () => {}) {
  for (let i = 0; i < count; i++) {
    const one = prepared(`${i}`);
    made(one);
    yield one;
  }
}

it('gives as many pictures as are wanted, then the rest', async () => {
  const source = gatherer(files(5), new AbortController().signal, limits);
  const first = await source.next(3);
  expect(first.pictures.map(({ sha256 }) => sha256)).toEqual(['0', '1', '2']);
  expect(first.ended).toBe(false);
  const rest = await source.next(3);
  expect(rest.seen.map(({ path }) => path)).toEqual(['3', '4']);
  expect(rest.ended).toBe(true);
});

it('gives what there is when the next one takes long', async () => {
  const never = async function* () {
    yield prepared('0');
    await new Promise(() => {});
  };
  const source = gatherer(never(), new AbortController().signal, { files: 1000, patience: 20 });
  expect(await source.next(3)).toMatchObject({ seen: [{ path: '0' }], ended: false });
});

it('is cancelled while it waits, and when it was before', async () => {
  const cancel = new AbortController();
  const source = gatherer(
    (async function* () {
      await new Promise(() => {});
    })(),
    cancel.signal,
    limits,
  );
  const waiting = source.next(1);
  cancel.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'cancelled' });
  await expect(source.next(1)).rejects.toMatchObject({ code: 'cancelled' });
});

it('keeps no picture that it gave, however long the job', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const alive: WeakRef<PreparedFile['picture'] & object>[] = [];
  const job = new AbortController();
  const source = gatherer(
    files(300, ({ picture }) => alive.push(new WeakRef(picture!))),
    job.signal,
    limits,
  );
  for (let slice = 0; slice < 30; slice++) await source.next(10);
  await new Promise((resolve) => setTimeout(resolve, 20));
  collect();
  // Those of the last call may still be on their way.
  expect(alive.filter((one) => one.deref() !== undefined).length).toBeLessThan(30);
  source.stop();
});
