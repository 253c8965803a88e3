import { l10n } from 'vscode';
import { percent, signedPoints } from '../../../shared/points';
import type { PictureTheme } from './pictureTheme';
import { shortened, shownText } from './shownText';
import { at, drawing, escapeXml, type Picture } from './svg';
import { fitted } from './textWidth';

/** A component as it is drawn. */
export interface DrawnComponent {
  readonly component: number;
  /** Null where nothing says what it means. */
  readonly label: string | null;
  /** In units of the score, mean over the images. */
  readonly attribution: number;
  /** Of Σ|A|, from 0 to 1. */
  readonly share: number;
  /** Whether the prompt describes it poorly; null where that is not known. */
  readonly isPoor: boolean | null;
  /** Data URIs of images that it fires in, the strongest first. */
  readonly thumbnails: readonly string[];
}

// A hover shows 250 pixels of its height at first: rows are as low as they can be.
const [width, rowHeight, fontSize] = [372, 20, 12];
const [numberEnd, shareEnd] = [324, width];
const [thumbnailSize, thumbnailGap] = [18, 2];
const mostThumbnails = 3;
const barEnd = 276;
const warningWidth = 15;
/** Of labels, beside thumbnails and without any. */
const [labelWidth, widestLabel] = [124, 168];
const legendHeight = 15;

/**
 * Signed bars of components, one row each: label, images, bar, attribution in points, share.
 * @param least height in pixels
 */
export function componentsPicture(
  components: readonly DrawnComponent[],
  theme: PictureTheme,
  least = 0,
): Picture {
  const columns = Math.min(mostThumbnails, Math.max(0, ...components.map((c) => c.thumbnails.length)));
  const most = columns === 0 ? widestLabel : labelWidth;
  const imagesStart = most + 4;
  const barStart = imagesStart + columns * (thumbnailSize + thumbnailGap) + 4;
  const scale = barScale(components, barStart, barEnd);
  const rows = components.map((component, row) => {
    const top = row * rowHeight;
    const images = component.thumbnails
      .slice(0, columns)
      .map((uri, column) =>
        thumbnail(uri, imagesStart + column * (thumbnailSize + thumbnailGap), top + 1, thumbnailSize, theme),
      );
    return [
      label(component, top, most, theme),
      ...images,
      bar(component.attribution, top, scale, theme),
      number(signedPoints(component.attribution), numberEnd, top, theme.text),
      number(percent(component.share), shareEnd, top, theme.muted),
    ].join('');
  });
  const end = components.length * rowHeight;
  const axis = `<path d="M${at(scale.zero)} 0V${end}" stroke="${theme.line}"/>`;
  const isMarked = components.some(({ isPoor }) => isPoor === true);
  const height = Math.max(least, end + (isMarked ? legendHeight : 0));
  return {
    svg: drawing(width, height, rows.join('') + axis + (isMarked ? legend(end, theme) : '')),
    width,
    height,
    alt: l10n.t('Components: {0}', components.map(spoken).join('; ')),
  };
}

/** What the mark says. */
function legend(top: number, theme: PictureTheme): string {
  const text = escapeXml(l10n.t('the prompt describes many other components better'));
  return `${warning(0, top + 3, theme)}<text x="${warningWidth}" y="${top + 13}" font-size="11" fill="${theme.muted}">${text}</text>`;
}

/** Where zero is, and how wide bars of both signs are together: they share the width. */
interface BarScale {
  readonly zero: number;
  readonly width: number;
  /** In units of the score. */
  readonly span: number;
}

function barScale(components: readonly DrawnComponent[], start: number, end: number): BarScale {
  const above = Math.max(0, ...components.map(({ attribution }) => attribution));
  const below = Math.max(0, ...components.map(({ attribution }) => -attribution));
  const [span, width] = [above + below, end - start];
  return { zero: span === 0 ? start : start + (below / span) * width, width, span };
}

function bar(
  attribution: number,
  top: number,
  { zero, width, span }: BarScale,
  { positive, negative }: PictureTheme,
): string {
  const length = span === 0 ? 0 : (Math.abs(attribution) / span) * width;
  const x = attribution < 0 ? zero - length : zero;
  const colour = attribution < 0 ? negative : positive;
  return `<rect x="${at(x)}" y="${top + 5}" width="${at(length)}" height="10" fill="${colour}"/>`;
}

function label(
  { label: text, component, isPoor }: DrawnComponent,
  top: number,
  most: number,
  theme: PictureTheme,
): string {
  const x = isPoor === true ? warningWidth : 0;
  const shown = text === null ? l10n.t('latent {0}', component) : shownText(text);
  const fit = escapeXml(fitted(shown, (most - x) / fontSize));
  const style = text === null ? ` fill="${theme.muted}" font-style="italic"` : ` fill="${theme.text}"`;
  const mark = isPoor === true ? warning(0, top + 4, theme) : '';
  return `${mark}<text x="${x}" y="${top + 14}" font-size="${fontSize}"${style}>${fit}</text>`;
}

/** A triangle with an exclamation mark, 12 pixels wide. */
function warning(x: number, y: number, { warning: colour }: PictureTheme): string {
  return (
    `<path d="M${x + 6} ${y + 0.8}L${x + 11.3} ${y + 11}H${x + 0.7}Z" fill="none" stroke="${colour}" stroke-width="1.2"` +
    ` stroke-linejoin="round"/><path d="M${x + 6} ${y + 4.2}v3.4M${x + 6} ${y + 8.6}v1.2" stroke="${colour}" stroke-width="1.2"/>`
  );
}

function number(text: string, end: number, top: number, colour: string): string {
  return `<text x="${end}" y="${top + 14}" font-size="${fontSize}" fill="${colour}" text-anchor="end">${escapeXml(text)}</text>`;
}

/** A picture that fills a square, framed so that it stands out where it is as dark or light as the hover. */
export function thumbnail(uri: string, x: number, y: number, size: number, { line }: PictureTheme): string {
  return (
    `<image href="${uri}" x="${x}" y="${y}" width="${size}" height="${size}" preserveAspectRatio="xMidYMid slice"/>` +
    `<rect x="${x + 0.5}" y="${y + 0.5}" width="${size - 1}" height="${size - 1}" fill="none" stroke="${line}" stroke-opacity=".5"/>`
  );
}

function spoken({ component, label: text, attribution, share, isPoor }: DrawnComponent): string {
  const name =
    text === null
      ? l10n.t('latent {0}', component)
      : l10n.t('{0} ({1})', shortened(shownText(text), 60), component);
  const poor = isPoor === true ? l10n.t(', poorly described by the prompt') : '';
  return l10n.t('{0} {1} points, {2}{3}', name, signedPoints(attribution), percent(share), poor);
}
