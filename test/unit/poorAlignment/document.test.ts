import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { POORLY_DESCRIBED } from '../../../src/shared/poorAlignment';
import { withTables } from '../../../tools/faithfulness/document';
import { quality, Results, tables, thresholds } from '../../../tools/poorAlignment/results';

const docs = path.resolve(__dirname, '../../../docs');
const results = Results.parse(JSON.parse(readFileSync(path.join(docs, 'beside-prompts.json'), 'utf8')));
const document = readFileSync(path.join(docs, 'method.md'), 'utf8');

test('the document has the numbers that were measured', () => {
  expect(withTables(document, tables(results))).toBe(document);
  const { library, neutral, fresh } = results.images;
  for (const count of [library, neutral, fresh]) {
    expect(document).toContain(count.toLocaleString('en').replace(',', ' '));
  }
  expect(thresholds).toContain(POORLY_DESCRIBED);
  expect(document).toContain(`\`better > ${POORLY_DESCRIBED}\``);
});

test('precision is of those marked, recall of those that should be, without what nobody can say', () => {
  const none = {
    said: 0,
    homonym: 0,
    shortcut: 0,
    place: 0,
    background: 0,
    watermark: 0,
    written: 0,
    compound: 0,
    noun: 0,
    unclear: 0,
  };
  const all = { ...none, said: 10, homonym: 4, shortcut: 5, noun: 3, unclear: 100 };
  const marked = { ...none, said: 1, homonym: 1, shortcut: 4, noun: 2, unclear: 50 };
  expect(quality(all, marked)).toEqual({ precision: 6 / 8, recall: 6 / 8 });
});
