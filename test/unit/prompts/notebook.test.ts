import { describe, expect, it } from 'vitest';
import { findPrompts } from '../../../src/prompts/findPrompts';
import { withoutMagics } from '../../../src/prompts/lower/notebook';
import { finderOptions, foundIn } from '../../support/foundIn';
import { grammarsFolder } from '../../support/grammars';

const notebook = (cells: readonly object[], language?: string): string =>
  JSON.stringify({ cells, metadata: language === undefined ? {} : { kernelspec: { language } } }, null, 1);

const code = (...source: readonly string[]) => ({ cell_type: 'code', source });

async function sourcesFoundIn(text: string): Promise<readonly string[]> {
  const { prompts } = await foundIn(text, 'a.ipynb');
  return prompts.map(({ kind, group, start, end }) => `${kind} ${group}: ${text.slice(start, end)}`);
}

describe('notebooks', () => {
  it('are one program, with places in the file', async () => {
    const text = notebook([code('xs = [\n', '  "a \\"é🐺", \'b\'\n', ']\n'), code('tokenize(xs)')]);
    expect(await sourcesFoundIn(text)).toEqual(['prompt xs: a \\\\\\"é🐺', 'prompt xs: b']);
    const { prompts } = await foundIn(text, 'a.ipynb');
    expect(prompts.map((prompt) => [prompt.text, prompt.literal?.embedded])).toEqual([
      ['a "é🐺', true],
      ['b', true],
    ]);
  });

  it('number groups of one name through all cells, Markdown too', async () => {
    const text = notebook([
      { cell_type: 'markdown', source: '# Labels\n\n- cat\n\n```python\nlabels = ["a"]\n```\n' },
      code('labels = ["b"]'),
    ]);
    expect(await sourcesFoundIn(text)).toEqual([
      'class Labels: cat',
      'class labels: a',
      'class labels #2: b',
    ]);
  });

  it('leave out what is spoken to the kernel, and other kernels', async () => {
    const magic = [
      code('%%bash\nlabels = ["a"]'),
      code('!pip install x\nlabels = ["c"]'),
      code('%time\nlabels = ["b"]'),
    ];
    expect(await sourcesFoundIn(notebook(magic))).toEqual(['class labels: b']);
    expect(await sourcesFoundIn(notebook([code('labels = c("b")')], 'R'))).toEqual([]);
    expect(await sourcesFoundIn(notebook([code('const labels = ["b"];')], 'javascript'))).toEqual([
      'class labels: b',
    ]);
  });

  it('keep places where lines are left out', () => {
    expect(withoutMagics('a\n  !ls\r\n%b\nc % d')).toBe('a\n     \r\n  \nc % d');
  });

  it('are found cell by cell in the editor', async () => {
    const sources = [
      { path: 'a.ipynb#1.py', text: '%time\nxs = ["a"]' },
      { path: 'a.ipynb#2.py', text: 'labels = ["b"]\nlabels = ["c"]\ntokenize(xs)' },
      { path: 'a.ipynb#3.R', text: 'labels = ["c"]' },
    ];
    const found = await findPrompts(sources, finderOptions, grammarsFolder);
    expect(found.map(({ groups }) => groups.map(({ id }) => id))).toEqual([
      ['xs'],
      ['labels', 'labels #2'],
      [],
    ]);
    expect(found[0]!.prompts.map(({ start, kind }) => [start, kind])).toEqual([[13, 'prompt']]);
  });

  it.each(['', '{', '[]', '{"cells": 1}', '{"cells": [1, {"source": 2}, {"cell_type": "code"}]}'])(
    'may be anything: %s',
    async (text) => {
      expect((await foundIn(text, 'a.ipynb')).prompts).toEqual([]);
    },
  );
});
