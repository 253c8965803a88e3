import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

/** What bars lie on in VS Code's own themes: the editor, and a row under the pointer. */
const backgrounds = {
  dark: ['#1f1f1f', '#2a2d2e'],
  light: ['#ffffff', '#f2f2f2'],
  highContrast: ['#000000', '#1a1a1a'],
  highContrastLight: ['#ffffff', '#e7edf3'],
};

const { colors } = JSON.parse(readFileSync('package.json', 'utf8')).contributes as {
  colors: { id: string; defaults: Record<keyof typeof backgrounds, string> }[];
};

/** Relative luminance of `#rrggbb`, from 0 to 1 (WCAG 2.2). */
function luminance(colour: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}

/** Contrast ratio of two colours, from 1 to 21 (WCAG 2.2). */
function contrast(a: string, b: string): number {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light! + 0.05) / (dark! + 0.05);
}

test('contrast is that of WCAG', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#767676', '#ffffff')).toBeCloseTo(4.54, 2);
});

describe.each(Object.entries(backgrounds))('in a theme of kind %s', (kind, grounds) => {
  test.each(colors.map(({ id, defaults }) => [id, defaults]))('%s stands out', (_id, defaults) => {
    const colour = (defaults as Record<string, string>)[kind]!;
    for (const ground of grounds) expect(contrast(colour, ground)).toBeGreaterThan(3);
  });
});
