import * as z from 'zod';
import { ClipsightError } from './errors';
import type { ExpectedConcepts } from './expectedConcepts';
import { parsePromptFile } from './promptFile';

const Declared = z.record(z.string(), z.array(z.string().trim().min(1).max(1000)));

/** What a file of concepts says. */
export interface Concepts {
  /** Texts that components are named by. */
  readonly texts: readonly string[];
  /** Those that prompts may rely on. */
  readonly expected: ExpectedConcepts;
}

/**
 * A file of concepts. One per line, or a JSON array: components are named by them. A JSON object declares besides what
 * prompts may rely on, by prompt, with * for anything: `{"a photo of a wolf": ["fur"], "*": ["an animal"]}`.
 *
 * @throws ClipsightError 'prompt'
 */
export function parseConceptFile(content: string): Concepts {
  const trimmed = content.replace(/^\uFEFF/, '').trim();
  if (!trimmed.startsWith('{')) return { texts: parsePromptFile(content), expected: {} };
  const declared = Declared.safeParse(jsonOf(trimmed));
  if (!declared.success) {
    const [issue] = declared.error.issues;
    const at = issue === undefined || issue.path.length === 0 ? '' : ` at “${issue.path.join(' › ')}”`;
    throw wrong(`it is no object of lists of texts${at}: ${issue?.message}`);
  }
  return { texts: [...new Set(Object.values(declared.data).flat())], expected: declared.data };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw wrong(
      `it begins with “{” but is not valid JSON: ${thrown instanceof Error ? thrown.message : thrown}`,
    );
  }
}

function wrong(reason: string): ClipsightError {
  return new ClipsightError(
    'prompt',
    `The concepts cannot be read: ${reason}.`,
    'Write one concept per line, a JSON array of strings, or an object from prompts to the concepts that they may rely on.',
  );
}
