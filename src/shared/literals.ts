import type { Literal } from './foundPrompts';
import { interpolations, withInterpolations } from './interpolations';

/**
 * What to write in place of a prompt's content (from `start` to `end`), so that the file says another text there and
 * nothing else changes. Interpolations are in the text as they are written, and have to stay as they are.
 *
 * @param literal how the prompt is written down
 * @param content what stands there now
 * @param text what it is to say, as `FoundPrompt.text` says it
 * @returns null where that text cannot be written so
 */
export function writeLiteral(literal: Literal, content: string, text: string): string | null {
  if (!literal.embedded) return written(literal, content, text);
  const code = jsonContent(content);
  const inCode = code === null ? null : written(literal, code, text);
  return inCode === null ? null : jsonEscaped(inCode);
}

function written(literal: Literal, content: string, text: string): string | null {
  switch (literal.syntax) {
    case 'python':
      return interpolated(literal, content, text, (part) => python(part, literal));
    case 'javascript':
      return interpolated(literal, content, text, (part) => javascript(part, literal));
    case 'json':
      return jsonEscaped(text);
    case 'yaml':
      return yaml(literal.quote, content, text);
    case 'toml':
      return toml(literal.quote, text);
    case 'csv':
      return csv(literal.quote, text);
    case 'text':
      return isLine(text) && !/^[#[]/.test(text) ? text : null;
    case 'markdown':
      return markdown(literal.quote, text);
  }
}

function interpolated(
  { syntax, interpolated: isTemplate }: Literal,
  content: string,
  text: string,
  write: (part: string) => string | null,
): string | null {
  if (!isTemplate) return write(text);
  const opening = syntax === 'python' ? '{' : '${';
  return withInterpolations(interpolations(content, opening), text, opening, write);
}

function python(text: string, { quote, raw, interpolated: isTemplate }: Literal): string | null {
  const braced = isTemplate ? text.replace(/[{}]/g, '$&$&') : text;
  if (raw) {
    const isSayable =
      !controls.test(braced) &&
      !loneSurrogates.test(braced) &&
      !braced.includes(quote.charAt(0)) &&
      !/\\$/.test(braced);
    return isSayable ? braced : null;
  }
  return escaped(braced, quote);
}

function javascript(text: string, { quote, raw }: Literal): string | null {
  if (quote === '') return /^[A-Za-z_$][\w$]*$/.test(text) ? text : `"${escaped(text, '"')}"`;
  if (raw) {
    const isSayable = !controls.test(text) && !loneSurrogates.test(text) && !/`|\$\{|[\\$]$/.test(text);
    return isSayable ? text : null;
  }
  const said = escaped(text, quote);
  // A `$` at the end may stand before a brace that is an interpolation's.
  return quote === '`' ? said.replace(/\$(?=\{|$)/g, '\\$') : said;
}

function yaml(quote: string, content: string, text: string): string | null {
  switch (quote) {
    case '"':
      return yamlEscaped(text);
    case "'":
      return yamlUnprintable.test(text) || loneSurrogates.test(text) ? null : text.replaceAll("'", "''");
    default:
      return isPlainScalar(text, content) ? text : `"${yamlEscaped(text)}"`;
  }
}

/** Only what is one in any place: where the old one has brackets or commas it stands in no flow collection. */
function isPlainScalar(text: string, old: string): boolean {
  const isInBlock = /[,[\]{}]/.test(old);
  const characters = isInBlock
    ? /^\p{L}[\p{L}\p{M}\p{N} _.'’!?()/+,[\]{}-]*$/u
    : /^\p{L}[\p{L}\p{M}\p{N} _.'’!?()/+-]*$/u;
  return (
    characters.test(text) && !text.endsWith(' ') && !/^(?:null|true|false|yes|no|on|off|y|n)$/i.test(text)
  );
}

function yamlEscaped(text: string): string {
  return jsonEscaped(text).replace(yamlUnprintables, unicodeEscape);
}

function toml(quote: string, text: string): string | null {
  if (loneSurrogates.test(text)) return null;
  switch (quote) {
    case "'":
    case "'''":
      return controls.test(text.replaceAll('\t', ' ')) || text.includes("'") ? null : text;
    case '':
      return /^[A-Za-z0-9_-]+$/.test(text) ? text : `"${tomlEscaped(text)}"`;
    default:
      return tomlEscaped(text);
  }
}

function tomlEscaped(text: string): string {
  return jsonEscaped(text).replaceAll('\x7F', unicodeEscape);
}

function csv(quote: string, text: string): string | null {
  if (loneSurrogates.test(text) || text.trim() === '') return null;
  const doubled = text.replaceAll('"', '""');
  if (quote === '"') return doubled;
  return /[",;\t\r\n\uFEFF]/.test(text) || text !== text.trim() ? `"${doubled}"` : text;
}

function markdown(quote: string, text: string): string | null {
  if (!isLine(text) || text.includes('\0')) return null;
  if (quote === '|') {
    // A backslash would be read together with the bar after it.
    return text.includes('\\') || startsInline.test(text) ? null : text.replaceAll('|', '\\|');
  }
  // Nothing that begins another kind of block, or could: what begins with a letter is a paragraph.
  return /^\p{L}/u.test(text) && !/^\p{L}+[.)](?:\s|$)/u.test(text) && !startsInline.test(text) ? text : null;
}

/** Begins what may reach over the end of the line. */
const startsInline = /<|\\$/;

function isLine(text: string): boolean {
  return text !== '' && text === text.trim() && !/[\r\n]/.test(text) && !loneSurrogates.test(text);
}

/** For what is between quotes in Python and JavaScript, on one line. */
function escaped(text: string, quote: string): string {
  const mark = quote.charAt(0);
  const isTriple = quote.length === 3;
  return text
    .replaceAll('\\', '\\\\')
    .replace(
      isTriple ? new RegExp(`${mark}(?=${mark}{2}|$)|(?<=${mark})${mark}`, 'g') : new RegExp(mark, 'g'),
      `\\${mark}`,
    )
    .replace(controlsOrSurrogates, (unit) => named[unit] ?? hexEscape(unit));
}

const named: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function hexEscape(unit: string): string {
  const code = unit.charCodeAt(0);
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : unicodeEscape(unit);
}

function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function jsonEscaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** What a JSON string's content says; null where it is more than one string, as lines of a notebook are. */
function jsonContent(content: string): string | null {
  try {
    const value: unknown = JSON.parse(`"${content}"`);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

const loneSurrogate = '[\\uD800-\\uDBFF](?![\\uDC00-\\uDFFF])|(?<![\\uD800-\\uDBFF])[\\uDC00-\\uDFFF]';
const loneSurrogates = new RegExp(loneSurrogate);
const control = '[\\x00-\\x1F\\x7F\\u2028\\u2029]';
const controls = new RegExp(control);
const controlsOrSurrogates = new RegExp(`${control}|${loneSurrogate}`, 'g');
const unprintable = '[\\x00-\\x1F\\x7F-\\x9F\\u2028\\u2029\\uFEFF\\uFFFE\\uFFFF]';
const yamlUnprintable = new RegExp(unprintable);
const yamlUnprintables = new RegExp(unprintable, 'g');
