import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ClipsightError } from '../../shared/errors';
import type { Vocabulary } from '../../shared/library';

/**
 * Texts that components may be named by, each once. The person's and the bundled ones are apart: the few change with
 * every prompt, the many never.
 */
export interface TextList {
  readonly texts: readonly string[];
  /** Names the list. */
  readonly hash: string;
}

/** Throws ClipsightError `configuration` where nouns are asked for and there are none. */
export async function textLists(
  { texts, nouns }: Vocabulary,
  nounsFile: string,
): Promise<readonly TextList[]> {
  return [textList(texts), ...(nouns ? [textList((await readNouns(nounsFile)).split(/\r?\n/))] : [])];
}

function textList(all: readonly string[]): TextList {
  const texts = [...new Set(all.map((text) => text.trim()))].filter((text) => text !== '');
  return { texts, hash: createHash('sha256').update(JSON.stringify(texts)).digest('hex') };
}

async function readNouns(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new ClipsightError(
      'configuration',
      `The bundled nouns in ${file} cannot be read.`,
      'Install Clipsight again, or choose a vocabulary without them.',
      { cause },
    );
  }
}
