import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { imageExtensions, isImageName } from '../../../src/extension/images/imageFiles';

it.each(['a.png', 'b.JPG', 'c.d.jpeg', 'e.Tiff'])('takes %s for an image', (name) => {
  expect(isImageName(name)).toBe(true);
});

it.each(['png', 'a.pngx', 'a.png.txt', 'a.svg', ''])('does not take %j for an image', (name) => {
  expect(isImageName(name)).toBe(false);
});

it('package.json offers the command for exactly these files', () => {
  const { contributes } = JSON.parse(readFileSync('package.json', 'utf8'));
  const when: string = contributes.menus['explorer/context'][0].when;
  const [, pattern, flags] = /resourceExtname =~ \/(.*)\/(\w*)/.exec(when)!;
  const offered = new RegExp(pattern!, flags);
  for (const extension of imageExtensions) {
    expect(`.${extension}`).toMatch(offered);
    expect(`.${extension.toUpperCase()}`).toMatch(offered);
  }
  for (const other of ['.svg', '.txt', '.pngx', '']) expect(other).not.toMatch(offered);
});
