import type { FoundPrompts } from '../../../src/shared/foundPrompts';
import { fill } from '../../../src/shared/promptDirection';
import type { AnnotatedFile } from './annotations';

/** How many of the annotated there are among the found (recall), and the other way round (precision). */
export interface Count {
  readonly hits: number;
  readonly found: number;
  readonly annotated: number;
}

export interface Agreement {
  /** A hit has the same start, end, text and kind. */
  readonly prompts: Count;
  /** A hit consists of the same prompts, by where they stand. */
  readonly groups: Count;
  /** As groups, and of the same id. */
  readonly ids: Count;
  readonly images: Count;
  /** Pairs of groups. */
  readonly usedWith: Count;
  readonly filled: Count;
  /** What is missed, extra or wrong, in the order of the file. */
  readonly differences: readonly string[];
}

export function precision({ hits, found }: Count): number {
  return found === 0 ? 1 : hits / found;
}

export function recall({ hits, annotated }: Count): number {
  return annotated === 0 ? 1 : hits / annotated;
}

export function sum(counts: readonly Count[]): Count {
  const total = (key: keyof Count) => counts.reduce((all, count) => all + count[key], 0);
  return { hits: total('hits'), found: total('found'), annotated: total('annotated') };
}

interface Difference {
  readonly at: number;
  readonly line: string;
}

export function agreement(file: AnnotatedFile, found: FoundPrompts): Agreement {
  const differences: Difference[] = [];
  const differ = (at: number, line: string) => differences.push({ at, line: `${place(file, at)} ${line}` });

  const promptKey = (prompt: { start: number; end: number; text: string; kind: string }) =>
    JSON.stringify([prompt.start, prompt.end, prompt.text, prompt.kind]);
  const overlapping = (at: { start: number; end: number }) =>
    found.prompts.find(({ start, end }) => start < at.end && at.start < end);
  const wrong = new Set<string>();
  const prompts = count(file.prompts, found.prompts, promptKey, {
    missed: (prompt) => {
      const other = overlapping(prompt);
      if (other === undefined)
        return differ(prompt.start, `missed  ${prompt.kind} ${shown(prompt.text)} (${prompt.group})`);
      wrong.add(promptKey(other));
      const is = `${other.kind} ${shown(other.text)} ${other.start}–${other.end}`;
      differ(
        prompt.start,
        `wrong   ${is}, not ${prompt.kind} ${shown(prompt.text)} ${prompt.start}–${prompt.end}`,
      );
    },
    extra: (prompt) => {
      if (!wrong.has(promptKey(prompt)))
        differ(prompt.start, `extra   ${prompt.kind} ${shown(prompt.text)} (${prompt.group})`);
    },
  });

  const groups = count(parts(file.prompts), parts(found.prompts), ({ starts }) => starts, {
    missed: ({ id, at }) => differ(at, `group   ${id} has other prompts`),
    extra: () => {},
  });
  const ids = count(parts(file.prompts), parts(found.prompts), ({ id, starts }) => `${id} ${starts}`, {
    missed: ({ id, at }) => {
      const other = found.prompts.find(({ start }) => start === at)?.group;
      if (other !== undefined && other !== id) differ(at, `id      ${other}, not ${id}`);
    },
    extra: () => {},
  });

  const images = count(file.images, found.images, (image) => JSON.stringify(image), {
    missed: ({ start, path }) => differ(start, `missed  image ${path}`),
    extra: ({ start, path }) => differ(start, `extra   image ${path}`),
  });

  const pairs = found.groups.flatMap(({ id, usedWith }) => usedWith.map((other) => [id, other] as const));
  const startOf = (id: string) => file.prompts.find(({ group }) => group === id)?.start ?? 0;
  const usedWith = count(file.usedWith, pairs, (pair) => pair.join(' with '), {
    missed: ([id, other]) => differ(startOf(id), `missed  ${id} used with ${other}`),
    extra: ([id, other]) => differ(startOf(id), `extra   ${id} used with ${other}`),
  });

  const fills = file.filled.map(([text, name, expected]) => {
    const template = found.prompts.find(
      (prompt) => prompt.text === text && prompt.template !== null,
    )?.template;
    const said = template == null ? null : fill(template, name);
    if (said !== expected)
      differ(0, `filled  ${shown(text)} with ${name} is ${said}, not ${shown(expected)}`);
    return said === expected ? 1 : 0;
  });
  const filled = {
    hits: fills.reduce<number>((all, one) => all + one, 0),
    found: fills.length,
    annotated: fills.length,
  };

  const lines = differences.sort((a, b) => a.at - b.at).map(({ line }) => line);
  return { prompts, groups, ids, images, usedWith, filled, differences: lines };
}

function count<A, F>(
  annotated: readonly A[],
  found: readonly F[],
  key: (one: A | F) => string,
  say: { missed: (one: A) => void; extra: (one: F) => void },
): Count {
  const left = new Map<string, F[]>();
  for (const one of found) left.set(key(one), [...(left.get(key(one)) ?? []), one]);
  let hits = 0;
  for (const one of annotated) {
    if (left.get(key(one))?.pop() === undefined) say.missed(one);
    else hits++;
  }
  for (const rest of left.values()) for (const one of rest) say.extra(one);
  return { hits, found: found.length, annotated: annotated.length };
}

function parts(prompts: readonly { readonly group: string; readonly start: number }[]) {
  const groups = new Map<string, number[]>();
  for (const { group, start } of prompts) groups.set(group, [...(groups.get(group) ?? []), start]);
  return [...groups].map(([id, starts]) => ({
    id,
    starts: [...starts].sort((a, b) => a - b).join(),
    at: Math.min(...starts),
  }));
}

function place({ path, text }: AnnotatedFile, at: number): string {
  const before = text.slice(0, at).split('\n');
  return `${path}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`.padEnd(36);
}

function shown(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}…` : text);
}
