import { l10n } from 'vscode';
import { signedPoints } from '../points';
import type { PictureTheme } from './pictureTheme';
import { isRightToLeft, shortened, shownText } from './shownText';
import { at, drawing, escapeXml, type Picture } from './svg';
import { fitted, textWidth } from './textWidth';

/** A word of a prompt, and what the score loses without it, measured, in units of the score. */
export interface DrawnWord {
  readonly text: string;
  readonly leaveOneOut: number;
}

const [width, rowHeight, chipHeight] = [420, 42, 38];
const [fontSize, numberSize, gap, padding] = [12, 10.5, 4, 6];
const mostWords = 18;
const widestWord = 130;

interface Chip {
  /** Null for words that are left out. */
  readonly word: DrawnWord | null;
  readonly text: string;
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
  let [x, row] = [0, 0];
  const drawn = chips.map((chip) => {
    if (x > 0 && x + chip.width > width) {
      x = 0;
      row++;
    }
    const left = isMirrored ? width - x - chip.width : x;
    x += chip.width + gap;
    return draw(chip, left, row * rowHeight, largest, theme);
  });
  const height = (row + 1) * rowHeight - (rowHeight - chipHeight);
  return { svg: drawing(width, height, styles(theme) + drawn.join('')), width, height, alt: spoken(words) };
}

/** Words that matter least are left out where there are many; each run of them is one gap. */
function chipsOf(words: readonly DrawnWord[]): Chip[] {
  const kept = new Set(
    [...words].sort((a, b) => Math.abs(b.leaveOneOut) - Math.abs(a.leaveOneOut)).slice(0, mostWords),
  );
  return words.flatMap((word, i): Chip[] => {
    if (kept.has(word)) return [chipOf(word)];
    const isFirstOfGap = i === 0 || kept.has(words[i - 1]!);
    return isFirstOfGap ? [{ word: null, text: '…', width: 14 }] : [];
  });
}

function chipOf(word: DrawnWord): Chip {
  const text = fitted(shownText(word.text), widestWord / fontSize);
  const number = signedPoints(word.leaveOneOut);
  const widest = Math.max(textWidth(text) * fontSize, textWidth(number) * numberSize);
  return { word, text, width: Math.round(widest + 2 * padding) };
}

function draw(chip: Chip, x: number, y: number, largest: number, theme: PictureTheme): string {
  const middle = at(x + chip.width / 2);
  const text = (content: string, kind: string, dy: number) =>
    `<text class="${kind}" x="${middle}" y="${y + dy}">${escapeXml(content)}</text>`;
  if (chip.word === null) return text(chip.text, 'g', 14);
  const { leaveOneOut } = chip.word;
  const share = largest === 0 ? 0 : leaveOneOut / largest;
  const sign = share < 0 ? 'n' : 'p';
  const [half, zero] = [chip.width / 2 - 3, x + chip.width / 2];
  const length = Math.abs(share) * half;
  return [
    `<rect class="f ${sign}" x="${x + 0.5}" y="${y + 0.5}" width="${chip.width - 1}" height="${chipHeight - 1}" rx="3" fill-opacity="${at(Math.abs(share) * theme.tint)}"/>`,
    text(chip.text, 'w', 14.5),
    `<rect class="${sign}" x="${at(share < 0 ? zero - length : zero)}" y="${y + 19}" width="${at(length)}" height="4"/>`,
    `<path d="M${middle} ${y + 18}v6"/>`,
    text(signedPoints(leaveOneOut), 'v', 34.5),
  ].join('');
}

/** Of words, their values, gaps, frames and bars: short, because every chip has all of them. */
function styles({ text, muted, line, positive, negative }: PictureTheme): string {
  return (
    `<style>text{text-anchor:middle;fill:${text};font-size:${fontSize}px}.v{font-size:${numberSize}px}.g{fill:${muted}}` +
    `.f,path{stroke:${line};stroke-opacity:.7}.p{fill:${positive}}.n{fill:${negative}}</style>`
  );
}

function spoken(words: readonly DrawnWord[]): string {
  const each = words.map(
    ({ text, leaveOneOut }) => `${shortened(shownText(text), 40)} ${signedPoints(leaveOneOut)}`,
  );
  return l10n.t('Points lost without each word: {0}', each.join('; '));
}
