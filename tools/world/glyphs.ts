import { join } from 'node:path';
import sharp from 'sharp';
import type { Picture } from '../../src/engine/image/picture';
import { pillowResize } from '../../src/engine/image/pillowResize';
import { roundHalfEven } from './rounding';
import type { Thing } from './scene';
import { mirror, turnPicture } from './turn';

/** Gives a glyph's picture, RGBA, cut to its bounding box. */
export type GlyphSource = (glyph: string) => Promise<Picture>;

/** Reads each picture once. `folder` holds files that are named by code points. */
export function openGlyphs(folder: string): GlyphSource {
  const read = new Map<string, Promise<Picture>>();
  return (glyph) => {
    const known = read.get(glyph) ?? readGlyph(join(folder, glyphFile(glyph)));
    read.set(glyph, known);
    return known;
  };
}

export function glyphFile(glyph: string): string {
  return `${Array.from(glyph, (character) => character.codePointAt(0)!.toString(16)).join('-')}.png`;
}

async function readGlyph(file: string): Promise<Picture> {
  const { data, info } = await sharp(file).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { layout: 'rgba', width: info.width, height: info.height, data };
}

/** A glyph as large as its thing wants it in a picture of `size` pixels, mirrored and turned. */
export function drawThing(glyph: Picture, { scale, mirrored, angle }: Thing, size: number): Picture {
  const shrink = Math.trunc(size * scale) / Math.max(glyph.width, glyph.height);
  const width = Math.max(1, roundHalfEven(glyph.width * shrink));
  const height = Math.max(1, roundHalfEven(glyph.height * shrink));
  const resized = pillowResize(glyph, { width, height }, 'bicubic', { x: 0, y: 0, width, height });
  return turnPicture(mirrored ? mirror(resized) : resized, angle);
}
