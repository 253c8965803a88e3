import type { Picture } from '../../src/engine/image/picture';
import { pillowResize } from '../../src/engine/image/pillowResize';
import { drawBackground } from './background';
import { blendOver } from './blend';
import { drawThing, type GlyphSource } from './glyphs';
import { write } from './letters';
import { roundHalfEven } from './rounding';
import type { Scene, Thing } from './scene';
import { stampWatermark } from './watermark';

/** Left, top, right and bottom, as parts of the picture's side. */
export type Box = readonly [number, number, number, number];

export interface Drawing {
  /** Square, RGB. */
  readonly picture: Picture;
  /** Where the things are, in the scene's order: what of a thing lies in the picture, were nothing before it. */
  readonly boxes: readonly Box[];
}

export interface DrawOptions {
  readonly glyphs: GlyphSource;
  /** Side of the picture in pixels. */
  readonly size: number;
  /** False leaves the noise of the background out, for comparing with a reference. */
  readonly grain?: boolean;
}

export async function drawScene(scene: Scene, { glyphs, size, grain }: DrawOptions): Promise<Drawing> {
  const background = drawBackground(scene, grain ?? true);
  const whole = { x: 0, y: 0, width: size, height: size };
  const enlarged = pillowResize(background, { width: size, height: size }, 'bicubic', whole);
  const picture = { ...enlarged, data: Uint8Array.from(enlarged.data) };
  const boxes: Box[] = [];
  for (const [i, thing] of scene.things.entries()) {
    const drawn = drawThing(await glyphs(thing.glyph), thing, size);
    const part =
      scene.things.length === 1 ? { from: 0, width: size } : { from: (i * size) / 2, width: size / 2 };
    const left = Math.trunc(part.from + thing.x * Math.max(1, part.width - drawn.width));
    const top = Math.trunc(thing.y * Math.max(1, size - drawn.height));
    if (thing.absent !== true) paste(drawn, picture, left, top);
    boxes.push(boxOf(drawn, left, top, size, thing));
  }
  if (scene.word !== null) await write(scene.word, picture);
  if (scene.artefacts.includes('watermark')) stampWatermark(picture);
  return { picture, boxes };
}

function paste(drawn: Picture, canvas: Picture, left: number, top: number): void {
  const [high, wide] = [
    Math.min(drawn.height, canvas.height - top),
    Math.min(drawn.width, canvas.width - left),
  ];
  for (let y = 0; y < high; y++) {
    for (let x = 0; x < wide; x++) {
      const from = (y * drawn.width + x) * 4;
      const [r, g, b, alpha] = drawn.data.subarray(from, from + 4) as unknown as Rgba;
      blendOver(canvas.data, ((y + top) * canvas.width + x + left) * 3, [r, g, b], alpha);
    }
  }
}

type Rgba = readonly [number, number, number, number];

function boxOf(
  { width, height, data }: Picture,
  left: number,
  top: number,
  size: number,
  { glyph }: Thing,
): Box {
  let [x0, y0, x1, y1] = [width, height, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[(y * width + x) * 4 + 3] === 0) continue;
      [x0, y0, x1, y1] = [Math.min(x0, x), Math.min(y0, y), Math.max(x1, x + 1), Math.max(y1, y + 1)];
    }
  }
  if (x1 === 0) throw new Error(`the picture of ${glyph} is empty`);
  const part = (at: number) => roundHalfEven((at / size) * 1e4) / 1e4;
  return [part(left + x0), part(top + y0), part(Math.min(size, left + x1)), part(Math.min(size, top + y1))];
}
