/** The kinds of theme that VS Code knows, as package.json names them in the defaults of a colour. */
export type ThemeKind = 'light' | 'dark' | 'highContrast' | 'highContrastLight';

/**
 * The defaults of the colours `clipsight.positiveAttribution` and `clipsight.negativeAttribution`, for pictures
 * that cannot ask the theme: an SVG in an `<img>` reads no variables. A test holds package.json to them.
 */
export const attributionColours: Readonly<
  Record<ThemeKind, { readonly positive: string; readonly negative: string }>
> = {
  dark: { positive: '#59a4f9', negative: '#eb8f34' },
  light: { positive: '#0063d3', negative: '#b84c00' },
  highContrast: { positive: '#6cb2ff', negative: '#ff9d3c' },
  highContrastLight: { positive: '#0f4a85', negative: '#a34400' },
};
