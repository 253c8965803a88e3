import { describe, expect, it } from 'vitest';
import { foundIn, linesFoundIn } from '../../support/foundIn';

describe('what is given to a text encoder', () => {
  it.each<[string, string, readonly string[]]>([
    ['a string', 'clip.tokenize("a dog")', ['prompt tokenize(): a dog']],
    ['a list', 'model.encode_text(["a", "b"])', ['prompt encode_text(): a', 'prompt encode_text(): b']],
    ['by keyword', 'tokenizer(texts=("a",), padding="max")', ['prompt tokenizer(texts): a']],
    ['only the first argument', 'tokenize("a", "b")', ['prompt tokenize(): a']],
    ['of a processor only by keyword', 'clip_processor("a", text="b")', ['prompt clip_processor(text): b']],
    ['of no other call', 'tokens("a"); x.tokenize_all("b")', []],
    ['through a name', 'xs = ["a"]\nys = xs\ntokenize(ys[0:1])', ['prompt xs: a']],
    ['the last assignment before', 'x = "a"\nx = "b"\ntokenize(x)\nx = "c"', ['prompt x: b']],
    ['of an outer scope, later too', 'def f():\n  tokenize(x)\nx = "a"', ['prompt x: a']],
    ['not of another function', 'def g():\n  x = "a"\ndef f():\n  tokenize(x)', []],
    [
      'of a field in another method',
      'class A:\n  def f(self):\n    self.x = ["a"]\n  def g(self):\n    tokenize(self.x)\ndef h(self):\n  tokenize(self.y)\ny = "b"',
      ['prompt self.x: a'],
    ],
    ['of a field of the class', 'class A:\n  x = "a"\n  def g(self):\n    tokenize(self.x)', ['prompt x: a']],
    ['not a parameter', 'x = "a"\ndef f(x="b"):\n  tokenize(x)', []],
    ['not what is imported', 'x = "a"\nfrom y import x\ntokenize(x)', []],
    [
      'added and spread',
      'x = ["b"]\ntokenize(["a"] + [*x] + list(("c",)))',
      ['prompt x: b', 'prompt tokenize(): a', 'prompt tokenize() #2: c'],
    ],
    ['what grows', 'x = ["a"]\nx += ["b"]\ntokenize(x)', ['prompt x: a', 'prompt x #2: b']],
    [
      'what is appended',
      'x = []\nx.append("a")\nx.extend(["b", "c"])\ntokenize(x)\nx.append("d")',
      ['prompt x: a', 'prompt x #2: b', 'prompt x #2: c'],
    ],
    ['not the rows of a table', 'x = []\nx.append({"a": "b"})\ntokenize(x)', []],
    [
      'all that a mapping has',
      'x = {"k": "a", "l": ["b"]}\ntokenize(x.values())\ntokenize([v for k, v in {"m": "c"}.items()])',
      ['prompt x.k: a', 'prompt x.l: b', 'prompt v.m: c'],
    ],
    ['a key that nobody knows', 'x = {"k": "a"}\ntokenize(x[i])', ['prompt x.k: a']],
    ['not the keys of a mapping', 'x = {"k": "a"}\ntokenize(list(x))\nfor k in x: tokenize(k)', []],
    ['of a condition', 'tokenize("a" if y else "b")', ['prompt tokenize(): a', 'prompt tokenize() #2: b']],
    ['sorted, moved and encoded', 'encode_text(tokenize(sorted(["a"])).to(d))', ['prompt tokenize(): a']],
    ['by what a tokenizer is called', 'get_tokenizer("x")(["a"])', []],
    ['not joined', 'tokenize(", ".join(["a", "b"]))', []],
    [
      'split',
      'x = """\\\n a b\n\n c\n"""\ntokenize(x.strip().split("\\n"))',
      ['prompt x: a b', 'prompt x: c'],
    ],
    ['of a mapping by its key', 'c = {"a": ["x"], "b": ["y"]}\ntokenize(c["b"])', ['prompt c.b: y']],
    ['taken apart', 'x, y = ["a"], ["b"]\ntokenize(y)', ['prompt y: b']],
    ['bound on the way', 'tokenize(x := ["a"])\ntokenize(x)', ['prompt x: a']],
    ['not the characters of a string', 'for c in "abc": tokenize(c)\ntokenize("abc"[0])', []],
    [
      'in a loop',
      'for i, c in enumerate(["a", "b"]): tokenize(c)',
      ['prompt enumerate(): a', 'prompt enumerate(): b'],
    ],
  ])('%s', async (_, text, lines) => {
    expect(await linesFoundIn(text)).toEqual(lines);
  });

  it('decides over names', async () => {
    expect(await linesFoundIn('labels = ["a"]\ntokenize(labels)')).toEqual(['prompt labels: a']);
  });

  it('follows names that lead to themselves', async () => {
    expect(
      await linesFoundIn('a = b\nb = a\na = a + b + a + b\nf = lambda x: f(x)\ntokenize(a + [f(a)])'),
    ).toEqual([]);
  });

  it('does not follow names that double without end', async () => {
    const lines = Array.from({ length: 100 }, (_, i) => `a${i + 1} = a${i} + a${i}`);
    await foundIn(['a0 = ["x"]', ...lines, 'tokenize(a100)'].join('\n'));
  });

  it('knows the calls of the settings', async () => {
    const options = { calls: ['embed*', 'my.model.run'] };
    expect(await linesFoundIn('Embedder("a"); my.model.run("b"); run("c")', 'a.py', options)).toEqual([
      'prompt Embedder(): a',
      'prompt run(): b',
    ]);
  });
});

describe('pipelines', () => {
  it('take classes by keyword, with the template that they imply', async () => {
    const { prompts, groups } = await foundIn('p(i, candidate_labels=["a", "b"])');
    expect(prompts.map(({ kind, text }) => [kind, text])).toEqual([
      ['class', 'a'],
      ['class', 'b'],
    ]);
    expect(groups[0]!.implied).toEqual([{ parts: ['This is a photo of ', '.'], changes: [] }]);
  });

  it('take classes between commas', async () => {
    const text = 'p(candidate_labels=" a, b c,, ")';
    const { prompts } = await foundIn(text);
    expect(prompts.map(({ start, end }) => text.slice(start, end))).toEqual(['a', 'b c']);
    expect(prompts.every(({ literal }) => literal === null)).toBe(true);
  });

  it('fill them into their hypothesis', async () => {
    const { groups, prompts } = await foundIn('p(candidate_labels=["a"], hypothesis_template="one {}")');
    expect(groups.map(({ id, usedWith, implied }) => [id, usedWith, implied])).toEqual([
      ['p(candidate_labels)', ['p(hypothesis_template)'], []],
      ['p(hypothesis_template)', ['p(candidate_labels)'], []],
    ]);
    expect(prompts[1]!.template).toEqual({ parts: ['one ', ''], changes: [] });
  });

  it('take the second argument where a variable is one', async () => {
    const assigned = 'p = pipeline("zero-shot-image-classification")\n';
    expect(await linesFoundIn(`${assigned}p(i, ["a"])`)).toEqual(['class p(): a']);
    expect(await linesFoundIn(`${assigned}p(i, {"a": "b"})`)).toEqual([]);
    expect(await linesFoundIn('p = pipeline("image-classification")\np(i, ["a"])')).toEqual([]);
  });

  it('of JavaScript take them from an object', async () => {
    const text =
      "const c = await pipeline('zero-shot-image-classification', m);\nawait c(u, ['a'], { hypothesis_template: 'x {}' });\nd({ candidateLabels: ['b'] })";
    expect(await linesFoundIn(text, 'a.mjs')).toEqual([
      'class c(): a',
      'template c(hypothesis_template): x {}',
      'class d(candidateLabels): b',
    ]);
  });
});
