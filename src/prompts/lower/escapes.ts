import type { Spoken } from './spoken';

/**
 * What an escape stands for. `value` null: it is none, the backslash is itself.
 */
export interface Escape {
  readonly value: string | null;
  /** Of the whole escape, in code units, with its backslash. */
  readonly length: number;
}

const single: Readonly<Record<string, string>> = {
  b: '\b',
  t: '\t',
  n: '\n',
  f: '\f',
  r: '\r',
};

/** `\` and one character, of JSON, TOML and JavaScript. */
export function singleEscape(character: string): string | undefined {
  return single[character];
}

/**
 * `\` and a letter and that many hexadecimal digits, as a character. None where the digits are missing or name no
 * character.
 */
export function hexEscape(source: string, at: number, digits: number, end: number): Escape {
  const from = at + 2;
  const hex = source.slice(from, Math.min(from + digits, end));
  const point = /^[0-9a-fA-F]+$/.test(hex) && hex.length === digits ? Number.parseInt(hex, 16) : null;
  if (point === null || point > 0x10ffff) return { value: null, length: 1 };
  return { value: String.fromCodePoint(point), length: 2 + digits };
}

/** Reads the content of a literal: what stands between escapes is itself. */
export function decodeEscapes(
  source: string,
  start: number,
  end: number,
  into: Spoken,
  escapeAt: (at: number) => Escape,
): void {
  let from = start;
  for (;;) {
    const at = source.indexOf('\\', from);
    if (at === -1 || at >= end) break;
    into.copy(from, at);
    const { value, length } = escapeAt(at);
    const next = Math.min(at + length, end);
    if (value === null) into.copy(at, next);
    else into.say(value, at);
    from = next;
  }
  into.copy(from, end);
}
