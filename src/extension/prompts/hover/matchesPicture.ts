import { l10n } from 'vscode';
import { points } from '../../../shared/points';
import type { PictureTheme } from './pictureTheme';
import { thumbnail } from './promptPicture';
import { shortened, shownText } from './shownText';
import { drawing, escapeXml, type Picture } from './svg';
import { fitted } from './textWidth';

/** An image of the library with its similarity to the prompt. */
export interface DrawnMatch {
  /** Its path, for people. */
  readonly name: string;
  readonly similarity: number;
  /** Data URI. */
  readonly thumbnail: string;
}

const [size, gap, rowHeight] = [37, 4, 51];
/** Begins with what separates it from a picture on its left. */
const [nameStart, nameWidth] = [12, 46];

/**
 * The images of the library that match best, and below those that match worst, each with its score.
 * @param least height in pixels
 */
export function matchesPicture(
  best: readonly DrawnMatch[],
  worst: readonly DrawnMatch[],
  theme: PictureTheme,
  least = 0,
): Picture {
  const rows = [
    { name: l10n.t('best'), matches: best },
    { name: l10n.t('worst'), matches: worst },
  ].filter(({ matches }) => matches.length > 0);
  const columns = Math.max(0, ...rows.map(({ matches }) => matches.length));
  const width = nameWidth + columns * (size + gap) - gap;
  const height = Math.max(least, rows.length * rowHeight);
  const drawn = rows.map(({ name, matches }, row) => {
    const y = row * rowHeight;
    const title = `<text x="${nameStart}" y="${y + size / 2 + 4}" font-size="11" fill="${theme.muted}">${escapeXml(fitted(name, (nameWidth - nameStart) / 11))}</text>`;
    return title + matches.map((match, i) => draw(match, nameWidth + i * (size + gap), y, theme)).join('');
  });
  return { svg: drawing(width, height, drawn.join('')), width, height, alt: spoken(rows) };
}

function draw(match: DrawnMatch, x: number, y: number, theme: PictureTheme): string {
  const score = `<text x="${x + size / 2}" y="${y + size + 11}" font-size="10.5" fill="${theme.text}" text-anchor="middle">${points(match.similarity)}</text>`;
  return thumbnail(match.thumbnail, x, y, size, theme) + score;
}

function spoken(rows: readonly { readonly name: string; readonly matches: readonly DrawnMatch[] }[]): string {
  const of = ({ name, similarity }: DrawnMatch) =>
    l10n.t('{0} {1} points', shortened(shownText(name), 80), points(similarity));
  const each = rows.map(({ name, matches }) => `${name}: ${matches.map(of).join('; ')}`);
  return l10n.t('Images of the library. {0}', each.join('. '));
}
