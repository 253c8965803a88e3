import type { ComponentMap } from '../../shared/library';
import type { MapColour } from '../../shared/mapProtocol';
import { type ColourScale, logScale, signedScale } from './colourScale';
import type { Look } from './mapCanvas';
import { type Palette, ramp, shades } from './palette';

/** By what the area of points is chosen. */
export type Sizing = 'same' | 'images';

export interface ColouredLook {
  readonly look: Look;
  readonly scale: ColourScale;
  /** One per point; not a number where there is none. */
  readonly values: Float32Array;
}

/** The colours and sizes of the points; `values` as in the state: null for the firing rate, or not known yet. */
export function lookOf(
  { components, firingRates }: Pick<ComponentMap, 'components' | 'firingRates'>,
  colour: MapColour,
  values: Float32Array | null,
  sizing: Sizing,
  palette: Palette,
): ColouredLook {
  const shown =
    colour.kind === 'firing-rate'
      ? firingRates
      : (values ?? new Float32Array(components.length).fill(Number.NaN));
  const scale = colour.kind === 'firing-rate' ? logScale(shown) : signedScale(shown);
  const colours = [
    ...ramp(scale.kind === 'sequential' ? palette.sequential : palette.diverging),
    palette.quiet,
  ];
  return {
    look: {
      shades: Uint8Array.from(shown, (value) => {
        const share = scale.share(value);
        return Number.isNaN(share) ? shades : Math.round(share * (shades - 1));
      }),
      colours,
      radii: radiiOf(firingRates, sizing),
      prominence: prominenceOf(shown),
    },
    scale,
    values: shown,
  };
}

/** In CSS pixels. The more points, the smaller; by images, the area grows with their number. */
function radiiOf(firingRates: Float32Array, sizing: Sizing): Float32Array {
  const base = Math.min(5.5, Math.max(2.2, 7 - 1.1 * Math.log10(Math.max(1, firingRates.length))));
  if (sizing === 'same') return new Float32Array(firingRates.length).fill(base);
  const most = firingRates.reduce((a, b) => Math.max(a, b), 0);
  return firingRates.map((rate) => base * (0.55 + 2 * Math.sqrt(most > 0 ? rate / most : 0)));
}

/** Points by |value|, the largest first; those without one last. */
export function prominenceOf(values: Float32Array): Uint32Array {
  const magnitudes = values.map((value) => (Number.isNaN(value) ? -1 : Math.abs(value)));
  return Uint32Array.from(magnitudes, (_, i) => i).sort((a, b) => magnitudes[b]! - magnitudes[a]! || a - b);
}
