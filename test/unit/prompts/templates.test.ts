import { describe, expect, it } from 'vitest';
import { foundIn } from '../../support/foundIn';

/** Each template with the classes that fill it: `parts of text|…: groups`. */
async function filledIn(text: string, path?: string): Promise<readonly string[]> {
  const { prompts, groups } = await foundIn(text, path);
  return prompts.flatMap(({ kind, template, group }) => {
    if (kind !== 'template') return [];
    const changes = template?.changes.map((change) => `.${change.kind}`).join('') ?? '';
    const { usedWith } = groups.find(({ id }) => id === group)!;
    return [`${template === null ? '?' : template.parts.join('|') + changes}: ${usedWith.join(' ')}`];
  });
}

const classes = 'xs = ["cat", "dog"]\n';

describe('templates', () => {
  it.each<[string, string, readonly string[]]>([
    ['interpolation', 'tokenize([f"a {{{x}}} {x}" for x in xs])', ['a {|} |: xs']],
    ['formatting', 'tokenize(["a {} {{".format(x) for x in xs])', ['a | {: xs']],
    ['by name', 'tokenize(["a {c} {c}".format(c=x) for x in xs])', ['a | |: xs']],
    [
      'percent',
      'tokenize(["a %s" % x for x in xs] + ["b %s %%" % (x,) for x in xs])',
      ['a |: xs', 'b | %: xs'],
    ],
    ['percent by name', 'tokenize(["a %(c)s" % {"c": x} for x in xs])', ['a |: xs']],
    ['concatenation', 'tokenize(["a " + x + "." for x in xs])', ['a |.: xs']],
    ['beginning with a class', 'tokenize([x + " b" for x in xs])', ['| b: xs']],
    ['replacement of the slot', 'tokenize(["a {}".replace("{}", x) for x in xs])', ['a |: xs']],
    ['map', 'tokenize(list(map(lambda x: f"a {x}", xs)))', ['a |: xs']],
    ['map of a method', 'tokenize(map("a {}".format, xs))', ['a |: xs']],
    [
      'two loops',
      'ts = ["a {}", "b {}"]\ntokenize([t.format(x) for x in xs for t in ts])',
      ['a |: xs', 'b |: xs'],
    ],
    ['lambdas', 'ts = [lambda c: f"a {c}"]\ntokenize([t(x) for x in xs for t in ts])', ['a |: xs']],
    ['one lambda', 'ts = [lambda c: f"a {c}"]\ntokenize([ts[0](x) for x in xs])', ['a |: xs']],
    ['a statement', 'for x in xs:\n  tokenize(f"a {x}")', ['a |: xs']],
    ['an element', 'tokenize(f"a {xs[0]}")', ['a |: xs']],
    ['an appended one', 'ts = []\nfor x in xs:\n  ts.append(f"a {x}")\ntokenize(ts)', ['a |: xs']],
    ['a loop over what is written there', 'for y in ["q", "r"]: tokenize(f"a {y}")', ['a |: y']],
    ['a list that grew', 'xs += ["fox"]\ntokenize([f"a {x}" for x in xs])', ['a |: xs xs #2']],
    [
      'values of a mapping',
      'd = {"k": ["q"]}\nfor _, y in enumerate(d.values()): tokenize(f"a {y}")',
      ['a |: d.k'],
    ],
    ['changes', "tokenize([f\"a {x.replace('_', ' ').lower()}\" for x in xs])", ['a |.replace.lower: xs']],
    ['changes before', 'for x in xs:\n  y = x.title()\n  tokenize(f"a {y}")', ['a |.title: xs']],
    ['what is not understood', 'tokenize([f"a {g(x)}" for x in xs])', ['?: ']],
    ['formats', 'tokenize([f"a {x:>9}" for x in xs] + [f"b {x!r}" for x in xs])', ['?: ', '?: ']],
    ['different fillings', 'tokenize([f"a {x} {y}" for x in xs for y in xs])', ['?: ']],
    ['different changes', 'tokenize([f"a {x} {x.lower()}" for x in xs])', ['?: ']],
    ['two elements', 'tokenize(f"a {xs[0]} {xs[1]}")', ['?: ']],
  ])('are filled by %s', async (_, text, filled) => {
    expect(await filledIn(classes + text)).toEqual(filled);
  });

  it.each<[string, string, readonly string[]]>([
    ['pushed', 'const ts = [];\nfor (const x of xs) ts.push("a " + x);\ntokenizer(ts);', ['a |: xs']],
    [
      'entries of an object',
      'const d = { k: "q" };\nfor (const [k, y] of Object.entries(d)) tokenizer("a " + y);',
      ['a |: d.k'],
    ],
    ['labels and a template side by side', 'run({ labels: ["q"], template: "a {}" });', ['a |: run(labels)']],
    [
      'in an object of its own',
      'const labels = ["r"];\nconst c = { labels: ["q"], template: "a {}" };',
      ['a |: c.labels'],
    ],
  ])('of JavaScript: %s', async (_, text, filled) => {
    expect(await filledIn(`const xs = ["cat", "dog"];\n${text}`, 'x.js')).toEqual(filled);
  });

  it('one of an ensemble may be the class alone, one by itself not', async () => {
    expect(await filledIn('templates = ["{}", "a {}"]\nlabels = ["b"]')).toEqual([
      '|: labels',
      'a |: labels',
    ]);
    expect(await filledIn('prompt = "{}:"\ntest_prompt = f"{x}"')).toEqual([]);
  });

  it('makes classes of what is filled in on the way', async () => {
    const { prompts } = await foundIn(`${classes}tokenize([f"a {x}" for x in xs])`);
    expect(prompts.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      'class cat',
      'class dog',
      'template a {x}',
    ]);
  });

  it.each<[string, string, readonly string[]]>([
    [
      'arguments of one call',
      'a_labels=["x"]\nb_labels=["y"]\nc_templates=["z {}"]\nf(b_labels, c_templates)',
      ['z |: b_labels'],
    ],
    ['keywords of one call', 'f(labels=["y"], templates=["z {}"])\ng(labels=["x"])', ['z |: f(labels)']],
    ['the only classes', 'labels=["y"]\ncaptions=["z {}"]', ['z |: labels']],
    ['the same first word', 'a_labels=["x"]\nb_labels=["y"]\nb_templates=["z {}"]', ['z |: b_labels']],
    ['neither', 'a_labels=["x"]\nb_labels=["y"]\nc_templates=["z {}"]', ['z |: ']],
    ['what is no class elsewhere', 'labels=["y"]\nprompts=[f"z {x}" for x in ["q"]]', ['z |: ']],
  ])('are used with %s', async (_, text, filled) => {
    expect(await filledIn(text)).toEqual(filled);
  });

  it('belong to keys of the same mapping in data files', async () => {
    const text = 'a:\n  classes: [x]\n  templates: ["z {}"]\nb:\n  classes: [y]\n';
    expect(await filledIn(text, 'x.yaml')).toEqual(['z |: a.classes']);
  });

  it('of JavaScript are filled by map', async () => {
    const text = "const xs = ['a'];\ntokenizer(xs.map((x) => `an ${x.toLowerCase()}`));";
    expect(await filledIn(text, 'x.ts')).toEqual(['an |.lower: xs']);
  });

  it('of JavaScript are not filled where only the first is replaced', async () => {
    const text = "const xs = ['a'];\ntokenizer(xs.map((x) => `an ${x.replace('_', ' ')}`));";
    expect(await filledIn(text, 'x.ts')).toEqual(['?: ']);
  });
});
