/**
 * The interpolations in the content of an f-string or template literal, as they are written, with their braces.
 *
 * @param opening `{` of Python, where `{{` is a brace and `\N{DASH}` a character; `${` of JavaScript, where a backslash makes it none
 */
export function interpolations(content: string, opening: '{' | '${'): readonly string[] {
  const found: string[] = [];
  let at = 0;
  while (at < content.length) {
    if (opening === '${' && content[at] === '\\') at += 2;
    else if (opening === '{' && content.startsWith('{{', at)) at += 2;
    else if (opening === '{' && content.startsWith('\\N{', at)) at = closingBrace(content, at + 3);
    else if (content.startsWith(opening, at)) {
      const end = closingBrace(content, at + opening.length);
      found.push(content.slice(at, end));
      at = end;
    } else at += 1;
  }
  return found;
}

/** Where the brace that is open at a place is closed, after it. Braces in strings are none. */
function closingBrace(content: string, from: number): number {
  let depth = 1;
  let quote: string | null = null;
  for (let at = from; at < content.length; at++) {
    const unit = content[at]!;
    if (quote !== null) {
      if (unit === '\\') at += 1;
      else if (unit === quote) quote = null;
    } else if (unit === '"' || unit === "'" || unit === '`') quote = unit;
    else if (unit === '{') depth += 1;
    else if (unit === '}' && --depth === 0) return at + 1;
  }
  return content.length;
}

/**
 * A text in which interpolations stay what they are, and what stands between is written by `write`. Null where one of
 * them is not in it, in its order, or where there seem to be others.
 */
export function withInterpolations(
  slots: readonly string[],
  text: string,
  opening: '{' | '${',
  write: (part: string) => string | null,
): string | null {
  let at = 0;
  let result = '';
  const add = (part: string): boolean => {
    if (slots.length > 0 && part.includes(opening)) return false;
    const said = write(part);
    if (said === null) return false;
    result += said;
    return true;
  };
  for (const slot of slots) {
    const found = text.indexOf(slot, at);
    if (found === -1 || !add(text.slice(at, found))) return null;
    result += slot;
    at = found + slot.length;
  }
  return add(text.slice(at)) ? result : null;
}
