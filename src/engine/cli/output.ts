import type { ImageOutcome } from '../../shared/analysis';
import { ClipsightError, type ErrorInfo, errorLine } from '../../shared/errors';

/** What a command leaves behind. */
export interface Output {
  readonly stdout: string;
  /** At most one line. */
  readonly stderr: string;
  /** 1 and 2 are what README.md says of the command; 130 is what shells give for Ctrl-C. */
  readonly exitCode: 0 | 1 | 2 | 130;
}

export function lineOf(thrown: unknown): string {
  if (thrown instanceof ClipsightError) return errorLine(thrown);
  return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Notes in a line, for where they are not part of the result. */
export function noteLine(notes: readonly string[]): string {
  return notes.map((note) => `Note: ${note}`).join(' ');
}

/** What goes to standard error beside JSON: the notes, which are no part of it, and what failed. */
export function besideJson(notes: readonly string[], failure: string | null): string {
  return [...(notes.length === 0 ? [] : [noteLine(notes)]), ...(failure === null ? [] : [failure])].join(' ');
}

/** What people read, with its notes below. */
export function withNotes(text: string, notes: readonly string[]): string {
  return `${[text, ...notes.map((note) => `Note: ${note}`)].join('\n\n')}\n`;
}

/** Why there is nothing of some images, or null where there is of all. */
export function failureLine(images: readonly ImageOutcome[]): string | null {
  return errorsLine(images.map((outcome) => (outcome.kind === 'failure' ? outcome.error : null)));
}

/** As `failureLine`, of one error per image, or null where there is none. */
export function errorsLine(images: readonly (ErrorInfo | null)[]): string | null {
  const errors = images.filter((error) => error !== null);
  const [first] = errors;
  if (first === undefined) return null;
  return errors.length === 1
    ? errorLine(first)
    : `${errorLine(first)} (${errors.length} of ${images.length} images failed.)`;
}
