/** Letters that the names of Latin letters are made of: `LATIN SMALL LETTER E WITH ACUTE`. */
const marks: Readonly<Record<string, string>> = {
  GRAVE: '\u0300',
  ACUTE: '\u0301',
  CIRCUMFLEX: '\u0302',
  TILDE: '\u0303',
  MACRON: '\u0304',
  BREVE: '\u0306',
  'DOT ABOVE': '\u0307',
  DIAERESIS: '\u0308',
  'RING ABOVE': '\u030a',
  'DOUBLE ACUTE': '\u030b',
  CARON: '\u030c',
  'DOT BELOW': '\u0323',
  CEDILLA: '\u0327',
  OGONEK: '\u0328',
};

const others: Readonly<Record<string, string>> = {
  SPACE: ' ',
  'NO-BREAK SPACE': '\u00a0',
  'THIN SPACE': '\u2009',
  HYPHEN: '\u2010',
  'NON-BREAKING HYPHEN': '\u2011',
  'EN DASH': '\u2013',
  'EM DASH': '\u2014',
  'LEFT SINGLE QUOTATION MARK': '\u2018',
  'RIGHT SINGLE QUOTATION MARK': '\u2019',
  'LEFT DOUBLE QUOTATION MARK': '\u201c',
  'RIGHT DOUBLE QUOTATION MARK': '\u201d',
  'LEFT-POINTING DOUBLE ANGLE QUOTATION MARK': '\u00ab',
  'RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK': '\u00bb',
  BULLET: '\u2022',
  'MIDDLE DOT': '\u00b7',
  'HORIZONTAL ELLIPSIS': '\u2026',
  'DEGREE SIGN': '\u00b0',
  'MULTIPLICATION SIGN': '\u00d7',
  'EURO SIGN': '\u20ac',
  'POUND SIGN': '\u00a3',
  'TRADE MARK SIGN': '\u2122',
  'COPYRIGHT SIGN': '\u00a9',
  'LATIN SMALL LETTER SHARP S': '\u00df',
  'LATIN SMALL LETTER AE': '\u00e6',
  'LATIN CAPITAL LETTER AE': '\u00c6',
  'LATIN SMALL LETTER O WITH STROKE': '\u00f8',
  'LATIN CAPITAL LETTER O WITH STROKE': '\u00d8',
  'LATIN SMALL LETTER DOTLESS I': '\u0131',
  'WHITE HEAVY CHECK MARK': '\u2705',
  SNOWMAN: '\u2603',
  SNOWFLAKE: '\u2744',
  'BLACK HEART SUIT': '\u2665',
  'HEAVY BLACK HEART': '\u2764',
  'DOG FACE': '\u{1f436}',
  'CAT FACE': '\u{1f431}',
  'WOLF FACE': '\u{1f43a}',
};

/** The character of a Unicode name, of letters with marks and of some others; null for any other name. */
export function namedCharacter(name: string): string | null {
  const upper = name.toUpperCase();
  const known = Object.hasOwn(others, upper) ? others[upper] : undefined;
  if (known !== undefined) return known;
  const [, size, letter, mark] = /^LATIN (SMALL|CAPITAL) LETTER ([A-Z])(?: WITH (.+))?$/.exec(upper) ?? [];
  if (letter === undefined) return null;
  const base = size === 'SMALL' ? letter.toLowerCase() : letter;
  if (mark === undefined) return base;
  const combining = Object.hasOwn(marks, mark) ? marks[mark] : undefined;
  const character = combining === undefined ? '' : (base + combining).normalize('NFC');
  return character.length === 1 ? character : null;
}
