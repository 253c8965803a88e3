import { l10n } from 'vscode';
import { signedPoints } from '../../../shared/points';
import type { PictureTheme } from './pictureTheme';
import { isRightToLeft, shortened, shownText } from './shownText';
import { at, drawing, escapeXml, type Picture } from './svg';
import { fitted, textWidth } from './textWidth';

/** A word of a prompt, and what the score loses without it, measured, in units of the score. */
export interface DrawnWord {
  readonly text: string;
  readonly leaveOneOut: number;
}

const [width, rowHeight, chipHeight] = [588, 28, 25];
const [fontSize, numberSize, gap, inner, padding] = [12, 10.5, 4, 7, 5];
const mostWords = 18;
const widestWord = 130;

interface Chip {
  /** Null for words that are left out. */
  readonly word: DrawnWord | null;
  readonly text: string;
  /** Of the text. */
  readonly textWidth: number;
  readonly width: number;
}

/**
 * The words of a prompt in their order, each tinted and with a bar by what the score loses without it; of a long
 * prompt those that matter most.
 */
export function wordsPicture(words: readonly DrawnWord[], theme: PictureTheme): Picture {
  const chips = chipsOf(words);
  const largest = Math.max(0, ...words.map(({ leaveOneOut }) => Math.abs(leaveOneOut)));
  const isMirrored = isRightToLeft(words.map(({ text }) => text).join(' '));
  const caption = l10n.t('lost without');
  let [x, row] = [Math.ceil(textWidth(caption) * numberSize) + gap, 0];
  const mirrored = (left: number, wide: number) => (isMirrored ? width - left - wide : left);
  const drawn = chips.map((chip) => {
    if (x > 0 && x + chip.width > width) {
      x = 0;
      row++;
    }
    const left = mirrored(x, chip.width);
    x += chip.width + gap;
    return draw(chip, left, row * rowHeight, largest, theme);
  });
  const captionStart = isMirrored ? `x="${width}" text-anchor="end"` : 'x="0"';
  const height = row * rowHeight + chipHeight;
  const content = `${styles(theme)}<text class="v g" ${captionStart} y="15">${escapeXml(caption)}</text>${drawn.join('')}`;
  return { svg: drawing(width, height, content), width, height, alt: spoken(words) };
}

/** Words that matter least are left out where there are many; each run of them is one gap. */
function chipsOf(words: readonly DrawnWord[]): Chip[] {
  const kept = new Set(
    [...words].sort((a, b) => Math.abs(b.leaveOneOut) - Math.abs(a.leaveOneOut)).slice(0, mostWords),
  );
  return words.flatMap((word, i): Chip[] => {
    if (kept.has(word)) return [chipOf(word)];
    const isFirstOfGap = i === 0 || kept.has(words[i - 1]!);
    return isFirstOfGap ? [{ word: null, text: '…', textWidth: 14, width: 14 }] : [];
  });
}

function chipOf(word: DrawnWord): Chip {
  const text = fitted(shownText(word.text), widestWord / fontSize);
  const wide = textWidth(text) * fontSize;
  const number = textWidth(signedPoints(word.leaveOneOut)) * numberSize;
  return { word, text, textWidth: wide, width: Math.ceil(wide + number + inner + 2 * padding) };
}

/** A word and its value on one line, and the bar below. */
function draw(chip: Chip, x: number, y: number, largest: number, theme: PictureTheme): string {
  const text = (content: string, kind: string, start: number) =>
    `<text class="${kind}" x="${at(start)}" y="${y + 15}">${escapeXml(content)}</text>`;
  if (chip.word === null) return text(chip.text, 'g', x);
  const { leaveOneOut } = chip.word;
  const share = largest === 0 ? 0 : leaveOneOut / largest;
  const sign = share < 0 ? 'n' : 'p';
  const [half, zero] = [chip.width / 2 - 3, x + chip.width / 2];
  const length = Math.abs(share) * half;
  const number = `<text class="v e" x="${x + chip.width - padding}" y="${y + 15}">${signedPoints(leaveOneOut)}</text>`;
  return [
    `<rect class="f ${sign}" x="${x + 0.5}" y="${y + 0.5}" width="${chip.width - 1}" height="${chipHeight - 1}" rx="3" fill-opacity="${at(Math.abs(share) * theme.tint)}"/>`,
    text(chip.text, 'w', x + padding),
    number,
    `<rect class="${sign}" x="${at(share < 0 ? zero - length : zero)}" y="${y + 19.5}" width="${at(length)}" height="3"/>`,
    `<path d="M${at(zero)} ${y + 18.5}v5"/>`,
  ].join('');
}

/** Of words, their values, gaps, frames and bars: short, because every chip has all of them. */
function styles({ text, muted, line, positive, negative }: PictureTheme): string {
  return (
    `<style>text{fill:${text};font-size:${fontSize}px}.v{font-size:${numberSize}px}.e{text-anchor:end}.g{fill:${muted}}` +
    `.f,path{stroke:${line};stroke-opacity:.7}.p{fill:${positive}}.n{fill:${negative}}</style>`
  );
}

function spoken(words: readonly DrawnWord[]): string {
  const each = words.map(
    ({ text, leaveOneOut }) => `${shortened(shownText(text), 40)} ${signedPoints(leaveOneOut)}`,
  );
  return l10n.t('Points lost without each word: {0}', each.join('; '));
}
