/**
 * The first key that occurs twice in one object of a JSON text, or undefined. JSON.parse keeps the last of
 * them silently. `text` must be valid JSON; it is walked once, without recursion.
 */
export function duplicateKey(text: string): string | undefined {
  // One entry per open bracket: the keys seen in an object, null in an array.
  const open: (Set<string> | null)[] = [];
  let i = 0;
  while (i < text.length) {
    switch (text[i]) {
      case '{':
        open.push(new Set());
        break;
      case '[':
        open.push(null);
        break;
      case '}':
      case ']':
        open.pop();
        break;
      case '"': {
        const end = stringEnd(text, i);
        const keys = open.at(-1);
        if (keys && isKey(text, end)) {
          const key: string = JSON.parse(text.slice(i, end));
          if (keys.has(key)) {
            return key;
          }
          keys.add(key);
        }
        i = end;
        continue;
      }
    }
    i++;
  }
  return undefined;
}

/** Where the string that starts at the quote `start` ends, exclusive. */
function stringEnd(text: string, start: number): number {
  let i = start + 1;
  while (text[i] !== '"') {
    i += text[i] === '\\' ? 2 : 1;
  }
  return i + 1;
}

function isKey(text: string, stringEnd: number): boolean {
  let i = stringEnd;
  while (text[i] === ' ' || text[i] === '\t' || text[i] === '\n' || text[i] === '\r') {
    i++;
  }
  return text[i] === ':';
}
