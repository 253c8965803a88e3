// biome-ignore-all lint/suspicious/noTemplateCurlyInString: code as it is written.
import { beforeAll, describe, expect, it } from 'vitest';
import { type Grammars, openGrammars } from '../../../../src/prompts/grammars';
import { languageOf } from '../../../../src/prompts/languages';
import type { Expression, Program, Statement } from '../../../../src/prompts/syntax';
import { grammarsFolder } from '../../../support/grammars';
import { said } from './texts';

let grammars: Grammars;
beforeAll(async () => {
  grammars = await openGrammars(grammarsFolder);
});

function read(path: string, text: string): Program {
  return languageOf(path)!.lower({ path, text }, grammars);
}

/** Each statement in one line, by its shape. */
function shapes(path: string, text: string): string[] {
  return read(path, text).statements.map(statement);
}

function statement(one: Statement): string {
  switch (one.kind) {
    case 'binding':
      return `${one.names.map((name) => name.join('.')).join(' = ')} = ${shape(one.value)}`;
    case 'document':
      return `${one.form} ${one.name}: ${shape(one.value)}`;
    case 'scope':
      return `(${one.parameters.join(', ')}) { ${one.body.map(statement).join('; ')} }`;
    case 'loop':
      return `for ${one.loop.variables.join(', ')} in ${shape(one.loop.over)} { ${one.body.map(statement).join('; ')} }`;
    case 'evaluated':
      return shape(one.value);
  }
}

function shape(value: Expression): string {
  switch (value.kind) {
    case 'text':
      return JSON.stringify(said(value));
    case 'collection':
      return `[${value.items.map(shape).join(', ')}]`;
    case 'mapping':
      return `{${value.entries.map(({ key, value: of }) => `${key}: ${shape(of)}`).join(', ')}}`;
    case 'name':
      return value.path.join('.');
    case 'call': {
      const of = value.receiver === null || value.receiver.kind === 'name' ? '' : `${shape(value.receiver)}|`;
      return `${of}${value.callee?.join('.')}(${value.positional.map(shape).join(', ')})`;
    }
    case 'each':
      return `<${shape(value.result)} for ${value.loops.map(({ variables, over }) => `${variables.join(',')} in ${shape(over)}`).join(' for ')}>`;
    case 'lambda':
      return `(${value.parameters.join(', ')}) => ${shape(value.result)}`;
    case 'joined':
      return value.parts.map(shape).join(' + ');
    case 'choice':
      return value.options.map(shape).join(' | ');
    case 'spread':
      return `...${shape(value.of)}`;
    case 'element':
      return `${shape(value.of)}[${value.key ?? ''}]`;
    case 'other':
      return value.isInteger ? 'integer' : `other(${value.inner.map(shape).join(', ')})`;
  }
}

describe('TypeScript', () => {
  it.each<[string, ...string[]]>([
    ['const a = ["x", \'y\'] as const;', 'a = ["x", "y"]'],
    ['export const a: string[] = (["x"] satisfies string[])!, b = 1;', 'a = ["x"]', 'b = integer'],
    ['a.b["c"].d = ["x"]; e[0] = "y";', 'a.b.c.d = ["x"]', '"y"'],
    [
      'module.exports = { a: ["x"], "b-c": 1, 2: "z", d };',
      'module.exports = {a: ["x"], b-c: integer, 2: "z", d: d}',
    ],
    ['export default ["x", ...rest];', '["x", ...rest]'],
    ['const { a, b: { c } } = d.e;', 'a = d.e.a', 'c = d.e.b.c'],
    ['const { a = ["x"] } = f();', 'f()', 'a = ["x"]', 'a = other()'],
    ['for (const c of a) { f(`x ${c}`); }', 'for c in a { f("x ${c}") }'],
    ['for (const i in a) f("x");', 'for i in other(a) { f("x") }'],
    ['a.forEach((c) => { f(`x ${c}`); });', 'other(a)', 'for c in a { f("x ${c}") }'],
    ['const b = a.map((c, i) => `x ${c}`);', 'b = <"x ${c}" for c in a>'],
    [
      'const b = a.flatMap((t) => d.map((c) => t.replace("{}", c)));',
      'b = <t.replace("{}", c) for t in a for c in d>',
    ],
    ['const b = Array.from(a, (c) => "x " + c);', 'b = <"x " + c for c in a>'],
    [
      'const b = a.map(function (c) { const d = "y"; return `x ${c}`; });',
      'b = <"x ${c}" for c in a>',
      '(c) { d = "y" }',
    ],
    [
      'const f = async (a, b = ["x"]) => { await g(["y"]); };',
      'f = other()',
      '(a, b) { b = ["x"]; g(["y"]) }',
    ],
    ['function f(a, { b }) { return g("x"); }', '(a, b) { g("x") }'],
    [
      'class A { a = ["x"]; static #b = "y"; f() { this.c = ["z"]; } }',
      '() { a = ["x"]; b = "y"; () { this.c = ["z"] } }',
    ],
    ['const a = b ? "x" : c ?? "y";', 'a = "x" | c | "y"'],
    ['const a = await f("x" + b + "y", { c: "z" });', 'a = f("x" + b + "y", {c: "z"})'],
    ['f("x")(b); a?.b("y"); new A.B("z");', 'f("x")|undefined(b)', 'a.b("y")', 'A.B("z")'],
    ['const a = b[0], c = b["k"], d = b.slice(1);', 'a = b[]', 'c = b[k]', 'd = b[]'],
    [
      'const a = new Set(["x"]), b = new Map([["x", 0]]), c = Object.freeze(["y"]);',
      'a = ["x"]',
      'b = {x: integer}',
      'c = ["y"]',
    ],
    [
      'const a = `x\ny`.split(/\\r?\\n/), b = "x,y".split(/,\\s*/);',
      'a = "x\\ny"|splitlines()',
      'b = "x,y"|split(",")',
    ],
    ['const a = String.raw`\\d`, b = tag`x`;', 'a = "\\\\d"', 'b = tag("x")'],
    ['if (a) { b = ["x"]; } else { try { c = ["y"]; } catch { } }', 'a', 'b = ["x"]', 'c = ["y"]'],
    ['type A = "x" | "y"; enum B { C = "z" } interface D { e: "w" }'],
    ['const a = "\\x41\\u0042\\u{1F43A}\\n\\\nz\\q";', 'a = "AB🐺\\nzq"'],
  ])('%s', (text, ...expected) => {
    expect(shapes('a.ts', text)).toEqual(expected);
  });

  it('reads JSX for what it computes, and its attributes for their strings alone', () => {
    expect(shapes('a.tsx', 'const a = <B prompts={["x"]} c="y">text {f("z")}</B>;')).toEqual([
      'a = other(other(other(other(["x"])), other("y")), other(f("z")), other())',
    ]);
  });

  it('keeps what is intact while somebody types', () => {
    expect(shapes('a.ts', 'const a = ["x", "y" "z"];\nconst b = ["w"];\nconst c = [')).toContain('b = ["w"]');
  });

  it('knows its comments', () => {
    expect(read('a.ts', '// a\nx /* b */ = 1;\n/**\n * c\n */').comments.map(({ text }) => text)).toEqual([
      'a',
      'b',
      '* c',
    ]);
  });

  it('folds line breaks of template literals into \\n', () => {
    const text = 'const a = `x\r\n  y ${b}\r\nz`;';
    expect(shapes('a.ts', text)).toEqual(['a = "x\\n  y ${b}\\nz"']);
  });
});

describe('JSON', () => {
  it('is one document, comments aside', () => {
    const text = '// a\n{"b": ["x", 1], "0": -1.5, /* c */ "d": {"e": null}}';
    expect(shapes('dir/f.jsonc', text)).toEqual(['data f: {b: ["x", integer], 0: other(), d: {e: other()}}']);
    expect(read('f.json', text).comments.map((one) => one.text)).toEqual(['a', 'c']);
  });

  it('leaves out what somebody is typing', () => {
    expect(shapes('f.json', '{"a": ["x"], "b": ["y", "c": "z"}')[0]).toContain('a: ["x"]');
    expect(shapes('f.json', '["x", "y')[0]).toContain('"x"');
  });
});

describe('YAML', () => {
  it('finds what is anchored where an alias stands, at the place of the anchor', () => {
    const text = 'a: &n [x, y]\nb: *n\nc:\n  <<: *n\n  d: *unknown\n';
    expect(shapes('f.yml', text)).toEqual([
      'data f: {a: ["x", "y"], b: ["x", "y"], c: {<<: other(), d: other()}}',
    ]);
    const [document] = read('f.yml', text).statements;
    if (document?.kind !== 'document' || document.value.kind !== 'mapping') throw new Error('no mapping');
    const [a, b] = document.value.entries;
    expect(b!.value).toBe(a!.value);
  });

  it('is not led on by aliases of aliases', () => {
    const levels = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${`*a${i}, `.repeat(9)}]`);
    expect(shapes('f.yml', ['a0: &a0 [x]', ...levels].join('\n'))[0]!.length).toBeLessThan(5000);
  });

  it('reads each document', () => {
    expect(shapes('f.yml', '- x\n---\n# c\n0: y\ntrue: z\n...\n')).toEqual([
      'data f: ["x"]',
      'data f: {0: "y", true: "z"}',
    ]);
  });

  it('places blocks within white space, and collections without what follows', () => {
    const text = 'a: |-\r\n\r\n  x y\r\n  z\r\n\r\nb:\r\n- u # v\r\n\r\n# w\r\nc: 1';
    const [document] = read('f.yml', text).statements;
    if (document?.kind !== 'document' || document.value.kind !== 'mapping') throw new Error('no mapping');
    const [a, b] = document.value.entries.map(({ value: { start, end } }) => text.slice(start, end));
    expect([a, b]).toEqual(['x y\r\n  z', '- u']);
    expect(read('f.yml', text).comments.map((one) => text.slice(one.start, one.end))).toEqual(['# v', '# w']);
  });
});

it('TOML: tables within tables, arrays of tables, dotted keys', () => {
  const text =
    'a.b = "x"\n[c.d]\n"e f" = [\'y\', # g\n1]\n[[h]]\ni = """\n z\\\n  w"""\n[[h]]\ni = { j.k = "v" }\n';
  expect(shapes('f.toml', text)).toEqual([
    'data f: {a: {b: "x"}, c: {d: {e f: ["y", integer]}}, h: [{i: " zw"}, {i: {j: {k: "v"}}}]}',
  ]);
  expect(read('f.toml', text).comments.map((one) => one.text)).toEqual(['g']);
});

describe('CSV', () => {
  it('has a document per column', () => {
    expect(shapes('f.csv', 'id,"a ""caption"""\n1,"x, y"\n\n2,"z\nw"\n3\n,v')).toEqual([
      'column id: ["1", "2", "3"]',
      'column a "caption": ["x, y", "z\\nw", "v"]',
    ]);
  });

  it('takes what follows a closing quote with it, but cannot write there', () => {
    const [document] = read('f.csv', 'a\n"x" y\n').statements;
    if (document?.kind !== 'document' || document.value.kind !== 'collection') throw new Error('no column');
    expect(document.value.items[0]).toMatchObject({ pieces: ['x y'], literal: null });
  });
});

it('text: lines, comments, or a JSON array', () => {
  expect(shapes('f.txt', '\uFEFF x y \r\n\r\n# z\rw')).toEqual(['lines f: ["x y", "w"]']);
  expect(read('f.txt', '\n  # z\n').comments).toEqual([{ start: 3, end: 6, text: 'z' }]);
  expect(shapes('f.txt', '["x",\n"y"]')).toEqual(['data f: ["x", "y"]']);
  expect(shapes('f.txt', '[x],\n["y", 1]')).toEqual(['lines f: ["[x],", "[\\"y\\", 1]"]']);
});

describe('Markdown', () => {
  it('has lists under their heading, with lists in them', () => {
    const text = '# A\n\n- x *y*\n\n  more\n  - z\n\n1. w\n\n## B `c`\n\n* [ ] v\n  u\n';
    expect(shapes('f.md', text)).toEqual([
      'section A: ["x *y*", ["z"]]',
      'section A: ["w"]',
      'section B `c`: ["[ ] v\\n  u"]',
    ]);
  });

  it('has tables by column, and by heading', () => {
    expect(shapes('f.md', '## A\n\n| b | c |\n|--|--|\n| x \\| y | |\n| z | `w` |\n')).toEqual([
      'column b: ["x | y", "z"]',
      'column c: ["`w`"]',
      'section A: ["x | y", "z"]',
      'section A: ["`w`"]',
    ]);
  });

  it('knows its comments', () => {
    const text = '<!-- a -->\n- x <!-- b -->\n\n<!--\nc -->';
    expect(read('f.md', text).comments.map((one) => one.text)).toEqual(['a', 'b', 'c']);
  });

  it('gives fenced blocks with the place of each unit, whatever encloses them', () => {
    const text =
      '\uFEFF```python\r\na = 1\r\n\r\nb\r\n```\r\n\r\n- x\r\n\r\n  ~~~ yaml\r\n  c:\r\n    d\r\n  ~~~\r\n\r\n> ```js x\r\n> e\r\n>\r\n> f\r\n> ```\r\n\r\n```sh\r\ng\r\n```\r\n';
    const blocks = languageOf('f.md')!.embedded!({ path: 'f.md', text }, grammars);
    expect(blocks.map(({ source: { path, text: code } }) => [path, code.replaceAll('\r\n', '\n')])).toEqual([
      ['f.md#1.py', 'a = 1\n\nb'],
      ['f.md#2.yaml', 'c:\n  d'],
      ['f.md#3.js', 'e\n\nf'],
    ]);
    for (const { source, offsets } of blocks) {
      expect(offsets.length).toBe(source.text.length + 1);
      source.text.split('').forEach((unit, i) => {
        if (unit.trim() !== '') expect(text[offsets[i]!]).toBe(unit);
      });
      expect(offsets.at(-1)).toBeGreaterThan(offsets.at(-2)!);
    }
  });
});
