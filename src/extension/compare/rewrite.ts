import { ClipsightError } from '../../shared/errors';
import type { FoundPrompt, FoundPrompts } from '../../shared/foundPrompts';
import { writeLiteral } from '../../shared/literals';
import type { GroupNow } from './groupNow';
import { placesNow } from './placesNow';

/** A replacement of source text, in UTF-16 code units. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  /** What stands there, and what is to stand there: source text, with its escapes. */
  readonly before: string;
  readonly after: string;
}

/** A prompt that is to say something else. */
export interface Rewording {
  /** Of the file, for people. */
  readonly file: string;
  readonly group: string;
  /** In the group, from 0. */
  readonly index: number;
  /** What it said when the person decided. */
  readonly before: string;
  readonly after: string;
}

/** A prompt by its group and its number in it. */
export function promptAt(
  { prompts }: FoundPrompts,
  { group, index }: Pick<Rewording, 'group' | 'index'>,
): FoundPrompt | null {
  return prompts.filter((prompt) => prompt.group === group)[index] ?? null;
}

/**
 * How a rewording is written into the file as it now is.
 *
 * @param source the text of the file that `found` was found in
 * @throws ClipsightError 'prompt' where the file says something else there by now, or the text cannot be written there
 */
export function planRewrite(rewording: Rewording, found: FoundPrompts, source: string): Replacement {
  const { file, before, after } = rewording;
  const prompt = promptAt(found, rewording);
  if (prompt === null) {
    throw new ClipsightError(
      'prompt',
      `“${before}” is not found in ${file} any more: nothing was written.`,
      'Open the file, or compare its prompts again.',
    );
  }
  if (prompt.text !== before) {
    throw new ClipsightError(
      'prompt',
      `${file} has changed meanwhile: it now says “${prompt.text}” there. Nothing was written.`,
      'Reword what it says now, if that is still meant.',
    );
  }
  if (prompt.literal === null) {
    throw new ClipsightError(
      'prompt',
      `No other text can be written in the place of “${before}” in ${file}: it is put together from several strings, or cut out of a longer one.`,
      'Open it in the editor.',
    );
  }
  const { start, end } = prompt;
  const content = source.slice(start, end);
  const written = writeLiteral(prompt.literal, content, after);
  if (written === null) {
    throw new ClipsightError(
      'prompt',
      `“${after}” cannot be written as the kind of string that stands in ${file}.`,
      'Open it in the editor, and change how it is quoted.',
    );
  }
  return { start, end, before: content, after: withLineEnds(written, source) };
}

/** The editor ends all lines of a document alike, also those that are put in. */
function withLineEnds(text: string, source: string): string {
  return text.replace(/\r?\n/g, source.includes('\r\n') ? '\r\n' : '\n');
}

/** A replacement that was made, and the prompt that it was made of. */
export interface Written {
  readonly rewording: Rewording;
  readonly replacement: Replacement;
}

/** A write where its group says something else now, or has another name. A prompt that is gone has the number −1. */
export function followWritten<Kept extends Written>(written: Kept, before: GroupNow, now: GroupNow): Kept {
  const { rewording } = written;
  if (rewording.group !== before.group) return written;
  const texts = ({ prompts }: GroupNow) => prompts.map(({ text }) => text);
  const index = placesNow(texts(before), texts(now))[rewording.index] ?? -1;
  return { ...written, rewording: { ...rewording, group: now.group, index } };
}

/**
 * How a write is taken back in the file as it now is: at the prompt's present place, or where it was written if it is no
 * prompt any more.
 *
 * @throws ClipsightError 'prompt' where what was written does not stand there any more
 */
export function planUndo(
  { rewording, replacement }: Written,
  found: FoundPrompts,
  source: string,
): Replacement {
  const { before, after } = replacement;
  const prompt = promptAt(found, rewording);
  const start = prompt?.start ?? replacement.start;
  const end = prompt?.end ?? start + after.length;
  if (source.slice(start, end) !== after) {
    throw new ClipsightError(
      'prompt',
      `${rewording.file} no longer says what was written there (“${rewording.after}”): it was left as it is.`,
    );
  }
  return { start, end, before: after, after: before };
}

/** @throws ClipsightError 'prompt' where what was written is read as something else, or as no prompt at all */
export function demandRead({ file, after, ...place }: Rewording, found: FoundPrompts): void {
  const read = promptAt(found, place);
  if (read?.text.replaceAll('\r\n', '\n') === after.replaceAll('\r\n', '\n')) return;
  throw new ClipsightError(
    'prompt',
    read === null
      ? `Written in ${file}, “${after}” would be no prompt there any more: it was taken back.`
      : `Written in ${file}, “${after}” would be read as “${read.text}”: it was taken back.`,
    'Open it in the editor.',
  );
}
