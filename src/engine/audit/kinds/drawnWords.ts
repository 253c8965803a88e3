import sharp from 'sharp';
import outlines from './letters.json';

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** How a text is put on a picture; lengths are parts of the picture's side. */
export interface WordLayout {
  readonly paper: Rgb;
  readonly ink: Rgb;
  /** Colour of a strip right across the picture, as high as the text may be, that it stands on; null of none. */
  readonly strip: Rgb | null;
  /** Largest width and height of the text. */
  readonly width: number;
  readonly height: number;
  /** Where its middle is. */
  readonly x: number;
  readonly y: number;
}

/** A part of a picture, in its pixels. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

export interface DrawnWord {
  /** Encoded losslessly. */
  readonly png: Uint8Array<ArrayBuffer>;
  /** Around the letters. */
  readonly box: Box;
}

/** In units of the font. */
interface Letter {
  readonly advance: number;
  /** An SVG path; y grows upwards from the baseline. */
  readonly outline: string;
}

const letters: Readonly<Record<string, Letter>> = outlines.letters;
const { ascender, descender } = outlines;
const lineHeight = ascender + descender;

/** What there are no letters for, each once, in order; nothing where the text can be drawn. */
export function undrawable(text: string): readonly string[] {
  const unknown = Array.from(text.normalize('NFC')).filter((letter) => !Object.hasOwn(letters, letter));
  return [...new Set(unknown)];
}

/**
 * A text on a square picture of `size` pixels, as large as the layout lets it be: on one line, or with each word on a line
 * of its own where the letters are larger so. The same pixels on every machine: no font is needed. Throws where a letter
 * is unknown (`undrawable`).
 */
export async function drawWord(text: string, layout: WordLayout, size: number): Promise<DrawnWord> {
  const { lines, scale } = fitted(text.normalize('NFC'), layout, size);
  const height = lines.length * lineHeight * scale;
  const widths = lines.map((line) => widthOf(line) * scale);
  const width = Math.max(...widths);
  const box = boxAround(layout, width, height, size);
  const paths = lines.flatMap((line, n) => {
    const baseline = box.top + (n * lineHeight + ascender) * scale;
    let x = box.left + (width - widths[n]!) / 2;
    return Array.from(line, (letter) => {
      const { outline, advance } = letterOf(letter);
      const at = x;
      x += advance * scale;
      return `<path transform="translate(${at} ${baseline}) scale(${scale} ${-scale})" d="${outline}"/>`;
    });
  });
  return { png: await picture(paths.join(''), layout, size), box };
}

/** What `drawWord` draws a text on: the same for all texts. */
export function drawBlank(layout: WordLayout, size: number): Promise<Uint8Array<ArrayBuffer>> {
  return picture('', layout, size);
}

async function picture(paths: string, { paper, ink, strip, y, height }: WordLayout, size: number) {
  const under =
    strip === null
      ? ''
      : `<rect y="${(y - height / 2) * size}" width="${size}" height="${height * size}" fill="${css(strip)}"/>`;
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}">` +
    `<rect width="${size}" height="${size}" fill="${css(paper)}"/>${under}<g fill="${css(ink)}">${paths}</g></svg>`;
  return new Uint8Array(await sharp(Buffer.from(svg)).removeAlpha().png({ compressionLevel: 1 }).toBuffer());
}

/** Lines, and pixels per unit of the font. */
function fitted(text: string, layout: WordLayout, size: number) {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const ways = words.length > 1 ? [[words.join(' ')], words] : [words];
  const scaleOf = (lines: readonly string[]): number =>
    Math.min(
      (layout.width * size) / Math.max(...lines.map(widthOf)),
      (layout.height * size) / (lines.length * lineHeight),
    );
  const [best] = ways.toSorted((a, b) => scaleOf(b) - scaleOf(a));
  return { lines: best!, scale: scaleOf(best!) };
}

/** Inside the picture, whatever the layout says. */
function boxAround({ x, y }: WordLayout, width: number, height: number, size: number): Box {
  const start = (middle: number, length: number) =>
    Math.min(Math.max(0, middle * size - length / 2), size - length);
  const [left, top] = [start(x, width), start(y, height)];
  return { left, top, right: left + width, bottom: top + height };
}

function widthOf(line: string): number {
  return Array.from(line).reduce((sum, letter) => sum + letterOf(letter).advance, 0);
}

function letterOf(letter: string): Letter {
  const known = letters[letter];
  if (known === undefined) throw new Error(`there is no outline of the letter “${letter}”`);
  return known;
}

function css([r, g, b]: Rgb): string {
  return `rgb(${r},${g},${b})`;
}
