import type { Picture } from '../../src/engine/image/picture';
import { random } from './random';
import { type Background, backgroundSize, type Point, type Scene } from './scene';
import { colours } from './world';

type Rgb = readonly [number, number, number];
/** Levels at a point of the background, not yet rounded or clipped. */
type Paint = (x: number, y: number) => Rgb;

const size = backgroundSize;
/** What the recipe takes for 2π. */
const turn = 6.28;
/** Standard deviation of the noise on every background, in levels. */
const noise = 4;

/** [64, 64] RGB. `grainy` false leaves the noise out, for comparing with a reference. */
export function drawBackground({ background, grain }: Scene, grainy: boolean): Picture {
  const chance = random(grain, 'grain');
  const normal = grainy ? () => chance.normal() : () => 0;
  const paint = paintOf(background, normal);
  const data = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = (y * size + x) * 3;
      paint(x, y).forEach((level, c) => {
        data[at + c] = Math.trunc(Math.min(255, Math.max(0, level + noise * normal())));
      });
    }
  }
  return { layout: 'rgb', width: size, height: size, data };
}

function paintOf(background: Background, normal: () => number): Paint {
  switch (background.kind) {
    case 'plain': {
      const colour = colours[background.colour];
      return () => colour;
    }
    case 'gradient':
      return gradient(colours[background.colour], background.angle);
    case 'striped': {
      const { period, angle } = background;
      const [one, other] = pair(colours[background.colour], (level) => level * 0.6 + 60);
      const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
      return (x, y) => (Math.sin(((x * cos + y * sin) * turn) / period) > 0 ? one : other);
    }
    case 'checkered': {
      const { period } = background;
      const [one, other] = pair(colours[background.colour], (level) => level * 0.55 + 70);
      return (x, y) => ((Math.floor(x / period) + Math.floor(y / period)) % 2 > 0 ? one : other);
    }
    case 'dotted': {
      const { period } = background;
      const [ground, dot] = pair(colours[background.colour], (level) => 255 - 0.5 * level);
      const fromDot = (x: number) => (x % period) - period / 2;
      return (x, y) => (fromDot(x) ** 2 + fromDot(y) ** 2 < (period * 0.28) ** 2 ? dot : ground);
    }
    case 'water': {
      const { wavelength, phase } = background;
      return (x, y) => {
        const wave = Math.sin((y * turn) / 7 + 2.2 * Math.sin((x * turn) / wavelength + phase));
        return [40 + 22 * wave, 120 + 34 * wave, 190 + 34 * wave];
      };
    }
    case 'snow': {
      const shadows = lookup(background.flakes);
      const flakes = lookup(background.flakes.map(({ x, y }) => ({ x, y: (y + 1) % size })));
      return (x, y) => (flakes(x, y) ? [255, 255, 255] : shadows(x, y) ? [150, 175, 205] : [226, 236, 246]);
    }
    case 'grass': {
      const blades = Float64Array.from({ length: size * size }, normal);
      const at = (x: number, y: number) => blades[((y + size) % size) * size + x]!;
      return (x, y) => {
        const n = at(x, y) + at(x, y - 1) + at(x, y - 2);
        return [70 + 12 * n, 150 + 20 * n, 50 + 10 * n];
      };
    }
    case 'sand':
      return () => {
        const n = 9 * normal();
        return [224 + n, 196 + n, 140 + n];
      };
    case 'night sky': {
      const stars = lookup(background.stars);
      return (x, y) => (stars(x, y) ? [250, 250, 220] : [16, 18, 48]);
    }
  }
}

/** From 0.45 to 1.2 of the colour along a direction, over all of the background. */
function gradient([r, g, b]: Rgb, angle: number): Paint {
  const along = (x: number, y: number) => (x * Math.cos(angle) + y * Math.sin(angle)) / size;
  const corners = [along(0, 0), along(size - 1, 0), along(0, size - 1), along(size - 1, size - 1)];
  const low = Math.min(...corners);
  const range = Math.max(...corners) - low + 1e-6;
  return (x, y) => {
    const share = 0.45 + (0.75 * (along(x, y) - low)) / range;
    return [r * share, g * share, b * share];
  };
}

function pair([r, g, b]: Rgb, other: (level: number) => number): readonly [Rgb, Rgb] {
  return [
    [r, g, b],
    [other(r), other(g), other(b)],
  ];
}

function lookup(points: readonly Point[]): (x: number, y: number) => boolean {
  const all = new Set(points.map(({ x, y }) => y * size + x));
  return (x, y) => all.has(y * size + x);
}
