import { describe, expect, it } from 'vitest';
import { kindOfColumn, kindOfName, matcherOf, wordsOf } from '../../../src/prompts/analysis/names';

describe('words of a name', () => {
  it.each([
    ['imagenet_class-names', ['imagenet', 'class', 'names']],
    ['CLIPLabels2', ['clip', 'labels']],
    ['IMAGENET_TEMPLATES', ['imagenet', 'templates']],
    ['promptsÉté', ['prompts', 'été']],
    ['Prompts for 3 wolves', ['prompts', 'for', 'wolves']],
    ['提示_prompts', ['提示', 'prompts']],
    ['', []],
  ])('%s', (name, words) => {
    expect(wordsOf(name)).toEqual(words);
  });
});

describe('what a name says', () => {
  it.each([
    ['prompts', 'prompt'],
    ['caption_a', 'prompt'],
    ['promptTextList', 'prompt'],
    ['classnames', 'class'],
    ['CLASS_NAMES', 'class'],
    ['label2id', 'class'],
    ['ID2LABEL', 'class'],
    ['simple_imagenet_template', 'template'],
    ['prompt_builder', null],
    ['texts', null],
    ['system_prompt', null],
    ['ignore_labels', null],
    ['exclude-labels', null],
    ['negativePrompts', null],
    ['labeled', null],
    ['classifier', null],
  ])('%s: %s', (name, kind) => {
    expect(kindOfName(name)).toBe(kind);
  });

  it('takes a text for a prompt only in a column', () => {
    expect(['TEXT', 'alt_text', 'class_text', 'user_text', 'url'].map(kindOfColumn)).toEqual([
      'prompt',
      'prompt',
      'class',
      null,
      null,
    ]);
  });
});

describe('patterns of the settings', () => {
  it('take * for anything and letter case for nothing', () => {
    const matches = matcherOf(['my*Query', 'a.b']);
    expect(['MYquery', 'my_long_query', 'queries', 'a.b', 'axb'].map(matches)).toEqual([
      true,
      true,
      false,
      true,
      false,
    ]);
  });
});
