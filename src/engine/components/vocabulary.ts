import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { ClipsightError } from '../../shared/errors';
import type { Vocabulary } from '../../shared/library';

/**
 * Texts that components may be named by, each once. The person's and the bundled ones are apart: the few change with
 * every prompt, the many never.
 */
export interface TextList {
  readonly entries: readonly VocabularyEntry[];
  /** Names the list. */
  readonly hash: string;
}

export interface VocabularyEntry {
  /** What a component is called. */
  readonly text: string;
  /** What the judge reads. */
  readonly phrase: string;
}

/** Throws ClipsightError `configuration` where nouns are asked for and there are none. */
export async function textLists(
  { texts, nouns }: Vocabulary,
  nounsFile: string,
): Promise<readonly TextList[]> {
  return [
    textList(texts, (text) => text),
    ...(nouns ? [textList((await readNouns(nounsFile)).split(/\r?\n/), photoOf)] : []),
  ];
}

function textList(all: readonly string[], phraseOf: (text: string) => string): TextList {
  const texts = [...new Set(all.map((text) => text.trim()))].filter((text) => text !== '');
  const entries = texts.map((text) => ({ text, phrase: phraseOf(text) }));
  return { entries, hash: createHash('sha256').update(JSON.stringify(entries)).digest('hex') };
}

/**
 * A bare noun is to CLIP the word as much as the thing: it was trained on captions. (Of the demo's 187 nouns, 117 name a
 * latent that shows them when read so, 93 when read bare; docs/method.md.) What a person wrote is read as written.
 */
function photoOf(noun: string): string {
  return `a photo of ${/^(?:[aeio]|u(?!ni|ku|ra|te)|hour|heir)/.test(noun) ? 'an' : 'a'} ${noun}`;
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
