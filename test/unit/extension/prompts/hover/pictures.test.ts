import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { matchesPicture } from '../../../../../src/extension/prompts/hover/matchesPicture';
import { pictureTheme } from '../../../../../src/extension/prompts/hover/pictureTheme';
import { componentsPicture } from '../../../../../src/extension/prompts/hover/promptPicture';
import { type Picture, svgUri } from '../../../../../src/extension/prompts/hover/svg';
import { wordsPicture } from '../../../../../src/extension/prompts/hover/wordsPicture';
import { attributionColours } from '../../../../../src/shared/attributionColours';
import { component, pixel } from './fixtures';
import { elementsOf } from './xml';

const theme = pictureTheme('dark');
const anyText = fc.string({ unit: 'binary', maxLength: 60 });
const anyNumber = fc.double({ min: -1, max: 1, noNaN: true });

function boxes({ svg }: Picture, fill: string) {
  return elementsOf(svg)
    .filter(({ name, attributes }) => name === 'rect' && attributes.fill === fill)
    .map(({ attributes: { x, width } }) => ({ x: Number(x), width: Number(width) }));
}

test('the colours of pictures are the defaults that package.json contributes', () => {
  const { colors } = JSON.parse(readFileSync('package.json', 'utf8')).contributes as {
    colors: { id: string; defaults: Record<string, string> }[];
  };
  const defaults = (id: string) => colors.find((colour) => colour.id === id)!.defaults;
  for (const [kind, { positive, negative }] of Object.entries(attributionColours)) {
    expect(defaults('clipsight.positiveAttribution')[kind]).toBe(positive);
    expect(defaults('clipsight.negativeAttribution')[kind]).toBe(negative);
  }
});

describe('bars of components', () => {
  it('are as long as the attributions, from one zero, negative to the left', () => {
    const picture = componentsPicture([component(1, 0.08), component(2, -0.02), component(3, 0.02)], theme);
    const [long, short] = boxes(picture, theme.positive);
    const [negative] = boxes(picture, theme.negative);
    expect(long!.width / short!.width).toBeCloseTo(4, 1);
    expect(negative!.width).toBeCloseTo(short!.width, 1);
    expect(negative!.x + negative!.width).toBeCloseTo(long!.x, 1);
    expect(short!.x).toBe(long!.x);
  });

  it('say in words what they show', () => {
    const components = [
      component(482, 0.0921, { label: 'wolf', share: 0.312 }),
      component(9, -0.0107, { label: null, share: 0.04, isPoor: true }),
    ];
    expect(componentsPicture(components, theme).alt).toBe(
      'Components: wolf (482) +9.21 points, 31.2\u00a0%; latent 9 −1.07 points, 4.0\u00a0%, poorly described by the prompt',
    );
  });

  it('explain the mark only where it stands', () => {
    const text = (isPoor: boolean | null) => componentsPicture([component(1, 0.1, { isPoor })], theme).svg;
    expect(text(true)).toContain('the prompt describes many other components better');
    expect(text(false)).not.toContain('describes');
    expect(text(null)).not.toContain('describes');
  });

  it('have at most three images each, whatever is given', () => {
    const thumbnails = [1, 2, 3, 4, 5].map(pixel);
    const { svg } = componentsPicture([component(1, 0.1, { thumbnails })], theme);
    const images = elementsOf(svg).filter(({ name }) => name === 'image');
    expect(images.map(({ attributes }) => attributes.href)).toEqual(thumbnails.slice(0, 3));
  });

  it('is well-formed and stays within its size, whatever the labels say', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(anyText, anyNumber, fc.boolean()), { minLength: 1, maxLength: 5 }),
        (rows) => {
          const components = rows.map(([label, attribution, isPoor], i) =>
            component(i, attribution, { label, isPoor, thumbnails: [pixel(i)] }),
          );
          const picture = componentsPicture(components, theme);
          for (const { x, width } of [...boxes(picture, theme.positive), ...boxes(picture, theme.negative)]) {
            expect(x).toBeGreaterThanOrEqual(0);
            expect(x + width).toBeLessThanOrEqual(picture.width);
          }
        },
      ),
    );
  });
});

describe('words', () => {
  it('stand in their order with what the score loses without each', () => {
    const { svg, alt } = wordsPicture(
      [
        { text: 'wolf', leaveOneOut: 0.1 },
        { text: '<b>', leaveOneOut: -0.05 },
      ],
      theme,
    );
    const texts = elementsOf(svg).flatMap(({ name, text }) => (name === 'text' ? [text] : []));
    expect(texts).toEqual(['lost without', 'wolf', '+10.00', '<b>', '−5.00']);
    expect(alt).toBe('Points lost without each word: wolf +10.00; <b> −5.00');
  });

  it('run from the right in a script that does', () => {
    const starts = (words: string[]) =>
      elementsOf(
        wordsPicture(
          words.map((text) => ({ text, leaveOneOut: 0 })),
          theme,
        ).svg,
      )
        .filter(({ attributes }) => attributes.class?.startsWith('f '))
        .map(({ attributes }) => Number(attributes.x));
    const [first, second] = starts(['ذئب', 'رمادي']);
    expect(first).toBeGreaterThan(second!);
    const [left, right] = starts(['grey', 'wolf']);
    expect(left).toBeLessThan(right!);
  });

  it('of a long prompt leaves out those that matter least, with a gap where they were', () => {
    const words = Array.from({ length: 40 }, (_, i) => ({
      text: `w${i}`,
      leaveOneOut: i === 20 ? 0.5 : i < 17 ? 0.1 : 0,
    }));
    const { svg } = wordsPicture(words, theme);
    const texts = elementsOf(svg).flatMap(({ name, text }) => (name === 'text' ? [text] : []));
    expect(texts).toContain('w20');
    expect(texts).toContain('w16');
    expect(texts.filter((text) => text === '…')).toHaveLength(2);
    expect(texts).not.toContain('w30');
  });

  it('is well-formed and stays within its size, whatever the words are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ text: anyText, leaveOneOut: anyNumber }), { minLength: 1, maxLength: 50 }),
        (words) => {
          const { svg, width, height } = wordsPicture(words, theme);
          for (const { name, attributes } of elementsOf(svg)) {
            if (name !== 'rect') continue;
            expect(Number(attributes.x)).toBeGreaterThanOrEqual(0);
            expect(Number(attributes.x) + Number(attributes.width)).toBeLessThanOrEqual(width);
            expect(Number(attributes.y) + Number(attributes.height)).toBeLessThanOrEqual(height);
          }
        },
      ),
    );
  });
});

test('matching images have their scores below, best above worst', () => {
  const match = (name: string, similarity: number) => ({ name, similarity, thumbnail: pixel(1) });
  const { svg, alt, height } = matchesPicture([match('a&b.png', 0.3)], [match('c.png', -0.012)], theme);
  const texts = elementsOf(svg).flatMap(({ name, text }) => (name === 'text' ? [text] : []));
  expect(texts).toEqual(['best', '30.00', 'worst', '−1.20']);
  expect(alt).toBe('Images of the library. best: a&b.png 30.00 points. worst: c.png −1.20 points');
  expect(height).toBeLessThan(120);
});

test('an address of a picture is the picture, and nothing that Markdown or an address reads otherwise', () => {
  fc.assert(
    fc.property(anyText, anyNumber, (label, attribution) => {
      const { svg } = componentsPicture(
        [component(1, attribution, { label, thumbnails: [pixel(1)] })],
        theme,
      );
      const uri = svgUri(svg);
      expect(decodeURIComponent(uri.slice('data:image/svg+xml,'.length))).toBe(svg);
      expect(uri).not.toMatch(/[\s()<>[\]"'`|\\?#&*]/);
    }),
  );
});
