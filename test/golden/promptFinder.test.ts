import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findPrompts } from '../../src/prompts/findPrompts';
import { grammarsFolder } from '../support/grammars';
import { type Agreement, agreement, type Count, precision, recall, sum } from './prompts/agreement';
import { type AnnotatedFile, annotatedFile, annotatedFiles } from './prompts/annotations';
import { longFile } from './prompts/longFile';

/**
 * What is found in files of many shapes, against annotations made from docs/prompts.md before there was a finder. The
 * table of precision and recall is printed at the end.
 */

const required = 0.95;
/** Of each file's own prompts; small files move by much for one. */
const floor = 0.9;

const files: AnnotatedFile[] = [
  ...annotatedFiles(join(import.meta.dirname, 'prompts/files')),
  annotatedFile('long_probes.py', longFile()),
];

const measures = ['prompts', 'groups', 'ids', 'images', 'usedWith', 'filled'] as const;
const results = new Map<AnnotatedFile, Agreement>();

async function measured(file: AnnotatedFile): Promise<Agreement> {
  const known = results.get(file);
  if (known !== undefined) return known;
  const [found] = await findPrompts([{ path: file.path, text: file.text }], file.options, grammarsFolder);
  const result = agreement(file, found!);
  results.set(file, result);
  return result;
}

describe('annotated files', () => {
  it('are many, and of many languages', () => {
    expect(files.length).toBeGreaterThanOrEqual(30);
    expect(new Set(files.map(({ path }) => path.split('.').at(-1))).size).toBeGreaterThanOrEqual(12);
    const long = files.at(-1)!;
    expect(long.text.split('\n')).toHaveLength(20_000);
    expect(long.prompts).toHaveLength(2_000);
  });

  for (const file of files) {
    it(file.path, async () => {
      const { prompts, differences } = await measured(file);
      const least = Math.min(precision(prompts), recall(prompts));
      expect(least, `\n${differences.slice(0, 40).join('\n')}\n`).toBeGreaterThanOrEqual(floor);
    });
  }
});

// The long file by itself would outweigh all the others.
for (const measure of measures) {
  it(`overall: ${measure}`, async () => {
    const all = await Promise.all(files.slice(0, -1).map(measured));
    const total = sum(all.map((one) => one[measure]));
    expect(precision(total)).toBeGreaterThanOrEqual(required);
    expect(recall(total)).toBeGreaterThanOrEqual(required);
  });
}

afterAll(() => {
  const share = (count: Count) => `${precision(count).toFixed(3)} ${recall(count).toFixed(3)}`;
  const row = (name: string, counts: readonly Count[]) =>
    [name.padEnd(32), ...counts.map(share), `${counts[0]?.hits}/${counts[0]?.annotated}`].join('  ');
  const known = files.filter((file) => results.has(file)).map((file) => [file, results.get(file)!] as const);
  const table = known.map(([{ path }, one]) =>
    row(
      path,
      measures.map((measure) => one[measure]),
    ),
  );
  const most = known.filter(([file]) => file !== files.at(-1)).map(([, one]) => one);
  const total = row(
    'all but the long file',
    measures.map((measure) => sum(most.map((one) => one[measure]))),
  );
  const differences = known.flatMap(([, one]) => one.differences.slice(0, 60));
  console.log([`precision recall: ${measures.join(', ')}`, ...table, total, ...differences].join('\n'));
});
