import type { WordLayout } from './drawnWords';

const black = [16, 16, 16] as const;
const white = [245, 245, 245] as const;

/**
 * How each word is drawn: dark on light and light on dark, with and without colour, on a strip and without, large in the
 * middle and smaller elsewhere. All within the middle nine tenths, since some models are not shown the edges.
 */
export const wordLayouts: readonly WordLayout[] = [
  { paper: white, ink: black, strip: null, width: 0.86, height: 0.4, x: 0.5, y: 0.5 },
  { paper: black, ink: white, strip: null, width: 0.86, height: 0.4, x: 0.5, y: 0.5 },
  { paper: [200, 60, 60], ink: white, strip: null, width: 0.86, height: 0.3, x: 0.5, y: 0.25 },
  { paper: [70, 110, 205], ink: [250, 225, 90], strip: null, width: 0.86, height: 0.3, x: 0.5, y: 0.75 },
  { paper: [80, 150, 90], ink: black, strip: white, width: 0.86, height: 0.2, x: 0.5, y: 0.82 },
  { paper: [130, 130, 130], ink: white, strip: black, width: 0.86, height: 0.2, x: 0.5, y: 0.18 },
  { paper: [235, 205, 90], ink: [90, 30, 120], strip: null, width: 0.6, height: 0.25, x: 0.37, y: 0.35 },
  { paper: [225, 185, 200], ink: [30, 60, 130], strip: null, width: 0.6, height: 0.25, x: 0.63, y: 0.65 },
  { paper: [125, 90, 60], ink: black, strip: white, width: 0.7, height: 0.16, x: 0.4, y: 0.15 },
  { paper: [60, 70, 110], ink: black, strip: white, width: 0.7, height: 0.16, x: 0.6, y: 0.85 },
  { paper: [140, 85, 180], ink: white, strip: null, width: 0.7, height: 0.3, x: 0.5, y: 0.4 },
  { paper: [205, 225, 235], ink: [150, 30, 30], strip: null, width: 0.7, height: 0.3, x: 0.5, y: 0.6 },
];
