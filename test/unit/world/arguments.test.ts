import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../tools/world/arguments';
import { nouns } from '../../../tools/world/nouns';
import { demoWorld, judgeWorld } from '../../../tools/world/world';

describe('parseArguments', () => {
  it('draws 20 pictures of every noun if not told otherwise', () => {
    expect(parseArguments(['--out', 'there'])).toEqual({
      kind: 'draw',
      folder: 'there',
      size: 192,
      plan: { world: demoWorld, seed: 1, nouns, perNoun: 20, mixed: 0, with: [], without: [] },
    });
  });

  it('takes all it is told', () => {
    const options =
      '--per-noun 3 --mixed 4 --size 64 --seed 5 --world judge --without word --noun wolf'.split(' ');
    expect(
      parseArguments(['--out', 'there', ...options, '--noun', 'hot dog', '--with', 'night sky']),
    ).toEqual({
      kind: 'draw',
      folder: 'there',
      size: 64,
      plan: {
        world: judgeWorld,
        seed: 5,
        nouns: ['wolf', 'hot dog'],
        perNoun: 3,
        mixed: 4,
        with: ['night sky'],
        without: ['word'],
      },
    });
  });

  it('helps and lists without a folder', () => {
    expect(parseArguments(['--help'])).toEqual({ kind: 'help' });
    expect(parseArguments(['--list'])).toEqual({ kind: 'list', world: demoWorld });
  });

  it.each([
    [[], /--out/],
    [['--out', 'a', '--noun', 'unicorn'], /unicorn/],
    [['--out', 'a', '--with', 'rain'], /rain/],
    [['--out', 'a', '--world', 'real'], /real/],
    [['--out', 'a', '--size', '16'], /--size .* 32 to 1024/],
    [['--out', 'a', '--per-noun', '1.5'], /--per-noun/],
    [['--out', 'a', '--seed', '-1'], /seed/],
    [['--out', 'a', '--with', 'snow', '--with', 'sand'], /snow and sand/],
    [['--out', 'a', '--with', 'snow', '--without', 'snow'], /both name “snow”/],
    [['--out', 'a', 'more'], /more/],
  ])('refuses %j', (argv, message) => {
    expect(() => parseArguments(argv)).toThrow(
      expect.objectContaining({ code: 'configuration', message: expect.stringMatching(message) }),
    );
  });
});
