import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { expect, test } from 'vitest';
import { belongingRule } from '../../../tools/auditBench/paired';
import { Results } from '../../../tools/auditBench/results';
import { counts } from '../../../tools/auditBench/setup';
import { tables } from '../../../tools/auditBench/tables';
import { withTables } from '../../../tools/faithfulness/document';

const docs = path.resolve(__dirname, '../../../docs');

test('the document has the numbers that were measured', () => {
  const results = Results.parse(JSON.parse(readFileSync(path.join(docs, 'audit-bench.json'), 'utf8')));
  const document = readFileSync(path.join(docs, 'audit.md'), 'utf8');
  expect(withTables(document, tables(results))).toBe(document);
  expect(document).toContain(`in the mean of ${counts.ofNoun} scenes`);
  expect(document).toContain(`over ${counts.many} scenes`);
  expect(belongingRule).toEqual({ timesWithout: 2, ofTypical: 0.25 });
});
