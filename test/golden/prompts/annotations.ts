import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { type FinderOptions, PromptKind } from '../../../src/shared/foundPrompts';

/**
 * Files with their prompts marked in them, so that a mark and what it marks cannot drift apart:
 *
 *     { "groups": { "1": { "id": "labels", "kind": "class" } }, … }
 *     ⟦file⟧
 *     labels = ["⟦1|dog⟧"]; Image.open("⟦i|dog.png⟧")
 *
 * A head in JSON, then the file. `⟦1|…⟧` is a prompt of group 1, `⟦1t|…⟧` one of another kind than its group's (p, c, t),
 * `⟦i|…⟧` the path of an image. Without its marks it is the file that the finder is given. It was annotated from
 * docs/prompts.md before there was a finder: an annotation is only changed where a sentence of that page decides.
 */

const Head = z.strictObject({
  groups: z.record(
    z.string(),
    z.strictObject({
      id: z.string(),
      kind: PromptKind,
      /** Keys of the groups that fill this one or are filled by it; said on one side. */
      with: z.array(z.string()).default([]),
      /** Each mark is a group of its own: `id`, `id #2`, … */
      each: z.boolean().default(false),
    }),
  ),
  /** What a prompt says where that is not what stands in the file. Line breaks of the key are \n. */
  texts: z.record(z.string(), z.string()).default({}),
  /** Template's text, class, and the one filled with the other. */
  filled: z.array(z.tuple([z.string(), z.string(), z.string()])).default([]),
  /** Where the path matters; by default the file's own name. */
  path: z.string().optional(),
  options: z
    .strictObject({ names: z.array(z.string()), calls: z.array(z.string()) })
    .default({ names: [], calls: [] }),
  lineEnds: z.enum(['LF', 'CRLF']).default('LF'),
  bom: z.boolean().default(false),
  /** Sentences of the definition that decide, for who reviews. */
  notes: z.array(z.string()).default([]),
});

export interface Marked {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly kind: PromptKind;
  readonly group: string;
}

export interface AnnotatedFile {
  readonly path: string;
  readonly text: string;
  readonly options: FinderOptions;
  readonly prompts: readonly Marked[];
  readonly images: readonly { readonly path: string; readonly start: number; readonly end: number }[];
  /** Pairs of ids, both ways round: a group and one it is used with. */
  readonly usedWith: readonly (readonly [string, string])[];
  readonly filled: readonly (readonly [template: string, name: string, text: string])[];
}

const listNames = 'prompts,captions,labels,classes,classnames,templates';
const files = [`**/{${listNames}}.txt`, `**/*_{${listNames}}.txt`];
const separator = '\n⟦file⟧\n';
const kinds = { p: 'prompt', c: 'class', t: 'template' } as const;

/** Those of a folder. */
export function annotatedFiles(folder: string): AnnotatedFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.marked'))
    .map((name) => annotatedFile(name.slice(0, -'.marked'.length), readFileSync(join(folder, name), 'utf8')));
}

export function annotatedFile(name: string, marked: string): AnnotatedFile {
  const at = marked.indexOf(separator);
  const head = Head.parse(JSON.parse(marked.slice(0, at)));
  let body = marked.slice(at + separator.length);
  if (head.lineEnds === 'CRLF') body = body.replaceAll('\n', '\r\n');

  let text = head.bom ? '\uFEFF' : '';
  let from = 0;
  const prompts: Marked[] = [];
  const images: { path: string; start: number; end: number }[] = [];
  const counts = new Map<string, number>();
  for (const mark of body.matchAll(/⟦(i|\d+)([pct]?)\|([^⟦⟧]*)⟧/g)) {
    const [whole, key = '', kind = '', content = ''] = mark;
    text += body.slice(from, mark.index);
    from = mark.index + whole.length;
    const start = text.length;
    text += content;
    const end = text.length;
    if (key === 'i') {
      images.push({ path: content, start, end });
      continue;
    }
    const group = head.groups[key];
    if (group === undefined) throw new Error(`${name}: no group ${key}.`);
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    const raw = content.replaceAll('\r\n', '\n');
    prompts.push({
      text: head.texts[raw] ?? raw,
      start,
      end,
      kind: kind === '' ? group.kind : kinds[kind as keyof typeof kinds],
      group: group.each && count > 1 ? `${group.id} #${count}` : group.id,
    });
  }
  text += body.slice(from);
  if (/[⟦⟧]/.test(text)) throw new Error(`${name}: a mark that is none.`);

  const usedWith = Object.values(head.groups).flatMap((group) =>
    group.with.flatMap((key) => {
      const other = head.groups[key]?.id ?? '';
      return [[group.id, other] as const, [other, group.id] as const];
    }),
  );
  const options = { ...head.options, files };
  return { path: head.path ?? name, text, options, prompts, images, usedWith, filled: head.filled };
}
