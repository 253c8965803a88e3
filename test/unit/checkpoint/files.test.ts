import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { parseJson, readJson } from '../../../src/engine/checkpoint/files';
import { expectError } from '../../support/expectError';
import { temporaryFolder } from '../../support/temporaryFolder';

function write(content: string | Uint8Array): string {
  const file = join(temporaryFolder(), 'config.json');
  writeFileSync(file, content);
  return file;
}

describe('readJson', () => {
  test('gives what the file holds', async () => {
    expect(await readJson(write('{"a":["é",1e3]}'), 'checkpoint')).toEqual({ a: ['é', 1000] });
  });

  test('names the file that is not there, no JSON, no text, or a Git LFS pointer', async () => {
    const cut = write('{"a":');
    await expectError(readJson(cut, 'dictionary'), 'dictionary', cut, 'not valid JSON');
    const missing = join(temporaryFolder(), 'none.json');
    await expectError(readJson(missing, 'checkpoint'), 'checkpoint', missing, 'does not exist');
    await expectError(readJson(write(Buffer.from([0xff])), 'checkpoint'), 'checkpoint', 'not valid JSON');
    const pointer = write('version https://git-lfs.github.com/spec/v1\n');
    await expectError(readJson(pointer, 'checkpoint'), 'checkpoint', 'git lfs pull');
  });
});

describe('parseJson', () => {
  test('names the file and the key', async () => {
    const schema = z.object({ a: z.object({ b: z.int() }) });
    expect(parseJson(schema, { a: { b: 1, c: 2 } }, 'x.json', 'checkpoint')).toEqual({ a: { b: 1 } });
    const parse = async () => parseJson(schema, { a: { b: 'one' } }, 'x.json', 'dictionary');
    await expectError(parse(), 'dictionary', 'x.json', 'a.b:');
  });
});
