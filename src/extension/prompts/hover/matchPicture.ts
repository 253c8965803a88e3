import { l10n } from 'vscode';
import { points } from '../points';
import type { PictureTheme } from './pictureTheme';
import { thumbnail } from './promptPicture';
import { shortened, shownText } from './shownText';
import { drawing, type Picture } from './svg';

/** An image of the library with its similarity to the prompt. */
export interface DrawnMatch {
  /** Its path, for people. */
  readonly name: string;
  readonly similarity: number;
  /** Data URI. */
  readonly thumbnail: string;
}

const [size, height] = [46, 61];

/** An image with its score below. */
export function matchPicture(match: DrawnMatch, theme: PictureTheme): Picture {
  const score = `<text x="${size / 2}" y="${height - 3}" font-size="10.5" fill="${theme.text}" text-anchor="middle">${points(match.similarity)}</text>`;
  return {
    svg: drawing(size, height, thumbnail(match.thumbnail, 0, 0, size, theme) + score),
    width: size,
    height,
    alt: l10n.t('{0}: {1} points', shortened(shownText(match.name), 80), points(match.similarity)),
  };
}
