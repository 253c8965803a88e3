/** A text with the slots that it has when it is formatted. */
export interface Slotted {
  /** What stands around the slots, one more than there are: doubled braces or percent signs are single here. */
  readonly parts: readonly string[];
  /** What fills each slot: the number of an argument, or its name. */
  readonly keys: readonly (number | string)[];
  /** Whether slots are told apart by their place alone (`{}`, `%s`): each takes an argument of its own. */
  readonly automatic: boolean;
}

const brace = /\{\{|\}\}|\{([\p{L}_][\p{L}\p{N}_]*|\d+)?\}/gu;
const percent = /%%|%(?:\(([^()]+)\))?s/g;

/** The slots of `str.format`. */
export function braceSlots(text: string): Slotted {
  return slotted(text, brace, (match) => (match.startsWith('{{') ? '{' : match === '}}' ? '}' : null));
}

/** The slots of the operator `%`. */
export function percentSlots(text: string): Slotted {
  return slotted(text, percent, (match) => (match === '%%' ? '%' : null));
}

/** The slots that a text seems to be meant with. */
export function likelySlots(text: string): Slotted {
  const braces = braceSlots(text);
  return braces.keys.length > 0 ? braces : percentSlots(text);
}

export function hasSlot(text: string): boolean {
  return likelySlots(text).keys.length > 0;
}

function slotted(text: string, pattern: RegExp, escaped: (match: string) => string | null): Slotted {
  const parts: string[] = [];
  const keys: (number | string)[] = [];
  let automatic = false;
  let part = '';
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    part += text.slice(from, match.index);
    from = match.index + match[0].length;
    const literal = escaped(match[0]);
    if (literal !== null) {
      part += literal;
      continue;
    }
    parts.push(part);
    part = '';
    const [, key] = match;
    automatic ||= key === undefined;
    keys.push(key === undefined ? keys.length : /^\d+$/.test(key) ? Number(key) : key);
  }
  parts.push(part + text.slice(from));
  return { parts, keys, automatic };
}
