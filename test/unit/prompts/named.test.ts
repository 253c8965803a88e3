import { describe, expect, it } from 'vitest';
import { foundIn, linesFoundIn } from '../../support/foundIn';

describe('what is named like prompts', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'a collection',
      'x.captions: list[str] = ["a", "b {}"]',
      ['prompt x.captions: a', 'template x.captions: b {}'],
    ],
    ['nested ones', 'labels = [["a"], ("b",)]', ['class labels: a', 'class labels #2: b']],
    ['classes without slots', 'classes = ["a", "b {}", f"c {d}"]', ['class classes: a']],
    [
      'templates, lambdas too',
      'templates = ["a {}", "b", lambda c: f"x {c}"]',
      ['template templates: a {}', 'prompt templates: b', 'template templates: x {c}'],
    ],
    [
      'a string only of prompts',
      'prompt = "a"\nlabel = "b"\ntemplate = "c"\ncaption = "d {}"',
      ['prompt prompt: a', 'template caption: d {}'],
    ],
    ['a template with a slot', 'template = "c %s"', ['template template: c %s']],
    ['a keyword', 'f(x, prompts=["a"])', ['prompt f(prompts): a']],
    ['no other argument', 'prompts = f(["a"])', []],
    ['a default', 'def f(a, labels=["x"], *, caption="y"): pass', ['class labels: x', 'prompt caption: y']],
    ['no constant', 'class A:\n  CAPTION = "caption"\n  PROMPT = "a"', ['prompt PROMPT: a']],
    ['what is split', 'labels = "a, b".split(",")', ['class labels: a', 'class labels: b']],
    [
      'what is appended',
      'labels.append("a")\nlabels.extend(["b"])',
      ['class labels: a', 'class labels #2: b'],
    ],
    [
      'a field of a dataclass',
      'class A:\n  labels: list = field(default_factory=lambda: ["a"])',
      ['class labels: a'],
    ],
    [
      'a key',
      'c["labels"] = ["a"]\nd = {"captions": ["b"], "x": ["c"]}',
      ['class c.labels: a', 'prompt d.captions: b'],
    ],
    [
      'a mapping of prompts',
      'prompts = {"a": "x", "b": {"c": ["y"]}, "system": "z"}',
      ['prompt prompts.a: x', 'prompt prompts.b.c: y'],
    ],
    ['a mapping of classes', 'labels = {"a": "x", "b": ["y"]}', ['class labels.b: y']],
    ['a table of classes', 'id2label = {0: "x", 1: "y"}', ['class id2label: x', 'class id2label: y']],
    ['a table of numbers', 'label2id = {"x": 0, "y": -1}', ['class label2id: x', 'class label2id: y']],
    ['dict()', 'labels = dict(a=["x"])', ['class labels.a: x']],
    ['lines', 'labels = """a\n  b"""\n.splitlines()', []],
    ['split lines', 'labels = """a\n  b""".split("\\n")', ['class labels: a', 'class labels: b']],
    ['added', 'labels = ["a"] + x + sorted(["b"])', ['class labels: a', 'class labels #2: b']],
    ['a comprehension', 'prompts = [f"a {x}" for x in y]', ['template prompts: a {x}']],
    ['a concatenation', 'prompt = "a " + x + " b"', ['template prompt: a {x} b']],
    ['a formatted one', 'prompt = "a {}".format(x)', ['template prompt: a {}']],
    ['of two at once', 'x = labels = ["a"]', ['class x: a']],
    ['taken apart', 'labels, n = ["a"], 1', ['class labels: a']],
    ['no bytes', 'labels = [b"a", "b"]', ['class labels: b']],
    ['of one who is typing', 'x = 1\nlabels = ["a", "b"\n\ny = (', ['class labels: a', 'class labels: b']],
  ])('%s', async (_, text, lines) => {
    expect(await linesFoundIn(text)).toEqual(lines);
  });

  it('numbers groups of one name in the order of the file', async () => {
    const { groups } = await foundIn('def f():\n  labels = ["a"]\nlabels = ["b"]\nlabels = ["c"]');
    expect(groups.map(({ id }) => id)).toEqual(['labels', 'labels #2', 'labels #3']);
  });

  it('places groups with their brackets', async () => {
    const text = 'labels = ["a", "b"]';
    const { groups } = await foundIn(text);
    expect(text.slice(groups[0]!.start, groups[0]!.end)).toBe('["a", "b"]');
  });

  it('knows the names of the settings, which are of prompts', async () => {
    expect(await linesFoundIn('my_q = ["a {}", "b"]\nqs = "c"', 'a.py', { names: ['*_Q', 'qs'] })).toEqual([
      'template my_q: a {}',
      'prompt my_q: b',
      'prompt qs: c',
    ]);
  });
});

describe('files', () => {
  it.each<[string, string, readonly string[]]>([
    ['labels.json', '["a", "b"]', ['class labels: a', 'class labels: b']],
    ['x.json', '["a", "b"]', []],
    [
      'x.json',
      '{"model": {"classes": ["a"]}, "prompt": "b"}',
      ['class model.classes: a', 'prompt prompt: b'],
    ],
    ['prompts.yaml', 'animals:\n  - a\n', ['prompt animals: a']],
    ['a/labels.txt', '# no\ncat\n\n  dog  \n', ['class labels: cat', 'class labels: dog']],
    ['a/words.txt', 'cat\n', []],
    ['my_templates.txt', 'a {}\nb\n', ['template my_templates: a {}', 'prompt my_templates: b']],
    ['x.csv', 'url,caption\nhttp://a,"a ""b"""\n', ['prompt caption: a "b"']],
    ['x.tsv', 'text\tclass\na dog\tdog\n', ['prompt text: a dog', 'class class: dog']],
    ['x.md', '## Prompts\n\n|a|label|\n|-|-|\n|b|c|\n', ['prompt Prompts: b', 'class label: c']],
    ['x.md', '## Results\n\n|Caption|\n|-|\n|b|\n', ['prompt Caption: b']],
    ['x.yaml', 'labels: &a [b]\nx: *a\n', ['class labels: b']],
    ['x.md', '## 2. ADE labels\n\n- cat\n', ['class 2. ADE labels: cat']],
    ['x.md', '## How can I add labels?\n\n- cat\n', []],
    ['x.md', '## Base classes\n\n- cat\n  - **`A`**: of all\n', []],
    ['x.md', '## Example prompts\n\n- two **cats**\n', ['prompt Example prompts: two **cats**']],
    ['.github/x.yml', 'labels: [bug]\n', []],
    ['github/x.yml', 'labels: [bug]\n', ['class labels: bug']],
    [
      'x.json',
      '{"properties": {"prompt": {"type": "string", "description": "What to draw"}, "captions": {"type": ["array", "null"], "default": ["a"]}}}',
      [],
    ],
    ['x.json', '{"prompts": {"type": "a kind of cat"}}', ['prompt prompts.type: a kind of cat']],
    ['x.md', '|Text|\n|-|\n|b|\n', []],
    ['x.unknown', 'labels = ["a"]', []],
  ])('%s', async (path, text, lines) => {
    expect(await linesFoundIn(text, path)).toEqual(lines);
  });

  it('takes the globs of the settings', async () => {
    expect(await linesFoundIn('cat\n', 'data/words.txt', { files: ['data/*.txt'] })).toEqual([
      'prompt words: cat',
    ]);
  });

  it('finds pictures', async () => {
    const { images } = await foundIn('a = ["x/wolf.PNG", "https://a.b/c.png"]\nb = {"dog.jpg": 1}');
    expect(images.map(({ path }) => path)).toEqual(['x/wolf.PNG', 'dog.jpg']);
  });
});
