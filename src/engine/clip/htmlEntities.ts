/** The names that HTML reads without a semicolon, too: those of Latin-1 in order from U+00A0, and five of ASCII. */
const latin1 =
  'nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro ' +
  'para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil ' +
  'Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave ' +
  'Uacute Ucirc Uuml Yacute THORN szlig agrave aacute acirc atilde auml aring aelig ccedil egrave eacute ecirc euml ' +
  'igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute ' +
  'thorn yuml';
const names: ReadonlyMap<string, string> = new Map([
  ...latin1.split(' ').map((name, i) => [name, String.fromCodePoint(0xa0 + i)] as const),
  ['amp', '&'],
  ['AMP', '&'],
  ['lt', '<'],
  ['LT', '<'],
  ['gt', '>'],
  ['GT', '>'],
  ['quot', '"'],
  ['QUOT', '"'],
  ['COPY', '©'],
  ['REG', '®'],
]);
const alone = new Map([...names, ['apos', "'"]]);

/** Where HTML takes a code of the C1 controls for one of Windows-1252. */
const windows1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ';

/** An entity that is none of those known here, and may be one of the 2 000 others that HTML has. */
export class UnknownEntity extends Error {
  constructor(readonly entity: string) {
    super(`the entity ${entity} is not known`);
  }
}

/**
 * What Python's `html.unescape` makes of a text. Numbers and the names of HTML 4's Latin-1 are read as it reads them;
 * @throws UnknownEntity for any other name between `&` and `;`, rather than leave it as it is.
 */
export function unescapeHtml(text: string): string {
  return text.replace(
    /&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|[^\t\n\f <&#;]{1,32};?)/gu,
    (whole, reference: string) => (reference.startsWith('#') ? numbered(reference) : named(reference, whole)),
  );
}

/** The part of that which ftfy does first, where a text has no `<`: only what ends with a semicolon. */
export function unescapeTerminated(text: string): string {
  return text.replace(/&(#?[0-9A-Za-z]{1,24};)/g, (whole, reference: string) => {
    if (!reference.startsWith('#')) return named(reference, whole);
    return /^#([0-9]+|[xX][0-9a-fA-F]+);$/.test(reference) ? numbered(reference) : whole;
  });
}

function named(reference: string, whole: string): string {
  if (reference.endsWith(';')) {
    const known = alone.get(reference.slice(0, -1));
    if (known !== undefined) return known;
    if (/^[A-Za-z][A-Za-z0-9]+;$/.test(reference)) throw new UnknownEntity(whole);
  }
  for (let length = reference.length; length > 1; length--) {
    const known = names.get(reference.slice(0, length));
    if (known !== undefined) return known + reference.slice(length);
  }
  return whole;
}

function numbered(reference: string): string {
  const digits = reference.slice(1).replace(';', '');
  const code = /^[xX]/.test(digits) ? Number.parseInt(digits.slice(1), 16) : Number.parseInt(digits, 10);
  if (code === 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return '\ufffd';
  if (code === 0x0d) return '\r';
  if (code >= 0x80 && code <= 0x9f) return windows1252[code - 0x80] ?? '';
  return isNoCharacter(code) ? '' : String.fromCodePoint(code);
}

function isNoCharacter(code: number): boolean {
  const control = (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0c) || code === 0x7f;
  return control || (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) === 0xfffe;
}
