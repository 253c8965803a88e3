import * as z from 'zod';
import { ClipsightError } from './errors';
import { parsePromptFile } from './promptFile';

const text = z.string().trim().min(1);

const PromptEntry = z.strictObject({
  prompt: text.max(10_000),
  /** Class folders of the library that its images are in. */
  folders: z.array(text).min(1).optional(),
  /** Its images, relative to the file. */
  images: z.array(text).min(1).optional(),
  /** Concepts that it may rely on. */
  expected: z.array(text.max(1000)).optional(),
  /** What it is filled into, with {} for the prompt; several are averaged. */
  templates: z
    .array(text.refine((template) => template.includes('{}'), 'has no {} for the prompt'))
    .min(1)
    .optional(),
});

/** A prompt of a file, with what the file says of it. */
export type AuditPromptEntry = z.infer<typeof PromptEntry>;

/**
 * The prompts of a file: a JSON array whose entries are strings, or objects that say more of a prompt; or one per line, as
 * `parsePromptFile` reads them.
 *
 * @throws ClipsightError 'prompt'
 */
export function parseAuditPromptFile(content: string): AuditPromptEntry[] {
  const entries = objectsOf(content);
  if (entries === null) return parsePromptFile(content).map((prompt) => ({ prompt }));
  return entries.flatMap((entry, i) => {
    if (typeof entry === 'string') return entry.trim() === '' ? [] : [{ prompt: entry.trim() }];
    const parsed = PromptEntry.safeParse(entry);
    if (parsed.success) return [parsed.data];
    const [issue] = parsed.error.issues;
    const at = issue === undefined || issue.path.length === 0 ? '' : ` (${issue.path.join('.')})`;
    throw new ClipsightError(
      'prompt',
      `The list of prompts cannot be read: its entry ${i + 1}${at} is not as it should be: ${issue?.message}.`,
      'Write strings, or objects with "prompt" and, where wanted, "folders", "images", "expected" and "templates".',
    );
  });
}

/** Null of all that is no array with objects in it: that is what files of prompts are everywhere. */
function objectsOf(content: string): readonly unknown[] | null {
  const trimmed = content.replace(/^\uFEFF/, '').trim();
  if (!trimmed.startsWith('[')) return null;
  let value: unknown;
  try {
    value = JSON.parse(trimmed);
  } catch {
    return null;
  }
  const isPlain = !Array.isArray(value) || value.every((entry) => typeof entry === 'string');
  return isPlain ? null : (value as readonly unknown[]);
}
