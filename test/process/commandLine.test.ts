import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { deflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';

/** The built command line, as a person calls it: dist/cli.js starts the real engine process on the real demo model. */
const root = path.resolve(__dirname, '../..');
const wolf = 'examples/demo/images/wolf/wolf_00.jpg';
const camera = 'examples/demo/images/camera/camera_00.jpg';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(path.join(tmpdir(), 'clipsight-cli-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function clipsight(...args: readonly string[]): Promise<Ended> {
  const env = { ...process.env, XDG_CACHE_HOME: path.join(scratch, 'cache') };
  return new Promise((resolve) => {
    execFile(process.execPath, ['dist/cli.js', ...args], { cwd: root, env }, (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr }),
    );
  });
}

/** The promise that `--json` makes, key by key and with nothing else. */
const Output = z.strictObject({
  engine: z.strictObject({ version: z.string(), device: z.literal('cpu'), precision: z.literal('fp32') }),
  model: z.strictObject({ id: z.string(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  dictionary: z.strictObject({
    id: z.string(),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    layer: z.int(),
    tokens: z.enum(['cls', 'patches', 'all']),
    size: z.int(),
  }),
  results: z.array(
    z.strictObject({
      image: z.string(),
      prompt: z.string(),
      similarity: z.number(),
      total: z.number(),
      components: z.array(
        z.strictObject({ latent: z.int(), attribution: z.number(), activation: z.number() }),
      ),
    }),
  ),
});

async function json(...args: readonly string[]): Promise<z.infer<typeof Output>> {
  const { code, stdout, stderr } = await clipsight('attribute', ...args, '--json');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return Output.parse(JSON.parse(stdout));
}

describe('clipsight attribute', () => {
  it('gives the reference numbers, image by image in the order given', async () => {
    const { results, dictionary } = await json(
      wolf,
      camera,
      '--prompt',
      'a photo of a wolf',
      '--prompt',
      'a camera',
    );
    expect(dictionary).toMatchObject({ id: 'sae-cls', layer: 3, tokens: 'cls', size: 1024 });
    expect(results.map(({ image, prompt }) => [image, prompt])).toEqual([
      [wolf, 'a photo of a wolf'],
      [wolf, 'a camera'],
      [camera, 'a photo of a wolf'],
      [camera, 'a camera'],
    ]);
    const [first] = results;
    expect(first!.similarity).toBeCloseTo(0.7167723, 4);
    expect(first!.total).toBeCloseTo(0.073142, 4);
    expect(first!.components[0]).toMatchObject({ latent: 549 });
    expect(first!.components[0]!.attribution).toBeCloseTo(0.0215708, 4);
    const sizes = first!.components.map(({ attribution }) => Math.abs(attribution));
    expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeGreaterThan(Math.abs(first!.total));
  });

  it('lists the first --top components and 20 without it, the total being over all', async () => {
    const args = [wolf, '--prompt', 'a wolf', '--dictionary', 'neurons:3'];
    const [many, few] = [await json(...args), await json(...args, '--top', '3')];
    expect(many.results[0]!.components).toHaveLength(20);
    expect(few.results[0]!.components).toEqual(many.results[0]!.components.slice(0, 3));
    expect(few.results[0]!.total).toBe(many.results[0]!.total);
    expect(many.dictionary).toMatchObject({ id: 'neurons:3', layer: 3, tokens: 'all', size: 640 });
    expect(many.dictionary.sha256).toBe(many.model.sha256);
  });

  it('counts layers from the end where negative, and takes --tokens', async () => {
    const { dictionary } = await json(
      wolf,
      '--prompt',
      'a wolf',
      '--dictionary',
      'neurons:0',
      '--layer',
      '-2',
      '--tokens',
      'cls',
    );
    expect(dictionary).toMatchObject({ layer: 3, tokens: 'cls' });
  });

  it('scores against another prompt: the difference of the two, component by component', async () => {
    const prompts = ['--prompt', 'a wolf', '--prompt', 'a dog', '--top', '1024'];
    const apart = await json(wolf, ...prompts);
    const versus = await json(wolf, ...prompts, '--versus', 'a dog');
    const [of, against] = apart.results;
    const [difference, nothing] = versus.results;
    expect(difference!.similarity).toBeCloseTo(of!.similarity - against!.similarity, 6);
    expect(difference!.total).toBeCloseTo(of!.total - against!.total, 6);
    const value = (result: typeof of, latent: number) =>
      result!.components.find((component) => component.latent === latent)!.attribution;
    for (const { latent, attribution } of difference!.components) {
      expect(attribution).toBeCloseTo(value(of, latent) - value(against, latent), 6);
    }
    expect(nothing!.similarity).toBeCloseTo(0, 6);
  });

  it('averages templates, and reads prompt files of both kinds', async () => {
    const lines = path.join(scratch, 'prompts.txt');
    const array = path.join(scratch, 'prompts.json');
    writeFileSync(lines, '# two\na wolf\n\na dog\n');
    writeFileSync(array, JSON.stringify(['a wolf', 'a dog']));
    const fromLines = await json(wolf, '--prompts-file', lines);
    expect(fromLines.results.map(({ prompt }) => prompt)).toEqual(['a wolf', 'a dog']);
    expect((await json(wolf, '--prompts-file', array)).results).toEqual(fromLines.results);
    const templates = ['--template', 'a photo of a {}', '--template', '{} on grass'];
    const { results } = await json(wolf, '--prompt', 'wolf', ...templates);
    expect(results[0]!.prompt).toBe('wolf');
    const [photo, grass] = (await json(wolf, '--prompt', 'a photo of a wolf', '--prompt', 'wolf on grass'))
      .results;
    const mean = (photo!.similarity + grass!.similarity) / 2;
    // The mean of unit vectors is shorter than one: normalised, it scores higher than their mean score.
    expect(results[0]!.similarity).toBeGreaterThan(mean);
  });

  it('gives the default of a model without a dictionary: the neurons of its last block but one', async () => {
    const { dictionary, model } = await json(wolf, '--prompt', 'a wolf', '--model', 'models/emoji-judge');
    expect(model.id).toBe('emoji-judge');
    expect(dictionary).toMatchObject({ id: 'neurons:3', tokens: 'all' });
  });

  it('prints a table for people, with what it left out and what to know', async () => {
    const { code, stdout } = await clipsight(
      'attribute',
      wolf,
      '--prompt',
      'a wolf '.repeat(30),
      '--top',
      '2',
    );
    expect(code).toBe(0);
    expect(stdout).toContain('emoji-clip · sae-cls, block 3, cls tokens, 1024 latents · cpu fp32');
    expect(stdout).toContain('14 more:');
    expect(stdout).toMatch(/Note: “a wolf .*” is longer than the 24 tokens/);
  });

  it('says what was read of a prompt whose characters are not all known', async () => {
    const { stdout } = await clipsight('attribute', wolf, '--prompt', 'a wolf.', '--top', '1');
    expect(stdout).toContain(
      'Note: “a wolf.” has characters that emoji-clip does not know: it reads “a wolf”.',
    );
  });

  it('says that patch tokens after the last block have no gradient, with exact zeros', async () => {
    const args = [
      'attribute',
      wolf,
      '--prompt',
      'a wolf',
      '--dictionary',
      'models/sae-patches',
      '--layer',
      '-1',
    ];
    const { stdout } = await clipsight(...args);
    expect(stdout).toContain('every attribution to patch tokens is exactly zero');
    const asJson = await clipsight(...args, '--json');
    expect(Output.parse(JSON.parse(asJson.stdout)).results[0]!.total).toBe(0);
    expect(asJson).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/^Note: .* exactly zero\.\n$/),
    });
  });
});

describe('bad input ends with exit code 2 and one line that names it and the remedy', () => {
  const prompt = ['--prompt', 'a wolf'];
  const file = (name: string, content: Uint8Array | string): string => {
    const at = path.join(scratch, name);
    writeFileSync(at, content);
    return at;
  };
  /** A copy of the demo model with one thing changed. */
  const model = (name: string, change: (folder: string) => void): string => {
    const folder = path.join(scratch, name);
    cpSync(path.join(root, 'models/emoji-clip'), folder, { recursive: true });
    change(folder);
    return folder;
  };
  const edit = (at: string, change: (json: Record<string, unknown>) => void): void => {
    const content = JSON.parse(readFileSync(at, 'utf8'));
    change(content);
    writeFileSync(at, JSON.stringify(content));
  };
  /** Changes the header of a safetensors file, its data left as it is. */
  const editHeader = (at: string, change: (header: Record<string, Tensor>) => void): void => {
    const bytes = readFileSync(at);
    const length = Number(bytes.readBigUInt64LE());
    const header = JSON.parse(bytes.subarray(8, 8 + length).toString());
    change(header);
    const json = Buffer.from(JSON.stringify(header));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(json.length));
    writeFileSync(at, Buffer.concat([size, json, bytes.subarray(8 + length)]));
  };
  interface Tensor {
    shape: number[];
    data_offsets: [number, number];
  }
  const some = 'vision_model.post_layernorm.weight';
  const other = 'vision_model.post_layernorm.bias';

  const cases: readonly (readonly [string, () => readonly string[], RegExp])[] = [
    ['no such file', () => [path.join(scratch, 'nothing.png'), ...prompt], /nothing\.png does not exist/],
    ['a folder', () => ['examples', ...prompt], /examples is a folder/],
    ['an empty file', () => [file('empty.png', ''), ...prompt], /empty\.png is empty/],
    [
      'a truncated JPEG',
      () => [file('cut.jpg', readFileSync(path.join(root, wolf)).subarray(0, 3000)), ...prompt],
      /cut\.jpg/,
    ],
    ['text named .png', () => [file('text.png', 'not a picture at all'), ...prompt], /text\.png/],
    ['a PNG of 50 000 × 50 000', () => [file('huge.png', hugePng()), ...prompt], /huge\.png .*50.?000/],
    ['an empty prompt', () => [wolf, '--prompt', ' '], /prompt is empty/],
    ['no prompt', () => [wolf], /No prompt is given/],
    [
      'an empty prompt file',
      () => [wolf, '--prompts-file', file('none.txt', '# none\n')],
      /none\.txt has no prompts/,
    ],
    [
      'a prompt file that is not there',
      () => [wolf, '--prompts-file', 'gone.txt'],
      /gone\.txt: no such file/,
    ],
    [
      'a prompt file of bad JSON',
      () => [wolf, '--prompts-file', file('bad.txt', '["a", 1]')],
      /bad\.txt: .*entry 2/,
    ],
    ['a template without {}', () => [wolf, ...prompt, '--template', 'a photo'], /a photo.* has no \{\}/],
    ['a model that is not there', () => [wolf, ...prompt, '--model', 'gone'], /gone does not exist/],
    [
      'a model folder without config',
      () => [
        wolf,
        ...prompt,
        '--model',
        model('no-config', (folder) => rmSync(path.join(folder, 'config.json'))),
      ],
      /no-config has no config\.json/,
    ],
    [
      'a tensor missing',
      () => [
        wolf,
        ...prompt,
        '--model',
        model('missing', (folder) =>
          editHeader(path.join(folder, 'model.safetensors'), (header) => {
            header.unknown = header[some]!;
            delete header[some];
          }),
        ),
      ],
      /missing.*post_layernorm\.weight/,
    ],
    [
      'a tensor of the wrong shape',
      () => [
        wolf,
        ...prompt,
        '--model',
        model('shape', (folder) =>
          editHeader(path.join(folder, 'model.safetensors'), (header) => {
            header[some]!.shape = [16, 10];
          }),
        ),
      ],
      /shape.*post_layernorm\.weight.*16.*10/,
    ],
    [
      'truncated safetensors',
      () => [
        wolf,
        ...prompt,
        '--model',
        model('truncated', (folder) => truncateSync(path.join(folder, 'model.safetensors'), 2_000_000)),
      ],
      /truncated.*model\.safetensors/,
    ],
    [
      'a header longer than the file',
      () => [
        wolf,
        ...prompt,
        '--model',
        model('header', (folder) =>
          writeFileSync(
            path.join(folder, 'model.safetensors'),
            Buffer.from([0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0x7b]),
          ),
        ),
      ],
      /header.*model\.safetensors/,
    ],
    [
      'overlapping offsets',
      () => [
        wolf,
        ...prompt,
        '--model',
        model('overlap', (folder) =>
          editHeader(path.join(folder, 'model.safetensors'), (header) => {
            header[some]!.data_offsets = header[other]!.data_offsets;
          }),
        ),
      ],
      /overlap.*post_layernorm/,
    ],
    [
      'preprocessing for another size',
      () => [
        wolf,
        ...prompt,
        '--model',
        model('crop', (folder) =>
          edit(path.join(folder, 'preprocessor_config.json'), (config) => {
            config.crop_size = 32;
          }),
        ),
      ],
      /crop prepares pictures of 32 × 32 pixels.*takes 64 × 64.*preprocessor_config\.json/,
    ],
    [
      'a dictionary of another width',
      () => [wolf, ...prompt, '--dictionary', 'test/golden/dictionaries/quick-middle-cls-topk'],
      /quick-middle-cls-topk .*width 32.*emoji-clip has width 160/,
    ],
    [
      'a dictionary folder without config',
      () => {
        mkdirSync(path.join(scratch, 'no-dictionary'), { recursive: true });
        return [wolf, ...prompt, '--dictionary', path.join(scratch, 'no-dictionary')];
      },
      /no-dictionary.*config\.json/,
    ],
    [
      'an unknown kind of dictionary',
      () => {
        const folder = path.join(scratch, 'gated');
        cpSync(path.join(root, 'models/sae-cls'), folder, { recursive: true });
        edit(path.join(folder, 'config.json'), (config) => {
          config.architecture = 'gated';
        });
        return [wolf, ...prompt, '--dictionary', folder];
      },
      /gated/,
    ],
    ['a layer out of range', () => [wolf, ...prompt, '--layer', '5'], /Layer 5 is out of range.*5 blocks/],
    [
      'a layer that is no number',
      () => [wolf, ...prompt, '--layer', 'x'],
      /--layer “x” is not a whole number/,
    ],
    ['an unknown option', () => [wolf, ...prompt, '--nope'], /--nope/],
  ];

  it.each(cases)('%s', async (_, args, names) => {
    const { code, stdout, stderr } = await clipsight('attribute', ...args());
    expect(stderr).toMatch(names);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/\.\)?\n$/);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  it('one broken image does not cost the others', async () => {
    const broken = file('broken.jpg', 'no');
    const { code, stdout, stderr } = await clipsight(
      'attribute',
      broken,
      wolf,
      '--prompt',
      'a wolf',
      '--json',
    );
    expect(code).toBe(2);
    expect(stderr).toContain('broken.jpg');
    expect(Output.parse(JSON.parse(stdout)).results.map(({ image }) => image)).toEqual([wolf]);
  });
});

/** A PNG whose header says 50 000 × 50 000, with a beginning of data. */
function hugePng(): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(50_000, 0);
  header.writeUInt32BE(50_000, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.alloc(1000))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function crc32(bytes: Buffer): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
