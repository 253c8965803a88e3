import { ClipsightError } from '../../shared/errors';
import type { Cleaning } from './config';
import { UnknownEntity, unescapeHtml, unescapeTerminated } from './htmlEntities';

/** Python's `string.punctuation`. */
const punctuation = /[!-/:-@[-`{-~]/g;

/**
 * What a model's own software does to a text before its tokenizer sees it: open_clip's tokenizer.py, `get_clean_fn`
 * (ftfy, HTML entities twice, then white space, case and punctuation). Texts whose encoding ftfy would repair, and
 * entities that are not known here, are refused: the model would read something else than is shown.
 *
 * @throws ClipsightError `prompt`
 */
export function cleanText(text: string, cleaning: Cleaning): string {
  switch (cleaning) {
    case 'none':
      return text;
    case 'lower':
      return spaced(basic(text)).toLowerCase();
    case 'whitespace':
      return spaced(basic(text));
    case 'canonicalize':
      return spaced(withoutPunctuation(basic(text).replaceAll('_', ' ')).toLowerCase());
  }
}

/** What the `SiglipTokenizer` of transformers does itself. */
export function canonicalSiglip(text: string, lowerCase: boolean): string {
  return spaced(withoutPunctuation(lowerCase ? text.toLowerCase() : text));
}

export function withoutPunctuation(text: string): string {
  return text.replace(punctuation, '');
}

function spaced(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function basic(text: string): string {
  refuseMisread(text);
  try {
    return unescapeHtml(unescapeHtml(fixed(text)));
  } catch (thrown) {
    if (!(thrown instanceof UnknownEntity)) throw thrown;
    throw new ClipsightError(
      'prompt',
      `"${text}" holds ${thrown.entity}, which the model's own software may read as the character it names.`,
      'Write the character itself.',
    );
  }
}

/**
 * What may be UTF-8 that was read as Windows-1252: a letter in the place of a first byte, then as many signs in the
 * places of further bytes as it asks for. ftfy repairs most of it by rules of its own; honest texts rarely have it.
 */
const sign = '[\\u0080-\\u00bfƒˆ˜‚„…†‡‰‹‘’“”•–—™›ŠšŒœŽžŸ€]';
const misread = new RegExp(
  [
    `[Â-ß]${sign}`,
    `[à-ï]${sign}{2}`,
    `[ð-ô]${sign}{3}`,
    // Of "à" and of a space that does not break, when a tool took the space for any other.
    '(?<!\\p{L})[ÂÃ](?=\\s|$)',
    '[\\u0080-\\u009f]',
  ].join('|'),
  'u',
);

function refuseMisread(text: string): void {
  const found = misread.exec(text)?.[0];
  if (found === undefined) return;
  throw new ClipsightError(
    'prompt',
    `"${text}" looks like a text read in the wrong encoding ("${found}"), which the model's own software would repair.`,
    'Write the characters that are meant, with plain quotes, dashes and spaces after letters with accents.',
  );
}

const ligatures: Readonly<Record<string, string>> = {
  Ĳ: 'IJ',
  ĳ: 'ij',
  ŉ: 'ʼn',
  Ǳ: 'DZ',
  ǲ: 'Dz',
  ǳ: 'dz',
  Ǆ: 'DŽ',
  ǅ: 'Dž',
  ǆ: 'dž',
  Ǉ: 'LJ',
  ǈ: 'Lj',
  ǉ: 'lj',
  Ǌ: 'NJ',
  ǋ: 'Nj',
  ǌ: 'nj',
  ﬀ: 'ff',
  ﬁ: 'fi',
  ﬂ: 'fl',
  ﬃ: 'ffi',
  ﬄ: 'ffl',
  ﬅ: 'ſt',
  ﬆ: 'st',
};

/** ftfy.fix_text with its defaults, but for repairing encodings: repeated until nothing changes. */
function fixed(text: string): string {
  const entities = !text.includes('<');
  let before: string;
  let after = text;
  do {
    before = after;
    after = (entities ? unescapeTerminated(after) : after)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes of terminals are meant.
      .replace(/\x1b\[((?:\d|;)*)([a-zA-Z])/g, '')
      .replace(/[ĲĳŉǱ-ǳǄ-ǌﬀ-ﬆ]/g, (ligature) => ligatures[ligature] ?? ligature)
      .replace(/[\u3000\uff01-\uffef]/g, (wide) => wide.normalize('NFKC'))
      .replace(/[\u02bc\u2018-\u201b]/g, "'")
      .replace(/[\u201c-\u201f]/g, '"')
      .replace(/\r\n|[\r\u2028\u2029]/g, '\n')
      .replace(/\p{Cs}/gu, '\ufffd')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed.
      .replace(/[\x00-\x08\x0b\x0e-\x1f\x7f\u206a-\u206f\ufeff\ufff9-\ufffc]/g, '');
  } while (after !== before);
  return after.normalize('NFC');
}
