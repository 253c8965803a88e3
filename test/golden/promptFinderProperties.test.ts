import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findPrompts } from '../../src/prompts/findPrompts';
import type { FoundPrompts } from '../../src/shared/foundPrompts';
import { grammarsFolder } from '../support/grammars';
import { annotatedFiles } from './prompts/annotations';

/** What must hold of the finder whatever a file says: on the annotated files, changed in known ways, and on written ones. */

const files = annotatedFiles(join(import.meta.dirname, 'prompts/files'));
/** The larger ones would make many runs slow, and say nothing more. */
const small = files.filter(({ text }) => text.length < 6_000);

async function find(path: string, text: string, options = files[0]!.options): Promise<FoundPrompts> {
  const [found] = await findPrompts([{ path, text }], options, grammarsFolder);
  return found!;
}

const ending = (path: string) => path.split('.').at(-1)!;
const said = ({ prompts, groups }: FoundPrompts) => ({
  prompts: prompts.map(({ text, kind, group }) => ({ text, kind, group })),
  groups: groups.map(({ id, kind, usedWith }) => ({ id, kind, usedWith })),
});

/** A line that says nothing, in the file's language. */
function remark(path: string): string | null {
  switch (ending(path)) {
    case 'py':
    case 'yaml':
    case 'yml':
    case 'toml':
      return '# 🐺 a remark, with “signs”\n';
    case 'txt':
      return path.includes('assets/labels') ? null : '# 🐺 a remark, with “signs”\n';
    case 'ts':
    case 'tsx':
    case 'js':
    case 'jsonc':
      return '// 🐺 a remark, with “signs”\n';
    case 'md':
      return '🐺 A paragraph.\n\n';
    case 'json':
    case 'jsonl':
      return '\n \n';
    default:
      return null;
  }
}

/** A comment of the language, with this in it. */
function comment(path: string, text: string): string | null {
  const line = remark(path);
  if (line === null) return null;
  if (line.startsWith('#')) return `# ${text}\n`;
  if (line.startsWith('//')) return `// ${text}\n`;
  return ending(path) === 'md' ? `<!-- ${text} -->\n\n` : null;
}

describe('on the annotated files', () => {
  for (const { path, text, options } of files) {
    it(`is well-formed: ${path}`, async () => {
      const { prompts, groups, images } = await find(path, text, options);
      const ids = groups.map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { usedWith } of groups) for (const other of usedWith) expect(ids).toContain(other);
      for (const { start, end, group, text: prompt, kind, template } of prompts) {
        expect(start).toBeLessThan(end);
        expect(prompt.trim()).not.toBe('');
        const own = groups.find(({ id }) => id === group)!;
        expect(own.start).toBeLessThanOrEqual(start);
        expect(own.end).toBeGreaterThanOrEqual(end);
        if (kind !== 'template') expect(template).toBeNull();
      }
      const places = [...prompts].sort((a, b) => a.start - b.start);
      expect(prompts).toEqual(places);
      places.forEach(({ end }, at) => {
        expect(places[at + 1]?.start ?? end).toBeGreaterThanOrEqual(end);
      });
      for (const { start, end, path: image } of images) {
        expect(text.slice(start, end).length).toBeGreaterThan(0);
        expect(image.trim()).toBe(image);
      }
    });
  }

  for (const { path, text, options } of files) {
    const line = remark(path);
    if (line === null || text.startsWith('\uFEFF') || text.startsWith('#!') || text.startsWith('---'))
      continue;
    it(`a line more at the top moves everything by its length: ${path}`, async () => {
      const before = await find(path, text, options);
      const after = await find(path, line + text, options);
      expect(said(after)).toEqual(said(before));
      const by = <T extends { readonly start: number; readonly end: number }>({ start, end }: T) => [
        start + line.length,
        end + line.length,
      ];
      const at = <T extends { readonly start: number; readonly end: number }>({ start, end }: T) => [
        start,
        end,
      ];
      expect(after.prompts.map(at)).toEqual(before.prompts.map(by));
      expect(after.groups.map(at)).toEqual(before.groups.map(by));
      expect(after.images.map(at)).toEqual(before.images.map(by));
    });
  }

  for (const { path, text, options } of files) {
    // A quoted cell keeps its line breaks as they are; a notebook's are written as escapes.
    if (text.includes('\r') || ['csv', 'ipynb'].includes(ending(path))) continue;
    it(`line ends of Windows change only places: ${path}`, async () => {
      const before = await find(path, text, options);
      const after = await find(path, text.replaceAll('\n', '\r\n'), options);
      // TOML leaves it to the reader whether a line break within a text is one of Windows.
      const plain = (all: unknown) => JSON.parse(JSON.stringify(all).replaceAll('\\r\\n', '\\n'));
      expect(ending(path) === 'toml' ? plain(said(after)) : said(after)).toEqual(said(before));
      const moved = (at: number) => at + text.slice(0, at).split('\n').length - 1;
      const places = after.prompts.map(({ start, end }) => [start, end]);
      expect(places).toEqual(before.prompts.map(({ start, end }) => [moved(start), moved(end)]));
    });
  }

  for (const { path, text, options } of files) {
    const marker = comment(path, 'clipsight: ignore-file');
    // What is said of one statement may hold against what is said of the file.
    if (marker === null || text.startsWith('---') || text.includes('clipsight: ')) continue;
    it(`nothing is found where a comment says so: ${path}`, async () => {
      const { prompts, groups } = await find(path, marker + text, options);
      expect(prompts).toEqual([]);
      expect(groups).toEqual([]);
    });
  }

  it('whatever is cut out of a file, what is found lies in it', async () => {
    const cut = fc.record({
      file: fc.constantFrom(...small),
      from: fc.double({ min: 0, max: 1, noNaN: true }),
      length: fc.nat(200),
      put: fc.constantFrom('', '"', "'", '`', '{', '[', '(', '\\', '\n', '"""', '#', '𝒜', '\ud83d'),
    });
    await fc.assert(
      fc.asyncProperty(cut, async ({ file, from, length, put }) => {
        const at = Math.floor(from * file.text.length);
        const text = file.text.slice(0, at) + put + file.text.slice(at + length);
        const { prompts, groups, images } = await find(file.path, text, file.options);
        const ids = new Set(groups.map(({ id }) => id));
        for (const { start, end, group } of prompts) {
          expect(0 <= start && start < end && end <= text.length).toBe(true);
          expect(ids.has(group)).toBe(true);
        }
        for (const { start, end } of images)
          expect(0 <= start && start < end && end <= text.length).toBe(true);
      }),
      { numRuns: 150 },
    );
  });
});

describe('of lists as programs write them', () => {
  const character = fc.constantFrom(
    ...Array.from('abcXYZ  09.,;:!?-_()[]{}<>%&$#@\'"`\\/|~^*+=é猫م'),
    '🐺',
    '𝒜',
    '\t',
    '\n',
    '\u2028',
  );
  const texts = fc.array(
    fc.array(character, { maxLength: 12 }).map((all) => all.join('')),
    {
      minLength: 1,
      maxLength: 6,
    },
  );
  const quoted = (text: string) => JSON.stringify(text);
  const listed = (values: readonly string[]) => values.map(quoted).join(', ');
  /** Classes, for no text with a slot is one. */
  const writers: Readonly<Record<string, (values: readonly string[]) => string>> = {
    'a.json': (values) => `{"classes": [${listed(values)}]}`,
    'a.yaml': (values) => `classes:\n${values.map((text) => `  - ${quoted(text)}\n`).join('')}`,
    'a.toml': (values) => `classes = [${listed(values)}]\n`,
    'a.py': (values) => `classes = [${listed(values)}]\n`,
    'a.ts': (values) => `const classes = [${listed(values)}];\n`,
    'a.csv': (values) =>
      `n,classes\n${values.map((text, n) => `${n},"${text.replaceAll('"', '""')}"\n`).join('')}`,
  };

  for (const [path, write] of Object.entries(writers)) {
    it(`each is found with what it says and where it stands: ${path}`, async () => {
      await fc.assert(
        fc.asyncProperty(texts, async (values) => {
          const text = write(values);
          const { prompts } = await find(path, text);
          const sure = values.filter(isSure);
          const found = prompts.map((prompt) => prompt.text);
          expect(found.filter(isSure)).toEqual(sure);
          for (const prompt of prompts) {
            expect(values).toContain(prompt.text);
            expect(prompt.kind).toBe('class');
            const written = text.slice(prompt.start, prompt.end);
            const content = path.endsWith('.csv')
              ? written.replaceAll('""', '"')
              : JSON.parse(`"${written}"`);
            expect(content).toBe(prompt.text);
          }
        }),
        { numRuns: 60 },
      );
    });
  }

  /** Has a letter, and is by no rule a path, an address or something with a slot. */
  function isSure(text: string): boolean {
    return /\p{L}/u.test(text) && !/[/\\{}%.:]/.test(text);
  }
});
