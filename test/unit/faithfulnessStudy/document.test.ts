import { readdirSync, readFileSync } from 'node:fs';
import * as path from 'node:path';
import { describe, expect, it } from 'vitest';
import { withTables } from '../../../tools/faithfulness/document';
import { plots } from '../../../tools/faithfulness/plots';
import { Results } from '../../../tools/faithfulness/results';
import { tables } from '../../../tools/faithfulness/tables';

const docs = path.resolve(__dirname, '../../../docs');
const document = readFileSync(path.join(docs, 'faithfulness.md'), 'utf8');
const results = Results.parse(JSON.parse(readFileSync(path.join(docs, 'faithfulness.json'), 'utf8')));

describe('docs/faithfulness.md', () => {
  it('has the tables that its numbers make', () => {
    expect(withTables(document, tables(results))).toBe(document);
  });

  it('shows the plots that its numbers make', () => {
    const made = plots(results);
    const shown = [...document.matchAll(/\(images\/(faithfulness-[^)]+)\)/g)].map(([, name]) => name);
    expect(shown.toSorted()).toEqual([...made.keys()].toSorted());
    expect(readdirSync(path.join(docs, 'images')).filter((name) => name.startsWith('faithfulness-'))).toEqual(
      [...made.keys()].toSorted(),
    );
    for (const [name, svg] of made) expect(readFileSync(path.join(docs, 'images', name), 'utf8')).toBe(svg);
  });

  it('is of 200 images, fewer for the neurons of two blocks, and of every way to decompose the demo model', () => {
    const blocks = [0, 1, 2, 3, 4];
    const expected = [
      'sae-cls 200',
      'sae-patches 200',
      ...blocks.map((block) => `heads:${block} 200`),
      ...blocks.map((block) => `neurons:${block} ${block < 2 ? 48 : 200}`),
    ];
    expect(results.images).toBe(200);
    expect(results.subjects.map(({ id, images }) => `${id} ${images}`)).toEqual(expected);
  });
});
