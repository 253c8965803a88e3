import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { groups, Results } from '../../../tools/bench/results';
import { tableName, tables } from '../../../tools/bench/tables';
import { withTables } from '../../../tools/faithfulness/document';

const docs = path.resolve(__dirname, '../../../docs');
const document = readFileSync(path.join(docs, 'performance.md'), 'utf8');

test('the document has the figures that were measured', () => {
  const results = Results.parse(JSON.parse(readFileSync(path.join(docs, 'bench.json'), 'utf8')));
  expect(withTables(document, tables(results))).toBe(document);
});

test('the document has a place for each group', () => {
  const all = new Map(groups.map((group) => [tableName(group), 'here']));
  expect(withTables(document, all).match(/-->\n\nhere\n\n<!--/g)).toHaveLength(groups.length);
});
