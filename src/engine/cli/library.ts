import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { ClipsightError } from '../../shared/errors';
import type { Grounds, LibraryAccess, LibraryRequest, Vocabulary } from '../../shared/library';
import { bundledJudge } from './bundled';
import type { LibraryChoice } from './libraryArguments';
import { textsIn } from './promptFiles';
import { sourceOf } from './source';
import { studyOf } from './study';

/** Absolute. */
export function libraryFile(library: string | null): string {
  return path.resolve(library ?? '.clipsight/library.duckdb');
}

/** One that is there. Throws ClipsightError `library`. */
export function presentLibrary(library: string | null): string {
  const file = libraryFile(library);
  if (existsSync(file)) return file;
  throw new ClipsightError(
    'library',
    `There is no library at ${file}.`,
    'Make one with clipsight index <folder>, or name another one with --library <file>.',
  );
}

export function libraryRequest(choice: LibraryChoice, library: string): LibraryRequest {
  return { library, study: studyOf(choice), judge: judgeOf(choice) };
}

/** The bundled judge has seen what the bundled model has, and no other. */
function judgeOf({ judge, model }: LibraryChoice): string | null {
  if (judge === null) return model === null ? bundledJudge : null;
  return judge === 'self' ? null : sourceOf(judge);
}

/** What the engine takes of texts. */
const longest = 1000;
const mostTexts = 50_000;

/** Throws ClipsightError `prompt` where a file cannot be read, or has more than the engine takes. */
export async function vocabularyOf(
  { concepts, nouns }: { readonly concepts: readonly string[]; readonly nouns: boolean },
  prompts: readonly string[],
): Promise<Vocabulary> {
  const files = await Promise.all(concepts.map(textsIn));
  const texts = [...new Set([...prompts, ...files.flat()])];
  const long = texts.find((text) => text.length > longest);
  if (long !== undefined) {
    throw new ClipsightError(
      'prompt',
      `“${long.slice(0, 40)}…” has ${long.length} characters: more than ${longest}.`,
      'Name components by shorter texts.',
    );
  }
  if (texts.length > mostTexts) {
    throw new ClipsightError(
      'prompt',
      `${texts.length} texts are too many to name components by.`,
      `Give at most ${mostTexts}.`,
    );
  }
  return { texts, nouns };
}

/** Throws ClipsightError `library` where nothing in it is about what is asked. */
export function demandImages({ images, access }: Pick<Grounds, 'images' | 'access'>, library: string): void {
  if (images > 0) return;
  if (access.kind === 'snapshot' && access.taken === null) {
    throw new ClipsightError(
      'library',
      `${library} is being written by ${ownerName(access)}, which has left no snapshot of it yet.`,
      'Try again later.',
    );
  }
  throw new ClipsightError(
    'library',
    `${library} has no images indexed for this model and dictionary.`,
    'Name those that it was made with (--model, --dictionary, --layer, --tokens), or run clipsight index with these.',
  );
}

/** What a person should know before believing the numbers. */
export function groundNotes({ access, notes }: Grounds): string[] {
  return [
    ...(access.kind === 'snapshot'
      ? [`${ownerName(access)} is writing the library: this is its snapshot of ${access.taken}.`]
      : []),
    ...notes,
  ];
}

function ownerName({ pid }: Extract<LibraryAccess, { kind: 'snapshot' }>): string {
  return pid === null ? 'another process' : `process ${pid}`;
}
