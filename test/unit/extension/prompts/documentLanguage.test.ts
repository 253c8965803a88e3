import { expect, it } from 'vitest';
import { readablePath } from '../../../../src/extension/prompts/documentLanguage';
import { withoutMagics } from '../../../../src/extension/prompts/notebookCells';

it.each([
  ['src/a.py', 'python', 'src/a.py'],
  ['src/a.pyi', 'python', 'src/a.pyi'],
  ['a.mts', 'typescript', 'a.mts'],
  ['tsconfig.json', 'jsonc', 'tsconfig.json'],
  ['data.csv', 'plaintext', 'data.csv'],
  ['data.csv', 'csv (semicolon)', 'data.csv'],
  ['Untitled-1', 'python', 'Untitled-1.py'],
  ['Untitled-1', 'plaintext', 'Untitled-1.txt'],
  ['prompts.conf', 'yaml', 'prompts.conf.yaml'],
  ['script.js', 'typescript', 'script.js.ts'],
  ['nb.ipynb#3', 'python', 'nb.ipynb#3.py'],
  ['nb.ipynb', 'json', 'nb.ipynb'],
  ['server.log', 'plaintext', null],
  ['main.rs', 'rust', null],
])('%s, which the editor takes for %s, is read as %s', (path, languageId, readable) => {
  expect(readablePath({ path, languageId })).toBe(readable);
});

it("leaves out of a notebook's cell what is for another program, and keeps the places of the rest", () => {
  const cell = '%matplotlib inline\n!pip install x\nlabels = ["a % b"]\n';
  const code = withoutMagics(cell);
  expect(code.length).toBe(cell.length);
  expect(code.trim()).toBe('labels = ["a % b"]');
});
