import { describe, expect, it, test } from 'vitest';
import { parseArguments } from '../../../src/engine/cli/arguments';

const study = { model: null, dictionary: null, layer: null, tokens: null, acceptPoor: false };
const library = { ...study, library: null, judge: null };

describe('index', () => {
  it('takes folders, and has defaults for all else', () => {
    expect(parseArguments(['index', 'a', 'b'])).toEqual({
      kind: 'index',
      folders: ['a', 'b'],
      ...library,
      include: [],
      exclude: [],
      contributions: { most: 10e9 },
      progress: false,
      json: false,
    });
  });

  it('takes everything', () => {
    const options =
      '--library l.duckdb --model m --dictionary d --layer -2 --tokens cls --judge self --contributions 0.5 ' +
      '--include *.png --include *.jpg --exclude old --accept-poor --progress --json';
    expect(parseArguments(['index', 'a', ...options.split(' ')])).toEqual({
      kind: 'index',
      folders: ['a'],
      library: 'l.duckdb',
      judge: 'self',
      model: 'm',
      dictionary: 'd',
      layer: -2,
      tokens: 'cls',
      acceptPoor: true,
      include: ['*.png', '*.jpg'],
      exclude: ['old'],
      contributions: { most: 5e8 },
      progress: true,
      json: true,
    });
  });

  it('computes no contributions when told so', () => {
    expect(parseArguments(['index', 'a', '--contributions', 'none'])).toMatchObject({
      contributions: 'none',
    });
  });
});

test('latent takes a number, concepts and prompts', () => {
  expect(parseArguments(['latent', '17'])).toEqual({
    kind: 'latent',
    latent: 17,
    ...library,
    concepts: [],
    nouns: true,
    prompts: [],
    top: 20,
    json: false,
  });
  expect(
    parseArguments(['latent', '0', '--concepts', 'c.txt', '--no-nouns', '--prompt', 'a dog', '--top', '3']),
  ).toMatchObject({ latent: 0, concepts: ['c.txt'], nouns: false, prompts: ['a dog'], top: 3 });
});

test('search takes words as they stand, or an image', () => {
  expect(parseArguments(['search', 'deep', 'snow', '--top', '5'])).toMatchObject({
    query: { kind: 'text', text: 'deep snow' },
    top: 5,
  });
  expect(parseArguments(['search', '--image', 'a.jpg'])).toMatchObject({
    query: { kind: 'image', file: 'a.jpg' },
  });
});

test('export is of a library where --parquet is given, else of a dictionary', () => {
  expect(parseArguments(['export', '--parquet', 'shard', '--library', 'l'])).toEqual({
    kind: 'shard',
    folder: 'shard',
    library: 'l',
  });
  expect(parseArguments(['export', 'sae.pt', 'folder'])).toMatchObject({
    kind: 'export',
    dictionary: 'sae.pt',
    folder: 'folder',
  });
  expect(parseArguments(['import', 'a', 'b', '--json'])).toEqual({
    kind: 'import',
    folders: ['a', 'b'],
    library: null,
    json: true,
  });
});

test.each([
  [['index'], /No folder/],
  [['index', 'a', '--contributions', '-1'], /--contributions/],
  [['index', 'a', '--contributions=lots'], /--contributions “lots” is not a number from 0/],
  [['latent'], /No latent is given/],
  [['latent', 'x'], /latent “x” is not a whole number from 0/],
  [['latent', '1', '2'], /One latent at a time: what is “2”/],
  [['latent', '1', '--top', '0'], /--top “0” is not a whole number from 1/],
  [['latent', '1', '--top', '501'], /--top 501 is more than 500/],
  [['latent', '1', '--nouns', '--no-nouns'], /contradict/],
  [['search'], /No text/],
  [['search', ' '], /No text/],
  [['search', 'snow', '--image', 'a.jpg'], /Either a text/],
  [['export', 'sae.pt', '--parquet', 'shard'], /--parquet exports a library.*“sae\.pt”/],
  [['export', 'sae.pt', 'folder', '--library', 'l'], /--library is exported with --parquet/],
  [['import'], /No folder to import/],
])('%j is refused', (argv, message) => {
  expect(() => parseArguments(argv)).toThrow(message);
});

describe('match', () => {
  it('takes prompts, and how many images', () => {
    const args = ['match', '--prompt', 'a', '--prompt', 'b', '--most', '3', '--library', 'l', '--json'];
    expect(parseArguments(args)).toEqual({
      kind: 'match',
      prompts: ['a', 'b'],
      ...library,
      library: 'l',
      most: 3,
      json: true,
    });
    expect(parseArguments(['match', '--prompt', 'a'])).toMatchObject({ most: 5, json: false });
  });

  it('refuses what it cannot do', () => {
    for (const args of [[], ['--prompt', 'a', '--most', '0'], ['--prompt', 'a', '--most', '101']]) {
      expect(() => parseArguments(['match', ...args])).toThrow();
    }
    expect(() => parseArguments(['match', 'photo.jpg', '--prompt', 'a'])).toThrow('photo.jpg');
  });
});
