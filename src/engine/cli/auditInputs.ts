import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import * as path from 'node:path';
import { defaultNuisances } from '../../shared/audit';
import { type AuditPromptEntry, parseAuditPromptFile } from '../../shared/auditPromptFile';
import type { AuditPrompt } from '../../shared/auditSubjects';
import { parseConceptFile } from '../../shared/conceptFile';
import { parseDecisionFile } from '../../shared/decisionFile';
import type { Decision } from '../../shared/decisions';
import { ClipsightError } from '../../shared/errors';
import { type ExpectedConcepts, expectedOf } from '../../shared/expectedConcepts';
import type { AuditCommand } from './auditArguments';
import { textsIn } from './promptFiles';

/** What files say that an audit is asked with. */
export interface AuditInputs {
  readonly prompts: readonly AuditPrompt[];
  /** Texts that components are named by, beside the prompts. */
  readonly concepts: readonly string[];
  readonly expected: ExpectedConcepts;
  readonly nuisances: readonly string[];
  readonly decisions: readonly Decision[];
}

/** Throws ClipsightError `prompt` or `configuration` that names the file. */
export async function auditInputs(command: AuditCommand, library: string): Promise<AuditInputs> {
  const concepts = await Promise.all(command.concepts.map((file) => parsed(file, parseConceptFile)));
  const expected: Record<string, readonly string[]> = {};
  for (const [of, texts] of concepts.flatMap((one) => Object.entries(one.expected))) {
    expected[of] = [...(expected[of] ?? []), ...texts];
  }
  const { prompts, promptsFile, templates, nuisances } = command;
  const entries = promptsFile === null ? [] : await parsed(promptsFile, parseAuditPromptFile);
  if (promptsFile !== null && entries.length === 0) {
    throw new ClipsightError('prompt', `${promptsFile} has no prompts.`, 'Write one prompt per line.');
  }
  const folder = path.dirname(path.resolve(promptsFile ?? ''));
  const all = [...prompts.map((prompt): AuditPromptEntry => ({ prompt })), ...entries];
  return {
    prompts: unique(all).map((entry) => withExpected(promptOfEntry(entry, templates, folder), expected)),
    concepts: [...new Set(concepts.flatMap(({ texts }) => texts))],
    expected,
    nuisances: nuisances === null ? defaultNuisances : await textsIn(nuisances),
    decisions: await decisionsIn(command.decisions, library),
  };
}

/** A prompt that is given twice would be held against itself. */
function unique(entries: readonly AuditPromptEntry[]): readonly AuditPromptEntry[] {
  const known = new Map<string, AuditPromptEntry>();
  for (const entry of entries) {
    const name = JSON.stringify([entry.prompt, entry.templates ?? null]);
    known.set(name, { ...known.get(name), ...entry });
  }
  return [...known.values()];
}

function promptOfEntry(
  { prompt, folders, images, expected, templates: own }: AuditPromptEntry,
  common: readonly string[],
  folder: string,
): AuditPrompt {
  const texts = (own ?? common).map((template) => template.replaceAll('{}', () => prompt));
  const [only] = texts;
  const says =
    texts.length <= 1
      ? { text: only ?? prompt }
      : { text: prompt, direction: { kind: 'ensemble', name: prompt, texts } as const };
  return {
    ...says,
    name: prompt,
    names: prompt,
    ...(folders === undefined ? {} : { folders }),
    ...(images === undefined ? {} : { files: images.map((image) => path.resolve(folder, image)) }),
    expected: expected ?? [],
  };
}

/** With what files of concepts declare for it. */
export function withExpected(prompt: AuditPrompt, declared: ExpectedConcepts): AuditPrompt {
  const { text, name = text, expected = [] } = prompt;
  return { ...prompt, expected: [...new Set([...expected, ...expectedOf(declared, { name, text })])] };
}

/** Where decisions about findings in a library are kept: beside it. */
export function decisionsFile(library: string): string {
  return path.join(path.dirname(library), 'decisions.json');
}

/** What paths in reports, and of probes in decisions, are relative to: the folder that has the library in its `.clipsight`. */
export function baseOf(library: string): string {
  const folder = path.dirname(library);
  return path.basename(folder) === '.clipsight' ? path.dirname(folder) : folder;
}

async function decisionsIn(named: string | null, library: string): Promise<readonly Decision[]> {
  const file = named ?? decisionsFile(library);
  if (named === null && !existsSync(file)) return [];
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (thrown) {
    const reason = isMissing(thrown) ? 'There is no' : 'One cannot read the';
    throw new ClipsightError(
      'configuration',
      `${reason} file of decisions ${file}.`,
      'Name one with --decisions, or leave it out.',
    );
  }
  return parseDecisionFile(content, file);
}

async function parsed<Result>(file: string, parse: (content: string) => Result): Promise<Result> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (thrown) {
    const reason = isMissing(thrown) ? 'no such file' : 'it cannot be read';
    throw new ClipsightError('prompt', `${file}: ${reason}.`, 'Give the path of a text file.');
  }
  try {
    return parse(content);
  } catch (thrown) {
    if (!(thrown instanceof ClipsightError)) throw thrown;
    throw new ClipsightError(thrown.code, `${file}: ${thrown.message}`, thrown.remedy);
  }
}

function isMissing(thrown: unknown): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT';
}
