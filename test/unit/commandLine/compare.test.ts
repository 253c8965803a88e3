import * as path from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { parseArguments } from '../../../src/engine/cli/arguments';
import { runCompare } from '../../../src/engine/cli/compare';
import type { CompareCommand } from '../../../src/engine/cli/compareArguments';
import type { Comparison, ComparisonRequest } from '../../../src/shared/comparison';
import type { EngineSupervisor } from '../../../src/supervisor/engineSupervisor';
import { engineRemote } from '../../support/engineRemote';

const command: CompareCommand = {
  kind: 'compare',
  images: ['a.jpg', 'b.jpg'],
  prompts: ['wolf', 'dog', 'snow'],
  promptsFile: null,
  templates: [],
  versus: null,
  model: null,
  dictionary: null,
  layer: null,
  tokens: null,
  acceptPoor: false,
  library: null,
  judge: null,
  concepts: [],
  nouns: true,
  top: 5,
  json: false,
};

test('compare takes images and prompts, and has defaults for all else', () => {
  const prompts = ['wolf', 'dog', 'snow'].flatMap((prompt) => ['--prompt', prompt]);
  expect(parseArguments(['compare', 'a.jpg', 'b.jpg', ...prompts])).toEqual(command);
});

test('compare takes what is given', () => {
  const given = ['--template', 'a {}', '--versus', 'cat', '--top', '0', '--library', 'l', '--no-nouns'];
  expect(
    parseArguments(['compare', 'a.jpg', '--prompts-file', 'p.txt', '--json', '--judge', 'self', ...given]),
  ).toEqual({
    ...command,
    images: ['a.jpg'],
    prompts: [],
    promptsFile: 'p.txt',
    templates: ['a {}'],
    versus: 'cat',
    top: 0,
    library: 'l',
    judge: 'self',
    nouns: false,
    json: true,
  });
});

test.each([
  ['No image', '--prompt', 'x'],
  ['No prompt', 'a.jpg'],
  ['has no {}', 'a.jpg', '--prompt', 'x', '--template', 'a photo'],
  ['--top 1001', 'a.jpg', '--prompt', 'x', '--top', '1001'],
  ['--nouns', 'a.jpg', '--prompt', 'x', '--nouns', '--no-nouns'],
])('compare says what is wrong: %s', (part, ...argv) => {
  expect(() => parseArguments(['compare', ...argv])).toThrow(part);
});

const study = {
  key: 'key',
  model: { id: 'clip', sha256: 'a'.repeat(64), logitScale: 10, logitBias: null },
  dictionary: { id: 'sae', sha256: 'b'.repeat(64), layer: 3, tokens: 'cls', size: 9, point: 'resid_post' },
  notes: ['About the study.'],
  computed: { device: 'webgpu', precision: 'fp16' },
} as unknown as Comparison['study'];

const ofPrompts = {
  study,
  failures: [null, { code: 'image', message: 'b.jpg is broken.', remedy: 'Check it.' }],
  similarities: Float32Array.of(0.25, 0.75, 0.5),
  components: Int32Array.of(7, 3),
  attributions: Float32Array.of(0.5, 0.125, -0.25, 0, 0.25, 0.0625),
  activations: Float32Array.of(4, 2),
  totals: Float32Array.of(1, 0.5, 0.5),
  readings: [[], ['“dog” is long.'], []],
} satisfies Comparison;

const ofDifference = {
  study,
  failures: ofPrompts.failures,
  similarities: Float32Array.of(0.25),
  components: Int32Array.of(7),
  attributions: Float32Array.of(-0.5),
  activations: Float32Array.of(4),
  totals: Float32Array.of(2),
  readings: [[]],
} satisfies Comparison;

function engine(requests: ComparisonRequest[], key = 'key'): EngineSupervisor {
  const remote = engineRemote({
    describe: async () => ({ version: '1', pid: 1 }),
    compare: async (request) => {
      requests.push(request);
      return request.directions[0]!.kind === 'versus' ? ofDifference : ofPrompts;
    },
    relate: async () => ({
      study: { ...study, key },
      cosines: Float32Array.of(1, 0.5, 0.25, 0.5, 1, 0.125, 0.25, 0.125, 1),
    }),
  });
  return { remote } as unknown as EngineSupervisor;
}

const prompt = (text: string) => ({ kind: 'prompt', text });

describe('clipsight compare', () => {
  it('tells the best prompt apart from the next', async () => {
    const requests: ComparisonRequest[] = [];
    const { stdout, stderr, exitCode } = await runCompare(command, engine(requests), {});
    expect(exitCode).toBe(2);
    expect(stderr).toBe('b.jpg is broken. Check it.');
    expect(requests).toMatchObject([
      {
        images: [{ path: path.resolve('a.jpg') }, { path: path.resolve('b.jpg') }],
        directions: [prompt('wolf'), prompt('dog'), prompt('snow')],
        most: 5,
      },
      { directions: [{ kind: 'versus', of: prompt('dog'), against: [prompt('snow')] }], most: 5 },
    ]);
    const lines = stdout.split('\n');
    // The best first, each by its number.
    expect(lines.filter((line) => /^ +-?\d+\.\d\d +\d+\.\d % {2}\d/.test(line))).toEqual([
      '    75.00      91.8 %  2  dog',
      '    50.00       7.5 %  3  snow',
      '    25.00       0.6 %  1  wolf',
    ]);
    expect(lines).toContain('  latent  activation         2         3         1');
    expect(lines).toContain('       7       4.000  −25.00 ▒  +25.00 ▒  +50.00 █');
    expect(lines).toContain('“dog” less “snow”: +25.00 points');
    expect(lines.find((line) => line.startsWith('       7   −50.00  25.0 %'))).toBeDefined();
    expect(lines).toContain('    2   1.000   0.125   0.500');
    expect(stdout).toMatch(/\n\nNote: About the study\.\n\nNote: “dog” is long\.\n$/);
  });

  it('or from the one that is named, filled into the same templates', async () => {
    const requests: ComparisonRequest[] = [];
    await runCompare({ ...command, versus: 'dog', templates: ['a {}', 'the {}'] }, engine(requests), {});
    const ensemble = (name: string) => ({ kind: 'ensemble', name, texts: [`a ${name}`, `the ${name}`] });
    expect(requests[1]).toMatchObject({
      directions: [{ kind: 'versus', of: ensemble('snow'), against: [ensemble('dog')] }],
    });
  });

  it('gives the same as JSON', async () => {
    const { stdout } = await runCompare({ ...command, json: true }, engine([]), {});
    expect(JSON.parse(stdout)).toEqual({
      engine: { version: '1', device: 'webgpu', precision: 'fp16' },
      model: { id: 'clip', sha256: 'a'.repeat(64) },
      dictionary: { id: 'sae', sha256: 'b'.repeat(64), layer: 3, tokens: 'cls', size: 9 },
      images: [
        { image: 'a.jpg', error: null },
        { image: 'b.jpg', error: 'b.jpg is broken.' },
      ],
      confidence: 'share',
      prompts: [
        { prompt: 'wolf', similarity: 0.25, similarities: [0.25, null], readings: [] },
        { prompt: 'dog', similarity: 0.75, similarities: [0.75, null], readings: ['“dog” is long.'] },
        { prompt: 'snow', similarity: 0.5, similarities: [0.5, null], readings: [] },
      ].map((each) => ({ ...each, confidence: expect.any(Number) })),
      components: [
        { latent: 7, label: null, activation: 4, attributions: [0.5, -0.25, 0.25] },
        { latent: 3, label: null, activation: 2, attributions: [0.125, 0, 0.0625] },
      ],
      totals: [1, 0.5, 0.5],
      relation: [
        [1, 0.5, 0.25],
        [0.5, 1, 0.125],
        [0.25, 0.125, 1],
      ],
      difference: {
        of: 'dog',
        against: 'snow',
        similarity: 0.25,
        components: [{ latent: 7, label: null, attribution: -0.5, share: 0.25, activation: 4 }],
      },
    });
  });

  it('refuses numbers of two studies', async () => {
    await expect(runCompare(command, engine([], 'another'), {})).rejects.toThrow(
      'clip or sae changed on disk while it was in use.',
    );
  });
});
