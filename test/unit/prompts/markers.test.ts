import { describe, expect, it } from 'vitest';
import { linesFoundIn } from '../../support/foundIn';

describe('what comments say', () => {
  it.each<[string, string, readonly string[]]>([
    ['of the next line', '# clipsight: prompts\nx = ["a", "b"]\ny = ["c"]', ['prompt x: a', 'prompt x: b']],
    ['of a string', '# clipsight: classes\nx = "a"', ['class x: a']],
    ['of the same line', 'x = ["a {}"]  # clipsight: templates', ['template x: a {}']],
    ['where a statement ends', 'labels = [\n  "a",\n]  # clipsight: ignore', []],
    ['of an element', 'labels = [\n  "a",  # clipsight: ignore\n  "b",\n]', ['class labels: b']],
    [
      'of an entry',
      'x = {\n  # clipsight: ignore\n  "labels": ["a"],\n  "captions": ["b"],\n}',
      ['prompt x.captions: b'],
    ],
    ['of a block', '# clipsight: ignore\ndef f():\n  labels = ["a"]\nlabels = ["b"]', ['class labels: b']],
    ['of all the file', 'labels = ["a"]\n# x clipsight: ignore-file', []],
    [
      'of collections of the file',
      'x = ["a"]\ny = "b"\nf(["c"])\n# clipsight: prompts-file',
      ['prompt x: a', 'prompt f(): c'],
    ],
    [
      'less of the file than of a line',
      'x = ["a"]\n# clipsight: ignore\ny = ["b"]\n# clipsight: prompts-file',
      ['prompt x: a'],
    ],
    ['more than encoders', '# clipsight: classes\nx = ["a"]\ntokenize(x)', ['class x: a']],
    ['nothing in strings', 'x = ["# clipsight: prompts", "b"]', []],
    ['nothing else', '# clipsight: promptsy\nx = ["a"]\n# clipsight prompts\ny = ["a"]', []],
  ])('%s', async (_, text, lines) => {
    expect(await linesFoundIn(text)).toEqual(lines);
  });

  it.each<[string, string, readonly string[]]>([
    ['x.ts', '// clipsight: prompts\nconst x = ["a"];', ['prompt x: a']],
    ['x.yaml', '# clipsight: ignore\nlabels: [a]\ncaptions: [b]\n', ['prompt captions: b']],
    ['x.txt', '# clipsight: prompts-file\na b\n', ['prompt x: a b']],
    ['labels.txt', '# clipsight: ignore-file\na b\n', []],
    ['x.toml', '# clipsight: classes\nx = ["a"]\n', ['class x: a']],
  ])('in %s', async (path, text, lines) => {
    expect(await linesFoundIn(text, path)).toEqual(lines);
  });
});
