import { attributionColours, type ThemeKind } from '../../../shared/attributionColours';

/** The colours that a picture in a hover is drawn in. */
export interface PictureTheme {
  readonly positive: string;
  readonly negative: string;
  readonly text: string;
  readonly muted: string;
  /** Lines that separate: axes, and frames of pictures. */
  readonly line: string;
  readonly warning: string;
  /** How strongly words are tinted at most; high contrast themes have no tints, only lines. */
  readonly tint: number;
}

/** Those of VS Code's own themes; others of the same kind have hovers about as dark or as light. */
const others: Readonly<Record<ThemeKind, Omit<PictureTheme, 'positive' | 'negative'>>> = {
  dark: { text: '#cccccc', muted: '#9d9d9d', line: '#6b6b6b', warning: '#cca700', tint: 0.3 },
  light: { text: '#3b3b3b', muted: '#616161', line: '#a0a0a0', warning: '#8a6100', tint: 0.22 },
  highContrast: { text: '#ffffff', muted: '#d4d4d4', line: '#6fc3df', warning: '#ffd370', tint: 0 },
  highContrastLight: { text: '#292929', muted: '#424242', line: '#0f4a85', warning: '#895503', tint: 0 },
};

export function pictureTheme(kind: ThemeKind): PictureTheme {
  return { ...attributionColours[kind], ...others[kind] };
}
