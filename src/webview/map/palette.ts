import { along, fromHex, luminance, mix, type Rgb } from './colour';

/** The colours that the map is drawn in, in the theme of now. */
export interface Palette {
  readonly background: Rgb;
  readonly foreground: Rgb;
  readonly focus: Rgb;
  /** What has no value, and what is not looked for. */
  readonly quiet: Rgb;
  /** From little to much. */
  readonly sequential: readonly Rgb[];
  /** From negative over zero to positive. */
  readonly diverging: readonly Rgb[];
}

/**
 * Colours of a theme; positive and negative ones are null where the system imposes its own colours and those of the
 * theme would be on another ground.
 */
export interface ThemeColours {
  readonly background: Rgb;
  readonly foreground: Rgb;
  readonly focus: Rgb;
  readonly signs: { readonly positive: Rgb; readonly negative: Rgb } | null;
}

// Viridis, which the colour-blind tell apart and which rises in lightness, less the end that a ground would swallow.
const onDark = ['#6a6fc0', '#4592c4', '#3cb8a0', '#a0d860', '#fde725'].map(fromHex);
const onLight = ['#2f9e6e', '#1f8a8c', '#2f6c8e', '#3d4a89', '#440154'].map(fromHex);
const signsOnDark = { positive: fromHex('#6cb2ff'), negative: fromHex('#ff9d3c') };
const signsOnLight = { positive: fromHex('#0f4a85'), negative: fromHex('#a34400') };

export function paletteOf({ background, foreground, focus, signs }: ThemeColours): Palette {
  const dark = isDark(background);
  const { positive, negative } = signs ?? (dark ? signsOnDark : signsOnLight);
  // About as far from the ground as a colour must be to be seen at all.
  const zero = mix(background, foreground, dark ? 0.35 : 0.4);
  return {
    background,
    foreground,
    focus,
    quiet: mix(background, foreground, 0.2),
    sequential: dark ? onDark : onLight,
    diverging: [negative, mix(zero, negative, 0.45), zero, mix(zero, positive, 0.45), positive],
  };
}

export function isDark(background: Rgb): boolean {
  return luminance(background) < 0.18;
}

/** Steps of a scale that are told apart. */
export const shades = 64;

/** The colours of a scale, from its lower end to its upper one. */
export function ramp(stops: readonly Rgb[]): readonly Rgb[] {
  return Array.from({ length: shades }, (_, i) => along(stops, i / (shades - 1)));
}
