import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src/engine/cli/arguments';

const study = { model: null, dictionary: null, layer: null, tokens: null, acceptPoor: false };

describe('ablate', () => {
  it('takes images and prompts, and removes latents where nothing else is said', () => {
    expect(parseArguments(['ablate', 'a.jpg', 'b.jpg', '--prompt', 'p', '--latents', '3,7'])).toEqual({
      kind: 'ablate',
      of: { kind: 'images', images: ['a.jpg', 'b.jpg'], prompts: ['p'] },
      change: { kind: 'latents', latents: [3, 7], scale: 0 },
      ...study,
      top: 0,
      json: false,
    });
  });

  it('takes a library', () => {
    const options =
      '--library l --latents 3,7 --latents 7,9 --scale 0.5 --class-prompt {} --top 5 --json --layer -2';
    expect(parseArguments(['ablate', ...options.split(' ')])).toEqual({
      kind: 'ablate',
      of: { kind: 'library', library: 'l', classTemplate: '{}' },
      change: { kind: 'latents', latents: [3, 7, 9], scale: 0.5 },
      ...study,
      layer: -2,
      top: 5,
      json: true,
    });
  });

  it('takes an intervention by its name', () => {
    expect(parseArguments(['ablate', '--library', 'l', '--intervention', 'no snow'])).toMatchObject({
      of: { classTemplate: 'a photo of a {}' },
      change: { kind: 'named', name: 'no snow' },
      top: 20,
    });
  });

  it.each([
    ['', /No --latents/],
    ['--latents 3', /No image is given, and no --library/],
    ['a.jpg --latents 3', /No prompt/],
    ['a.jpg --prompt p --latents x', /--latents “x”/],
    ['a.jpg --prompt p --latents 3,', /--latents “”/],
    ['a.jpg --prompt p --latents -1', /latents/],
    ['a.jpg --prompt p --latents 3 --scale 11', /--scale 11 is more than 10/],
    ['a.jpg --prompt p --latents 3 --scale x', /--scale “x”/],
    ['a.jpg --prompt p --latents 3 --intervention n', /Either --latents/],
    ['a.jpg --prompt p --intervention n --scale 0', /its own scales/],
    ['a.jpg --prompt p --latents 3 --class-prompt {}', /--class-prompt/],
    ['a.jpg --library l --latents 3', /Either images/],
    ['--library l --prompt p --latents 3', /--class-prompt/],
    ['--library l --latents 3 --class-prompt p', /has no \{\}/],
    ['--library l --latents 3 --top 10001', /more than 10000/],
  ])('refuses “%s”', (options, message) => {
    expect(() => parseArguments(['ablate', ...options.split(' ').filter((one) => one !== '')])).toThrow(
      message,
    );
  });
});
