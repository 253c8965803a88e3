import * as z from 'zod';
import { ClipsightError } from './errors';

const PromptArray = z.array(z.string());

/**
 * The prompts of a file, in its order, without surrounding white space. Either a JSON array of strings, or one
 * prompt per line where blank lines and lines that begin with `#` are skipped. A prompt that itself begins with
 * `#` or `[` therefore needs the JSON form.
 *
 * @throws ClipsightError 'prompt' when a text that begins with `[` is not a JSON array of strings.
 */
export function parsePromptFile(text: string): string[] {
  const content = text.replace(/^\uFEFF/, '').trim();
  const prompts = content.startsWith('[') ? parseArray(content) : parseLines(content);
  return prompts.map((prompt) => prompt.trim()).filter((prompt) => prompt !== '');
}

function parseLines(content: string): string[] {
  return content.split(/\r\n|\r|\n/).filter((line) => !line.trimStart().startsWith('#'));
}

function parseArray(content: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw badArray(`it begins with “[” but is not valid JSON: ${reason}`);
  }
  const parsed = PromptArray.safeParse(value);
  if (parsed.success) return parsed.data;
  const index = parsed.error.issues[0]?.path[0];
  throw badArray(
    index === undefined ? 'it is not an array' : `its entry ${Number(index) + 1} is not a string`,
  );
}

function badArray(reason: string): ClipsightError {
  return new ClipsightError(
    'prompt',
    `The list of prompts cannot be read: ${reason}.`,
    'Write one prompt per line, or a JSON array of strings.',
  );
}
