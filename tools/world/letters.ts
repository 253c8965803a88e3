import sharp from 'sharp';
import type { Picture } from '../../src/engine/image/picture';
import { blendOver } from './blend';
import outlines from './letters.json';
import type { Word } from './scene';

/** In units of the font. */
interface Letter {
  readonly advance: number;
  /** An SVG path; y grows upwards from the baseline. */
  readonly outline: string;
}
const letters: Readonly<Record<string, Letter>> = outlines.letters;
/** Of two letters that follow each other, in units of the font. */
const kerning: Readonly<Record<string, number>> = outlines.kerning;
const smallest = { chosen: 9, squeezed: 8 };
/** Largest part of the picture's width that a word takes. */
const widest = 0.96;
const ink = [10, 10, 10] as const;
const paper = [255, 255, 255] as const;

/** Writes a word of the letters a–z and spaces on a white strip. `canvas` is square, RGB, and changed. */
export async function write(word: Word, canvas: Picture): Promise<void> {
  const { width: size, data } = canvas;
  const chosen = Math.max(smallest.chosen, Math.trunc(size * word.height));
  const wide = textWidth(word.text, chosen);
  const most = size * widest;
  const squeezed = wide > most;
  const pixels = squeezed ? Math.max(smallest.squeezed, Math.trunc((chosen * most) / wide)) : chosen;
  const width = squeezed ? textWidth(word.text, pixels) : wide;
  const left = word.x * Math.max(1, size - width);
  // The strip and its place go by the size that was chosen, though the letters may have been made smaller.
  const top = word.edge === 'bottom' ? size - chosen - word.margin : word.margin;
  fill(canvas, left - 2, top, left + width + 2, top + chosen + 2);
  const coverage = await letterCoverage(word.text, pixels, left, top, size);
  for (let i = 0; i < size * size; i++) blendOver(data, i * 3, ink, coverage[i]!);
}

/** Pixels; as the recipe's Pillow has it, letters are kerned and advance by parts of pixels. */
function textWidth(text: string, pixels: number): number {
  const all = Array.from(text);
  const units = all.reduce(
    (sum, letter, i) => sum + letterOf(letter).advance + kerningOf(all[i - 1], letter),
    0,
  );
  return (units * pixels) / outlines.unitsPerEm;
}

function kerningOf(letter: string | undefined, next: string): number {
  return letter === undefined ? 0 : (kerning[letter + next] ?? 0);
}

function letterOf(letter: string): Letter {
  const known = letters[letter];
  if (known === undefined) throw new Error(`there is no outline of the letter “${letter}”`);
  return known;
}

/** [size, size], 0 to 255: how much of each pixel the letters cover. */
async function letterCoverage(
  text: string,
  pixels: number,
  left: number,
  top: number,
  size: number,
): Promise<Uint8Array> {
  const scale = pixels / outlines.unitsPerEm;
  const baseline = Math.round(top) + Math.ceil(outlines.ascender * scale);
  const paths = Array.from(text, (letter, i) => {
    const before = textWidth(text.slice(0, i + 1), pixels) - textWidth(letter, pixels);
    const x = Math.round(left + before);
    return `<path transform="translate(${x} ${baseline}) scale(${scale} ${-scale})" d="${letterOf(letter).outline}"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}">${paths.join('')}</svg>`;
  return await sharp(Buffer.from(svg)).extractChannel('alpha').raw().toBuffer();
}

/** Edges included, as Pillow's rectangle has it. */
function fill({ width: size, data }: Picture, left: number, top: number, right: number, bottom: number) {
  const clip = (at: number) => Math.min(size - 1, Math.max(0, Math.trunc(at)));
  for (let y = clip(top); y <= clip(bottom); y++) {
    for (let x = clip(left); x <= clip(right); x++) data.set(paper, (y * size + x) * 3);
  }
}
