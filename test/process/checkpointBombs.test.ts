import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bombs, int64, latin1, pickle } from '../support/bombs';
import { type Bundle, bundle } from './fixtures/bundle';
import type { Outcome } from './fixtures/hostileReader';

const folder = mkdtempSync(join(tmpdir(), 'clipsight-'));
let built: Bundle;
beforeAll(async () => {
  built = await bundle([join(__dirname, 'fixtures', 'hostileReader.ts')]);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await built.remove();
});

async function outcomeOf(...args: readonly string[]): Promise<Outcome> {
  const { stdout } = await promisify(execFile)(process.execPath, [built.script('hostileReader'), ...args]);
  return JSON.parse(stdout);
}

function expectHarmless({ code, message, milliseconds, grown }: Outcome, said: string): void {
  expect({ code, message }).toEqual({ code: 'dictionary', message: expect.stringContaining(said) });
  expect(message.length).toBeLessThan(1000);
  expect(milliseconds).toBeLessThan(1000);
  expect(grown).toBeLessThan(200);
}

test.each(bombs)('%s (%s)', async (_what, name, bytes, said) => {
  const path = join(folder, name);
  writeFileSync(path, bytes());
  expectHarmless(await outcomeOf(path), said);
});

test('files with holes: terabytes that are not there', async () => {
  const hole = (name: string, start: Uint8Array, size: number) => {
    const path = join(folder, name);
    writeFileSync(path, start);
    truncateSync(path, size);
    return path;
  };
  const bytes = hole('bytes.pkl', pickle(`\x8e${int64(2n ** 39n)}`).subarray(0, -1), 2 ** 40);
  expectHarmless(await outcomeOf(bytes), 'instruction 0x0');
  const header = hole('header.safetensors', latin1(`${int64(99_000_000n)}{`), 2 ** 40);
  expectHarmless(await outcomeOf(header), 'header');
  expectHarmless(await outcomeOf(hole('zip.pt', latin1('PK\x03\x04'), 2 ** 40)), 'directory');
});

test('who is careless is noticed', async () => {
  const path = join(folder, 'zeros.gz');
  writeFileSync(path, gzipSync(new Uint8Array(400 * 1024 * 1024), { level: 1 }));
  const { milliseconds, grown } = await outcomeOf(path, 'carelessly');
  expect(grown).toBeGreaterThan(300);
  expect(milliseconds).toBeGreaterThan(100);
});
