import type { Picture } from '../../src/engine/image/picture';

type Rgb = readonly [number, number, number];

/** Each pixel of an RGBA picture as bright as it is (Rec. 601), but of one colour: gray, or another. */
export function tinted({ layout, width, height, data }: Picture, colour: Rgb | 'gray'): Picture {
  const of: Rgb = colour === 'gray' ? [1, 1, 1] : colour;
  const scale = luminance(of);
  const out = Uint8Array.from(data);
  for (let at = 0; at < out.length; at += 4) {
    const bright = luminance([data[at]!, data[at + 1]!, data[at + 2]!]) / Math.max(scale, 1e-6);
    for (let c = 0; c < 3; c++) out[at + c] = Math.round(Math.min(255, of[c]! * bright));
  }
  return { layout, width, height, data: out };
}

/** Mean colour of an RGBA picture, what is transparent left out. */
export function meanColour({ data }: Picture): Rgb {
  const sums = [0, 0, 0];
  let weight = 0;
  for (let at = 0; at < data.length; at += 4) {
    for (let c = 0; c < 3; c++) sums[c]! += data[at + c]! * data[at + 3]!;
    weight += data[at + 3]!;
  }
  return sums.map((sum) => sum / Math.max(1, weight)) as unknown as Rgb;
}

function luminance([r, g, b]: Rgb): number {
  return 0.299 * r + 0.587 * g + 0.114 * b;
}
