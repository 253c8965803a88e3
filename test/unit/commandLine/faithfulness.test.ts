import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { parseArguments } from '../../../src/engine/cli/arguments';
import { imageFiles, pairsOf } from '../../../src/engine/cli/faithfulnessPairs';
import { methods } from '../../../src/shared/measurement';
import { temporaryFolder } from '../../support/temporaryFolder';

const study = { model: null, dictionary: null, layer: null, tokens: null, acceptPoor: false };
const parse = (line: string) => parseArguments(['faithfulness', ...line.split(' ')]);

describe('arguments', () => {
  it('has defaults for all but images and a prompt', () => {
    expect(parse('a.jpg folder --prompt dog')).toEqual({
      kind: 'faithfulness',
      images: ['a.jpg', 'folder'],
      prompts: ['dog'],
      classPrompt: null,
      methods: [...methods],
      steps: 16,
      order: 'local',
      ...study,
      json: false,
    });
  });

  it('takes everything', () => {
    const options =
      '--prompt dog --prompt cat --class-prompt {} --method energy --method activation-gradient --steps 8 ' +
      '--order global --dictionary neurons:-2 --tokens cls --json';
    expect(parse(`a ${options}`)).toMatchObject({
      prompts: ['dog', 'cat'],
      classPrompt: '{}',
      steps: 8,
      order: 'global',
      dictionary: 'neurons:-2',
      tokens: 'cls',
      json: true,
    });
  });

  it('has random and ablation beside every method', () => {
    expect(parse('a --prompt dog --method logit-lens')).toMatchObject({
      methods: ['logit-lens', 'random', 'ablation'],
    });
  });

  it.each([
    ['--prompt dog', 'No image is given.'],
    ['a', 'No prompt is given.'],
    ['a --class-prompt dog', '--class-prompt “dog” has no {} for the folder'],
    ['a --prompt dog --method saliency', '--method “saliency” is none of activation-gradient,'],
    ['a --prompt dog --steps 0', '--steps “0” is not a whole number from 1.'],
    ['a --prompt dog --steps 1001', '--steps “1001” is more than 1000.'],
    ['a --prompt dog --order any', '--order “any” is none of local, global.'],
  ])('refuses %s', (line, message) => {
    expect(() => parse(line)).toThrow(message);
  });
});

describe('pairs', () => {
  it('are every image with every prompt, and with that of its folder', () => {
    const files = ['/x/hot_dog/a.jpg', '/x/cat/b.jpg', '/x/cat/c.jpg'];
    const { images, directions, pairs } = pairsOf(files, ['a cat'], 'a {}');
    expect(images).toEqual(files.map((path) => ({ kind: 'file', path: resolve(path) })));
    expect(directions).toEqual([
      { kind: 'prompt', text: 'a cat' },
      { kind: 'prompt', text: 'a hot dog' },
    ]);
    expect(pairs).toEqual([
      { image: 0, direction: 0 },
      { image: 0, direction: 1 },
      { image: 1, direction: 0 },
      { image: 2, direction: 0 },
    ]);
  });
});

test('folders stand for the pictures in them, once each', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'in'));
  for (const name of ['b.png', 'in/a.jpg', 'notes.txt']) writeFileSync(join(folder, name), '');
  const files = [join(folder, 'b.png'), join(folder, 'in/a.jpg')];
  expect(await imageFiles([folder, files[0]!])).toEqual(files);
  expect(await imageFiles(['nowhere.jpg', './nowhere.jpg', 'a/../nowhere.jpg'])).toEqual(['nowhere.jpg']);
  mkdirSync(join(folder, 'empty'));
  await expect(imageFiles([join(folder, 'empty')])).rejects.toThrow('has no images');
});
