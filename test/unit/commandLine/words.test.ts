import * as path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { parseArguments } from '../../../src/engine/cli/arguments';
import { runWords } from '../../../src/engine/cli/words';
import type { WordsCommand } from '../../../src/engine/cli/wordsArguments';
import type { Words } from '../../../src/shared/words';
import type { EngineSupervisor } from '../../../src/supervisor/engineSupervisor';

const study = { model: null, dictionary: null, layer: null, tokens: null, acceptPoor: false };
const command: WordsCommand = {
  kind: 'words',
  image: 'a.jpg',
  prompt: 'a wolf',
  components: { kind: 'top', top: 2 },
  ...study,
  json: false,
};

test('words takes an image and a prompt, and has defaults for all else', () => {
  expect(parseArguments(['words', 'a.jpg', '--prompt', 'a wolf'])).toEqual({
    ...command,
    components: { kind: 'top', top: 5 },
  });
});

test('words takes components by number', () => {
  const given = ['words', 'a.jpg', '--prompt', 'a wolf', '--latents', '5, 7', '--latents', '5', '--json'];
  expect(parseArguments([...given, '--dictionary', 'heads:2'])).toEqual({
    ...command,
    dictionary: 'heads:2',
    components: { kind: 'latents', latents: [5, 7] },
    json: true,
  });
});

test.each([
  ['No image', '--prompt', 'x'],
  ['“b.jpg”', 'a.jpg', 'b.jpg', '--prompt', 'x'],
  ['No prompt', 'a.jpg'],
  ['“y”', 'a.jpg', '--prompt', 'x', '--prompt', 'y'],
  ['--top', 'a.jpg', '--prompt', 'x', '--top', '101'],
  ['--latents “”', 'a.jpg', '--prompt', 'x', '--latents', '1,'],
  ['--latents', 'a.jpg', '--prompt', 'x', '--latents', Array.from({ length: 101 }, (_, i) => i).join()],
  ['--top ones', 'a.jpg', '--prompt', 'x', '--latents', '1', '--top', '1'],
])('words says what is wrong: %s', (part, ...argv) => {
  expect(() => parseArguments(['words', ...argv])).toThrow(part);
});

const sha256 = 'a'.repeat(64);
const found = {
  study: {
    model: { id: 'clip', sha256 },
    dictionary: { id: 'sae', sha256, layer: 3, tokens: 'cls', size: 9, point: 'resid_post' },
    notes: ['About the study.'],
    computed: { device: 'webgpu', precision: 'fp16' },
  },
  similarity: 0.7,
  tokens: [
    { text: '<s>', word: null },
    { text: 'a', word: 0 },
    { text: 'wo', word: 1 },
    { text: 'lf', word: 1 },
    { text: '</s>', word: null },
  ],
  contributions: Float32Array.of(0, 0, 0.5, -0.25, 0),
  words: [
    { text: 'a', start: 0, contribution: 0, leaveOneOut: -0.000001 },
    { text: 'wolf', start: 2, contribution: 0.25, leaveOneOut: 0.1 },
  ],
  components: [
    {
      component: 7,
      attribution: -0.5,
      contributions: Float32Array.of(0, 0, 0, 0, 1),
      leaveOneOut: Float32Array.of(0.0625, -0.5),
    },
  ],
  notes: ['About the words.'],
} as unknown as Words;

function engine(requests: unknown[]): EngineSupervisor {
  const remote = {
    describe: async () => ({ version: '1', pid: 1 }),
    attribute: async () => ({
      images: [
        {
          kind: 'analysis',
          analysis: {
            latents: Int32Array.of(3, 5, 7),
            directions: [{ attributions: Float32Array.of(0.1, -0.2, -0.5) }],
          },
        },
      ],
    }),
    attributeWords: async (request: unknown) => {
      requests.push(request);
      return found;
    },
  };
  return { remote } as unknown as EngineSupervisor;
}

describe('clipsight words', () => {
  it('asks for the components with the largest attributions, and shows a row a word', async () => {
    const requests: unknown[] = [];
    const { stdout, stderr, exitCode } = await runWords(command, engine(requests), {});
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(requests).toMatchObject([
      { image: { kind: 'file', path: path.resolve('a.jpg') }, text: 'a wolf', components: [7, 5] },
    ]);
    const lines = stdout.split('\n');
    expect(lines.filter((line) => /^ {2,}/.test(line)).map((line) => line.trim().split(/ {2,}/))).toEqual([
      ['score', 'integrated', 'latent 7', 'word'],
      ['0.00', '0.00', '+6.25', 'a'],
      ['+10.00', '+25.00', '−50.00', 'wolf'],
      ['+25.00', 'all words'],
      ['+70.00', '−50.00', 'whole prompt'],
    ]);
    expect(stdout).toContain('Note: Not active in the image: 5.');
    expect(stdout).toContain('Note: About the study.');
    expect(stdout).toContain('Note: About the words.');
  });

  it('prints JSON with its notes beside', async () => {
    const components = { kind: 'latents', latents: [7] } as const;
    const { stdout, stderr } = await runWords({ ...command, components, json: true }, engine([]), {});
    expect(JSON.parse(stdout)).toEqual({
      engine: { version: '1', device: 'webgpu', precision: 'fp16' },
      model: { id: 'clip', sha256 },
      dictionary: { id: 'sae', sha256, layer: 3, tokens: 'cls', size: 9 },
      image: 'a.jpg',
      prompt: 'a wolf',
      similarity: 0.7,
      tokens: found.tokens.map((token, t) => ({ ...token, contribution: found.contributions[t] })),
      words: found.words,
      components: [
        { latent: 7, attribution: -0.5, contributions: [0, 0, 0, 0, 1], leaveOneOut: [0.0625, -0.5] },
      ],
    });
    expect(stderr).toBe('Note: About the study. Note: About the words.');
  });
});
