import { readFile } from 'node:fs/promises';
import { ClipsightError } from '../../shared/errors';
import { parsePromptFile } from '../../shared/promptFile';

/** The texts of a file, one per line or a JSON array. Throws ClipsightError `prompt` that names the file. */
export async function textsIn(file: string): Promise<string[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (thrown) {
    const reason =
      thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT'
        ? 'no such file'
        : 'it cannot be read';
    throw new ClipsightError(
      'prompt',
      `${file}: ${reason}.`,
      'Give the path of a file with one prompt per line.',
    );
  }
  try {
    return parsePromptFile(text);
  } catch (thrown) {
    if (!(thrown instanceof ClipsightError)) throw thrown;
    throw new ClipsightError(thrown.code, `${file}: ${thrown.message}`, thrown.remedy);
  }
}
