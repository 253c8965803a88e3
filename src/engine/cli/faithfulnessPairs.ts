import { stat } from 'node:fs/promises';
import * as path from 'node:path';
import { ClipsightError } from '../../shared/errors';
import type { FaithfulnessRequest } from '../../shared/measurement';
import { picturesIn } from '../image/picturesIn';

/**
 * Files as they are given, and the pictures in folders; each once, however it is called: twice the same image would pass
 * for two in the intervals. Throws ClipsightError `image` where a folder has none.
 */
export async function imageFiles(given: readonly string[]): Promise<readonly string[]> {
  const files: string[] = [];
  for (const one of given) {
    const isFolder = (await stat(one).catch(() => null))?.isDirectory() ?? false;
    const found = isFolder ? await picturesIn(one) : [one];
    if (found.length === 0) {
      throw new ClipsightError('image', `${one} has no images.`, 'Give images, or folders with images.');
    }
    files.push(...found);
  }
  const byPath = new Map<string, string>();
  for (const file of files) {
    const whole = path.resolve(file);
    if (!byPath.has(whole)) byPath.set(whole, file);
  }
  return [...byPath.values()];
}

/** Every image against every prompt, and against the template with its folder's name in it. */
export function pairsOf(
  files: readonly string[],
  prompts: readonly string[],
  classPrompt: string | null,
): Pick<FaithfulnessRequest, 'images' | 'directions' | 'pairs'> {
  const texts = [...new Set(prompts)];
  const ofClass = files.map((file) => (classPrompt === null ? null : classPromptOf(file, classPrompt)));
  const all = [...new Set([...texts, ...ofClass.filter((text) => text !== null)])];
  const indices = new Map(all.map((text, i) => [text, i]));
  return {
    images: files.map((file) => ({ kind: 'file', path: path.resolve(file) })),
    directions: all.map((text) => ({ kind: 'prompt', text })),
    pairs: files.flatMap((_, image) => {
      const own = ofClass[image] ?? null;
      const asked = new Set([...texts, ...(own === null ? [] : [own])]);
      return [...asked].map((text) => ({ image, direction: indices.get(text)! }));
    }),
  };
}

/** The template with the name of the folder that holds the file; underscores are spaces. */
function classPromptOf(file: string, template: string): string {
  const name = path.basename(path.dirname(path.resolve(file))).replaceAll('_', ' ');
  return template.replaceAll('{}', name);
}
