/** What Pillow knows of the first frame of a GIF and the decoder does not tell. */
export interface GifFrame {
  /** The picture as a whole, and where on it the first frame is painted. */
  readonly canvas: { readonly width: number; readonly height: number };
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** False where the palette only names grey levels by their own number: Pillow then opens the file as L, not P. */
  readonly indexed: boolean;
  /** The colour of what is transparent or not painted. Pillow keeps it, the decoder makes it black. */
  readonly blank: readonly [red: number, green: number, blue: number];
}

const colourTable = 0x80;

/**
 * The first frame of a GIF (GIF89a specification, sections 17 to 23), undefined if the file ends before it.
 * After Pillow's GifImagePlugin: a frame with its own palette uses that one, and the canvas is filled with the
 * transparent index or, if there is none, with index 0.
 */
export function firstGifFrame(bytes: Uint8Array): GifFrame | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    return readFirstFrame(view);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readFirstFrame(view: DataView): GifFrame | undefined {
  const canvas = { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  let palette = readPalette(view, 13, view.getUint8(10));
  let at = 13 + palette.length;
  let transparent: number | undefined;
  while (view.getUint8(at) === 0x21) {
    const graphicControl = view.getUint8(at + 1) === 0xf9;
    if (graphicControl && view.getUint8(at + 3) & 1) transparent = view.getUint8(at + 6);
    at += 2;
    while (view.getUint8(at) !== 0) at += 1 + view.getUint8(at);
    at++;
  }
  if (view.getUint8(at) !== 0x2c) return undefined;
  const flags = view.getUint8(at + 9);
  if (flags & colourTable) palette = readPalette(view, at + 10, flags);
  const indexed = palette.some((level, i) => level !== Math.trunc(i / 3));
  const index = transparent ?? 0;
  const level = (c: number) => palette[index * 3 + c] ?? index;
  return {
    canvas,
    left: view.getUint16(at + 1, true),
    top: view.getUint16(at + 3, true),
    width: view.getUint16(at + 5, true),
    height: view.getUint16(at + 7, true),
    indexed,
    blank: [level(0), level(1), level(2)],
  };
}

function readPalette(view: DataView, at: number, flags: number): Uint8Array {
  const length = flags & colourTable ? 3 * 2 ** ((flags & 7) + 1) : 0;
  return new Uint8Array(view.buffer, view.byteOffset + at, length);
}

/** The frame on its canvas as RGB, from what the decoder made of it: 3 samples per pixel, or 4 with alpha. */
export function paintGifFrame(decoded: Uint8Array, step: number, frame: GifFrame): Uint8Array {
  const { width, height } = frame.canvas;
  const rgb = new Uint8Array(width * height * 3);
  for (let y = 0, i = 0; y < height; y++) {
    const onRow = y >= frame.top && y < frame.top + frame.height;
    for (let x = 0; x < width; x++, i++) {
      const painted = onRow && x >= frame.left && x < frame.left + frame.width;
      const opaque = painted && (step === 3 || decoded[i * step + 3] !== 0);
      for (let c = 0; c < 3; c++) rgb[i * 3 + c] = opaque ? decoded[i * step + c]! : frame.blank[c]!;
    }
  }
  return rgb;
}
