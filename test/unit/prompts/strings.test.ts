import { describe, expect, it } from 'vitest';
import { braceSlots, hasSlot, percentSlots } from '../../../src/prompts/analysis/slots';
import { isImagePath, mayBePrompt } from '../../../src/prompts/analysis/strings';

describe('what may be a prompt', () => {
  it.each([
    'cat',
    'a photo of a cat.',
    '狼',
    'either/or of two',
    'Mr. T',
    'see https://a.b',
    'a {{brace}}',
    '<|startoftext|> a cat',
    `${'a '.repeat(1000)}`,
  ])('may: %s', (text) => {
    expect(mayBePrompt(text)).toBe(true);
  });
  it.each([
    '',
    ' \n',
    '42',
    '{}',
    'https://a.b/c d',
    'a/b',
    'a\\b',
    'wolf.png',
    'v1.5',
    '{% if a %}b',
    '{{ a }} b',
    '{{- if .A }}',
    '<|user|>a',
    `${'a '.repeat(1001)}`,
  ])('may not: %s', (text) => {
    expect(mayBePrompt(text)).toBe(false);
  });
});

describe('paths of images', () => {
  it.each(['a.png', 'my wolf.JPG', '../x/y.tiff', 'file:///a/b.webp', 'C:\\a\\b.gif'])('are: %s', (text) => {
    expect(isImagePath(text)).toBe(true);
  });
  it.each(['.png', 'https://a.b/c.png', 'a.png.txt', 'png', 'data:a.png', 'a/.jpg'])(
    'are not: %s',
    (text) => {
      expect(isImagePath(text)).toBe(false);
    },
  );
});

describe('slots', () => {
  it('are what str.format fills', () => {
    expect(braceSlots('a {{b}} {} of {c} and {0}')).toEqual({
      parts: ['a {b} ', ' of ', ' and ', ''],
      keys: [0, 'c', 0],
      automatic: true,
    });
  });

  it('are what the operator % fills', () => {
    expect(percentSlots('100%% %s by %(who)s')).toEqual({
      parts: ['100% ', ' by ', ''],
      keys: [0, 'who'],
      automatic: true,
    });
  });

  it.each([
    ['a {c} b', true],
    ['a %s b', true],
    ['{{c}}', false],
    ['{"a": 1}', false],
    ['50% smaller', false],
    ['{class name}', false],
  ])('%s: %s', (text, is) => {
    expect(hasSlot(text)).toBe(is);
  });
});
