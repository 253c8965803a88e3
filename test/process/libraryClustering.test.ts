import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { activationsIn, activationsOfComponent } from '../../src/engine/library/activationRows';
import { addBatch } from '../../src/engine/library/batches';
import { clusterActivations } from '../../src/engine/library/clustering';
import { ints } from '../../src/engine/library/columns';
import { type Database, openDatabase } from '../../src/engine/library/duckdb';
import type { ActivationChunk } from '../../src/engine/library/library';
import { prepareSchema } from '../../src/engine/library/schema';
import { putStudy } from '../../src/engine/library/studies';
import { batchOf, into, picture, study } from '../support/libraryRows';
import { temporaryFolder } from '../support/temporaryFolder';

const { key } = study.info;
const names = ['a', 'b', 'c', 'd', 'e', 'f'];

async function indexed(): Promise<Database> {
  const folder = temporaryFolder();
  const file = join(folder, 'l.duckdb');
  const database = await openDatabase(file, { owner: file, spill: join(folder, 'spill'), threads: 2 });
  onTestFinished(() => database.close());
  await prepareSchema(database, file);
  await database.write((session) => putStudy(session, study));
  for (const name of names) await add(database, name);
  return database;
}

function add(database: Database, name: string): Promise<unknown> {
  const { length } = name;
  const batch = batchOf([picture(name, { 3: length, 5: 2, 70: name.charCodeAt(0) })]);
  return database.write((session) => addBatch(session, batch, into));
}

async function componentsInOrder(database: Database): Promise<number[]> {
  return database.read(async (session) => [
    ...ints(await session.run('SELECT component FROM activation_1 ORDER BY rowid'), 0),
  ]);
}

async function activations(database: Database): Promise<ActivationChunk[]> {
  const chunks = [];
  const pieces = database.readPieces((session) => activationsIn(session, key, (number) => number));
  for await (const piece of pieces) chunks.push(piece);
  return chunks;
}

it('puts activations in the order of components and changes none of them, also for who reads them meanwhile', async () => {
  const database = await indexed();
  const before = await activations(database);
  const one = () => database.read((session) => activationsOfComponent(session, key, 5, (number) => number));
  const oneBefore = await one();
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const reading = database.read(async (session) => {
    const first = await session.run('SELECT count(*)::INTEGER FROM activation_1');
    await released;
    const second = await session.run('SELECT sum(component)::INTEGER FROM activation_1');
    return [ints(first, 0)[0], ints(second, 0)[0]];
  });
  await database.write((session) => clusterActivations(session, 3));
  release();
  expect(await reading).toEqual([18, 6 * 78]);
  expect(await componentsInOrder(database)).toEqual(
    [3, 5, 70].flatMap((component) => names.map(() => component)),
  );
  expect(await activations(database)).toEqual(before);
  expect(await one()).toEqual(oneBefore);
});

it('does so again only where much came since', async () => {
  const database = await indexed();
  await database.write((session) => clusterActivations(session, 3));
  await add(database, '0');
  await database.write((session) => clusterActivations(session, 3));
  expect((await componentsInOrder(database)).slice(-3)).toEqual([3, 5, 70]);
  await add(database, '1');
  await database.write((session) => clusterActivations(session, 3));
  expect((await componentsInOrder(database)).slice(-8)).toEqual(Array(8).fill(70));
});

it('is undone with its transaction', async () => {
  const database = await indexed();
  const before = await componentsInOrder(database);
  const failed = database.write(async (session) => {
    await clusterActivations(session, 3);
    throw new Error('the machine was switched off');
  });
  await expect(failed).rejects.toThrow('switched off');
  expect(await componentsInOrder(database)).toEqual(before);
});
