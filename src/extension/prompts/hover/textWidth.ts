import { graphemes, shortened } from './shownText';

/**
 * About how wide a text is in the system's sans-serif font, in ems: rather more than less, since no browser can be
 * asked where the pictures are drawn.
 */
export function textWidth(text: string): number {
  return graphemes(text).reduce((sum, grapheme) => sum + graphemeWidth(grapheme), 0);
}

/** The text, cut where it would be wider than `most` ems. */
export function fitted(text: string, most: number): string {
  const short = shortened(text, Math.ceil(most / narrowest));
  if (textWidth(short) <= most) return short;
  let fit = '';
  let width = graphemeWidth('…');
  for (const grapheme of graphemes(short)) {
    width += graphemeWidth(grapheme);
    if (width > most) break;
    fit += grapheme;
  }
  return `${fit.trimEnd()}…`;
}

const narrowest = 0.4;

function graphemeWidth(grapheme: string): number {
  if (/^[ijlI.,:;'’|!()[\]ftr\-/\s·]/.test(grapheme)) return narrowest;
  if (/^[mwMW@%—…]/.test(grapheme)) return 0.98;
  if (/^[A-Z&]/.test(grapheme)) return 0.74;
  if (/^[\u0020-\u007e]/.test(grapheme)) return 0.62;
  if (
    /^[\p{scx=Han}\p{scx=Kana}\p{scx=Hang}\p{Emoji_Presentation}\u3000-\u303f\uff00-\uff60]/u.test(grapheme)
  )
    return 1.05;
  return 0.68;
}
