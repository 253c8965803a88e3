import type { Rectangle } from '../../shared/image';
import type { PatchMap } from '../../shared/where';
import { fillOf } from '../components/signedPalette';
import { type HeatScale, rampStops, shareOf, ticksOf } from './heatScale';
import { patchRectangle } from './patchGrid';

/** All that a saved picture of a map shows. */
export interface MapPicture {
  /** The picture, and the interpolated map if that is what is shown, as data URLs: the file stands for itself. */
  readonly picture: string;
  readonly smooth: string | null;
  /** Of the original, in pixels. */
  readonly width: number;
  readonly height: number;
  readonly map: Pick<PatchMap, 'rows' | 'columns' | 'crop' | 'values'>;
  readonly scale: HeatScale;
  /** Of the map over the picture, from 0 to 1. */
  readonly opacity: number;
  readonly format: (value: number) => string;
  readonly unit: string;
  readonly title: string;
  /** Lines under the scale. */
  readonly caption: readonly string[];
}

const pictureWidth = 720;
const margin = 16;
const rampWidth = 260;
/** Characters that fit in a line of the caption, for a font of 13 px. */
const lineLength = 96;

/** Width and height of the drawing, in pixels. */
export interface Drawing {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/** The map over its picture with scale and caption as an SVG document that needs nothing beside itself. */
export function mapPicture(content: MapPicture): Drawing {
  const { width, height, title, caption } = content;
  const pictureHeight = Math.round((pictureWidth * height) / width);
  const titleLines = wrapped(title, lineLength - 10);
  const lines = caption.flatMap((line) => wrapped(line, lineLength));
  const underPicture = margin + pictureHeight + 24;
  const underTitle = underPicture + 22 * titleLines.length;
  const underScale = underTitle + 44;
  const full = {
    width: pictureWidth + 2 * margin,
    height: underScale + 18 * lines.length + margin,
  };
  const text = (line: string, y: number, extra = '') =>
    `<text x="${margin}" y="${y}"${extra}>${escaped(line)}</text>`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${full.width}" height="${full.height}" viewBox="0 0 ${full.width} ${full.height}" font-family="system-ui, 'Helvetica Neue', Arial, sans-serif" font-size="13" fill="#222222">
<title>${escaped(title)}</title>
<rect width="${full.width}" height="${full.height}" fill="#ffffff"/>
<svg x="${margin}" y="${margin}" width="${pictureWidth}" height="${pictureHeight}" viewBox="0 0 ${width} ${height}">
${picture(content)}
</svg>
${titleLines.map((line, i) => text(line, underPicture + 22 * i, ' font-size="16" font-weight="600"')).join('\n')}
${scale(content, margin, underTitle - 8)}
${lines.map((line, i) => text(line, underScale + 18 * i, ' fill="#555555"')).join('\n')}
</svg>
`;
  return { svg, ...full };
}

function picture({ picture: url, smooth, width, height, map, scale: ends, opacity }: MapPicture): string {
  const { crop, rows, columns, values } = map;
  const patches = Array.from({ length: rows * columns }, (_, patch) => {
    const fill = fillOf(shareOf(values[patch]!, ends));
    return `<rect ${box(patchRectangle(map, patch))} fill="${fill.fill}" fill-opacity="${fill.opacity}"/>`;
  });
  const layer =
    smooth === null
      ? `<g opacity="${opacity}" shape-rendering="crispEdges">${patches.join('')}</g>`
      : `<image href="${escaped(smooth)}" ${box(crop)} preserveAspectRatio="none" opacity="${opacity}"/>`;
  return `<filter id="grey" color-interpolation-filters="sRGB"><feColorMatrix type="saturate" values="0"/></filter>
<image href="${escaped(url)}" width="${width}" height="${height}" preserveAspectRatio="none" filter="url(#grey)"/>
${layer}
<rect ${box(crop)} fill="none" stroke="#ffffff" stroke-width="1" vector-effect="non-scaling-stroke"/>`;
}

function scale({ scale: ends, opacity, format, unit }: MapPicture, left: number, top: number): string {
  const stops = rampStops(ends).map(
    ({ at, fill, opacity: strength }) =>
      `<stop offset="${at}" stop-color="${fill}" stop-opacity="${strength}"/>`,
  );
  const ticks = ticksOf(ends).map(({ value, at }) => {
    const anchor = at === 0 ? 'start' : at === 1 ? 'end' : 'middle';
    return `<text x="${left + at * rampWidth}" y="${top + 27}" text-anchor="${anchor}" font-size="12">${escaped(format(value))}</text>`;
  });
  return `<rect x="${left}" y="${top}" width="${rampWidth}" height="12" fill="#f4f4f4" stroke="#888888" stroke-width="0.5"/>
<linearGradient id="ramp">${stops.join('')}</linearGradient>
<rect x="${left}" y="${top}" width="${rampWidth}" height="12" fill="url(#ramp)" opacity="${opacity}"/>
${ticks.join('')}
<text x="${left + rampWidth + 14}" y="${top + 10}" font-size="12">${escaped(unit)}</text>`;
}

function box({ left, top, width, height }: Rectangle): string {
  return `x="${round(left)}" y="${round(top)}" width="${round(width)}" height="${round(height)}"`;
}

function round(length: number): number {
  return Number(length.toFixed(3));
}

/** Lines of at most so many characters, broken at spaces, and within words that are longer than a line. */
export function wrapped(text: string, most: number): string[] {
  const lines: string[] = [];
  let line: string[] = [];
  // By characters as people see them where possible: half of a pair would be no text.
  for (const word of text.split(/\s+/)) {
    const letters = [...word];
    const joined = line.length === 0 ? letters : [...line, ' ', ...letters];
    if (joined.length <= most) {
      line = joined;
      continue;
    }
    if (line.length > 0) lines.push(line.join(''));
    line = letters;
    while (line.length > most) {
      lines.push(line.slice(0, most).join(''));
      line = line.slice(most);
    }
  }
  if (line.length > 0) lines.push(line.join(''));
  return lines;
}

/** Text as it may stand in an XML document: markup escaped, and characters that no such document may have left out. */
export function escaped(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&apos;',
  };
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Cs}/gu, '\ufffd')
      .replace(/[&<>"']/g, (character) => entities[character]!)
  );
}

/** A file's name for a map: what it is of, in letters that every file system takes. */
export function mapFileName(image: string, title: string): string {
  const stem = (image.split(/[\\/]/).pop() ?? image).replace(/\.\w+$/, '');
  const text = `${stem} ${title}`.normalize('NFKC').replace(/[^\p{L}\p{N}]+/gu, '-');
  return [...text.replace(/^-+|-+$/g, '')].slice(0, 80).join('') || 'map';
}
