import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { glyphFile } from '../../../tools/world/glyphs';
import outlines from '../../../tools/world/letters.json';
import { glyphsOf, isNoun, nouns, senses, withArticle } from '../../../tools/world/nouns';

const folder = join(__dirname, '../../../tools/world/glyphs');

it('has 187 nouns, as the model was trained on', () => {
  expect(nouns.length).toBe(187);
  expect(isNoun('wolf')).toBe(true);
  expect(isNoun('toString')).toBe(false);
});

it('has a picture of every glyph and no others, their notice, and less than 3 MB', () => {
  const glyphs = Object.values(glyphsOf).flat();
  const files = readdirSync(folder);
  expect(files.toSorted()).toEqual([...new Set(glyphs.map(glyphFile)), 'NOTICE.md'].toSorted());
  const bytes = files.reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
  expect(bytes).toBeLessThan(3e6);
});

it('has one sense per glyph of a homonym', () => {
  for (const [noun, named] of Object.entries(senses)) {
    expect(named.length).toBe(glyphsOf[noun as keyof typeof senses].length);
  }
});

it('has an outline of every letter it may write', () => {
  const letters = new Set(nouns.join(''));
  expect(Object.keys(outlines.letters).filter((letter) => letters.has(letter)).length).toBe(letters.size);
});

it.each([
  ['wolf', 'a wolf'],
  ['otter', 'an otter'],
  ['bus', 'a bus'],
  ['cactus', 'cactus'],
  ['glasses', 'glasses'],
  ['bread', 'bread'],
  ['ice cream', 'an ice cream'],
])('says %s as “%s”', (noun, said) => {
  expect(withArticle(noun)).toBe(said);
});
