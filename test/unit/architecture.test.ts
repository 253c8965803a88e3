import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { describe, expect, it } from 'vitest';

const src = join(__dirname, '../../src');

/** The parts of src/, by where they run: what of src/ each may import, and which packages. */
const parts: Readonly<Record<string, { readonly parts: readonly string[]; readonly packages: RegExp }>> = {
  shared: { parts: [], packages: /^(zod|comlink)$/ },
  prompts: {
    parts: ['shared'],
    packages: /^(node:.+|comlink|zod|picomatch|web-tree-sitter|yaml|mdast-util-.+|micromark-.+)$/,
  },
  supervisor: { parts: ['shared'], packages: /^(node:.+|comlink|zod)$/ },
  extension: { parts: ['shared', 'supervisor'], packages: /^(vscode|node:.+|comlink|zod)$/ },
  webview: { parts: ['shared'], packages: /^(lit|lit\/.+|comlink|zod|@vscode\/webview-ui-toolkit)$/ },
  engine: {
    parts: ['shared'],
    packages:
      /^(node:.+|comlink|zod|onnxruntime-node|sharp|@huggingface\/tokenizers|undici|picomatch|umap-js|@duckdb\/node-api|@bufbuild\/protobuf.*)$/,
  },
};

/**
 * The engine's doors: the command line starts an engine as the extension does, another is the far end of its pipe, and
 * the engine itself starts the processes of devices.
 */
const doors = /^engine\/(cli[./]|door\.ts|runtime\/device\/)/;

/** Inside the engine: a folder may import those of its own row and of the rows below. */
const engineRows = [
  ['audit'],
  ['components'],
  ['library'],
  ['attribution', 'semantics', 'probe'],
  ['dictionary', 'clip', 'hub'],
  ['graph', 'checkpoint', 'image', 'runtime', 'numeric'],
];

interface Import {
  /** Path in src/, with slashes. */
  readonly file: string;
  /** As it stands in the file. */
  readonly specifier: string;
  /** Path in src/ of what a relative specifier names, without extension. */
  readonly target: string | null;
}

const imports = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .flatMap((path) => importsOf(path.split(sep).join('/')));

describe('architecture', () => {
  it('finds the imports', () => {
    expect(imports).toContainEqual({
      file: 'shared/analysis.ts',
      specifier: './errors',
      target: 'shared/errors',
    });
  });

  it('has only parts that this test knows', () => {
    expect(readdirSync(src).filter((name) => !(name in parts))).toEqual([]);
  });

  it('lets each part import only the parts it may', () => {
    const wrong = imports.filter(({ file, target }) => {
      if (target === null || target === '../package.json') return false;
      const [from, to] = [partOf(file), partOf(target)];
      if (doors.test(file) && (to === 'supervisor' || to === 'prompts')) return false;
      return from !== to && !parts[from]?.parts.includes(to);
    });
    expect(wrong.map(shown)).toEqual([]);
  });

  it('lets each part import only the packages it may', () => {
    const wrong = imports.filter(
      ({ file, specifier, target }) => target === null && !parts[partOf(file)]?.packages.test(specifier),
    );
    expect(wrong.map(shown)).toEqual([]);
  });

  it('keeps the order of the folders in the engine', () => {
    const wrong = imports.filter(({ file, target }) => {
      if (target === null) return false;
      const [from, to] = [engineRow(file), engineRow(target)];
      return from !== -1 && to !== -1 && to < from;
    });
    expect(wrong.map(shown)).toEqual([]);
  });

  it('has no files or folders of the engine that need each other', () => {
    const needs = new Map<string, Set<string>>();
    for (const { file, target } of imports) {
      if (target === null || partOf(file) !== 'engine' || partOf(target) !== 'engine') continue;
      const [from, to] = [engineUnit(file), engineUnit(target)];
      if (from !== to) needs.set(from, (needs.get(from) ?? new Set()).add(to));
    }
    expect(cycleIn(needs)).toBeNull();
  });
});

function importsOf(file: string): Import[] {
  const code = readFileSync(join(src, file), 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '');
  const statements = code.matchAll(/^\s*(?:import|export)\s(?:[\w\s*{},$]*\sfrom\s*)?'([^']+)';/gm);
  const calls = code.matchAll(/\b(?:import|require)\(\s*'([^']+)'/g);
  return [...statements, ...calls].map(([, specifier = '']) => ({
    file,
    specifier,
    target: specifier.startsWith('.') ? posix.join(posix.dirname(file), specifier) : null,
  }));
}

function partOf(path: string): string {
  return path.split('/')[0]!;
}

/** -1 for what lies in no folder of a row. */
function engineRow(path: string): number {
  const [part, folder] = path.split('/');
  return part === 'engine' ? engineRows.findIndex((row) => row.includes(folder!)) : -1;
}

/** What keeps a device in check stands on numeric code, which stands on the runtime. */
const ownUnits = ['engine/runtime/device'];

/** A folder of the engine, or a file that lies in none. */
function engineUnit(path: string): string {
  const folder = posix.dirname(path);
  if (ownUnits.includes(folder)) return folder;
  return folder === 'engine' ? path.replace(/\.ts$/, '') : folder.split('/').slice(0, 2).join('/');
}

/** Some units, each needing the next and the last the first; null if there are none. */
function cycleIn(needs: ReadonlyMap<string, ReadonlySet<string>>): readonly string[] | null {
  const done = new Set<string>();
  const visit = (unit: string, trail: readonly string[]): readonly string[] | null => {
    if (trail.includes(unit)) return [...trail.slice(trail.indexOf(unit)), unit];
    if (done.has(unit)) return null;
    for (const next of needs.get(unit) ?? []) {
      const cycle = visit(next, [...trail, unit]);
      if (cycle !== null) return cycle;
    }
    done.add(unit);
    return null;
  };
  for (const unit of needs.keys()) {
    const cycle = visit(unit, []);
    if (cycle !== null) return cycle;
  }
  return null;
}

function shown({ file, specifier }: Import): string {
  return `${file} imports ${specifier}`;
}
