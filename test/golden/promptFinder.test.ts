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

const sets: Readonly<Record<string, readonly AnnotatedFile[]>> = {
  'most files': annotatedFiles(join(import.meta.dirname, 'prompts/files')),
  // Annotated before the finder was looked at, and run on it after the others, before anything was mended.
  'the blind set': annotatedFiles(join(import.meta.dirname, 'prompts/blind')),
  // By itself it would outweigh all the others.
  'the long file': [annotatedFile('long_probes.py', longFile())],
};
const files = Object.values(sets).flat();

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

for (const [name, set] of Object.entries(sets)) {
  describe(`overall, ${name}`, () => {
    it.each(measures)('%s', async (measure) => {
      const all = await Promise.all(set.map(measured));
      const total = sum(all.map((one) => one[measure]));
      const said = all.flatMap(({ differences }) => differences).slice(0, 60);
      expect(precision(total), `\n${said.join('\n')}\n`).toBeGreaterThanOrEqual(required);
      expect(recall(total), `\n${said.join('\n')}\n`).toBeGreaterThanOrEqual(required);
    });
  });
}

afterAll(() => {
  const share = (count: Count) => `${precision(count).toFixed(3)} ${recall(count).toFixed(3)}`;
  const row = (name: string, counts: readonly Count[]) =>
    [name.padEnd(32), ...counts.map(share), `${counts[0]?.hits}/${counts[0]?.annotated}`].join('  ');
  const rowOf = (name: string, some: readonly AnnotatedFile[]) => {
    const all = some.flatMap((file) => results.get(file) ?? []);
    return row(
      name,
      measures.map((measure) => sum(all.map((one) => one[measure]))),
    );
  };
  const table = files.map((file) => rowOf(file.path, [file]));
  const totals = Object.entries(sets).map(([name, set]) => rowOf(name, set));
  const differences = files.flatMap((file) => results.get(file)?.differences.slice(0, 60) ?? []);
  console.log([`precision recall: ${measures.join(', ')}`, ...table, ...totals, ...differences].join('\n'));
});
