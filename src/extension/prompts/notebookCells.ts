/**
 * A notebook's code without what is no code of its language: cells for another program (`%%html`) are blank, lines that
 * begin with `%` or `!` too. Offsets stay.
 */
export function withoutMagics(text: string): string {
  if (/^\s*(%%|!)/.test(text)) return text.replace(/[^\r\n]/g, ' ');
  return text.replace(/^[ \t]*[%!].*$/gm, (line) => ' '.repeat(line.length));
}
