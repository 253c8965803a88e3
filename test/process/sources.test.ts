import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { commandLine, withoutNotes } from './fixtures/clipsight';

/** Models and dictionaries of every format through the built command line: what they are, and what they give. */
const golden = 'test/golden';
const checkpoints = `${golden}/checkpoints`;
const formats = `${golden}/formats`;
const wolf = 'examples/demo/images/wolf/wolf_00.jpg';
const here = commandLine();
afterAll(() => here.remove());

async function inspected(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await here.run(['inspect', ...args, '--json']);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout);
}

const Attributed = z.object({
  model: z.object({ id: z.string() }),
  dictionary: z.object({ id: z.string(), layer: z.int(), tokens: z.string(), size: z.int() }),
  results: z.array(
    z.object({
      similarity: z.number(),
      total: z.number(),
      components: z.array(z.object({ latent: z.int(), attribution: z.number(), activation: z.number() })),
    }),
  ),
});

async function attributed(...args: readonly string[]): Promise<z.infer<typeof Attributed>> {
  const prompt = [wolf, '--prompt', 'a wolf', '--top', '1024'];
  const { code, stdout, stderr } = await here.run(['attribute', ...prompt, ...args, '--json']);
  expect({ code, stderr: withoutNotes(stderr) }).toEqual({ code: 0, stderr: '' });
  return Attributed.parse(JSON.parse(stdout));
}

/** Exit code 2, nothing on stdout, and one line that has all of `parts`. */
async function expectRefused(args: readonly string[], ...parts: readonly (string | RegExp)[]): Promise<void> {
  const { code, stdout, stderr } = await here.run(args);
  expect({ code, stdout, lines: stderr.trimEnd().split('\n').length }).toEqual({
    code: 2,
    stdout: '',
    lines: 1,
  });
  for (const part of parts) expect(stderr).toMatch(part);
}

type Facts = readonly [
  folder: string,
  format: string,
  image: string,
  activation: string,
  prepare: string,
  text: string,
];

/** image: layers × width / heads: tokens of patch on size → embedding. text: context of vocabulary. */
const models: readonly Facts[] = [
  [
    'transformers-clip',
    'huggingface-clip',
    '3×24/2: 10 of 6 on 20 → 20',
    'gelu',
    'huggingface shortest bicubic',
    '14 of 208',
  ],
  [
    'transformers-siglip',
    'huggingface-siglip',
    '3×24/3: 9 of 8 on 24 → 24',
    'gelu_pytorch_tanh',
    'huggingface squash bicubic',
    '12 of 140',
  ],
  [
    'transformers-siglip2',
    'huggingface-siglip',
    '2×32/4: 16 of 6 on 24 → 32',
    'gelu_pytorch_tanh',
    'huggingface squash bilinear',
    '16 of 394',
  ],
  [
    'open_clip-safetensors',
    'open_clip',
    '3×24/3: 10 of 6 on 20 → 20',
    'gelu',
    'open_clip shortest bicubic',
    '14 of 208',
  ],
  [
    'open_clip-average-scaled',
    'open_clip',
    '3×32/4: 10 of 6 on 18 → 24',
    'gelu_pytorch_tanh',
    'open_clip shortest bicubic',
    '12 of 208',
  ],
  [
    'open_clip-clipa',
    'open_clip',
    '3×32/2: 10 of 6 on 18 → 24',
    'gelu',
    'open_clip squash bilinear',
    '12 of 171',
  ],
  [
    'open_clip-eos',
    'open_clip',
    '2×24/2: 5 of 8 on 16 → 20',
    'gelu',
    'open_clip shortest bicubic',
    '12 of 208',
  ],
  [
    'open_clip-quick-mixed',
    'open_clip',
    '3×32/2: 5 of 8 on 16 → 24',
    'quick_gelu',
    'open_clip squash bicubic',
    '10 of 208',
  ],
  [
    'open_clip-unmasked',
    'open_clip',
    '2×24/4: 17 of 4 on 16 → 24',
    'gelu',
    'open_clip shortest bicubic',
    '12 of 208',
  ],
  [
    'open_clip-training',
    'open_clip',
    '2×64/1: 5 of 8 on 16 → 32',
    'gelu',
    'open_clip shortest bicubic',
    '10 of 208',
  ],
  ['openai', 'openai', '2×64/1: 5 of 8 on 16 → 24', 'quick_gelu', 'open_clip shortest bicubic', '10 of 208'],
  ['timm-clip', 'timm', '2×48/16: 5 of 8 on 16 → 20', 'gelu', 'open_clip shortest bilinear', '12 of 208'],
  ['timm-siglip', 'timm', '2×48/12: 4 of 8 on 16 → 48', 'gelu', 'open_clip squash bicubic', '12 of 140'],
  [
    'timm-siglip2',
    'timm',
    '2×48/16: 4 of 8 on 16 → 48',
    'gelu_pytorch_tanh',
    'open_clip squash bicubic',
    '12 of 140',
  ],
];

const Model = z.object({
  kind: z.literal('model'),
  format: z.string(),
  layers: z.int(),
  width: z.int(),
  heads: z.int(),
  tokens: z.int(),
  patch: z.int(),
  imageSize: z.int(),
  activation: z.string(),
  preprocess: z.object({ family: z.string(), resize: z.string(), interpolation: z.string() }),
  embedding: z.int(),
  context: z.int(),
  vocabulary: z.int(),
});

function factsOf(card: unknown): readonly string[] {
  const { format, layers, width, heads, tokens, patch, imageSize, embedding, activation, ...rest } =
    Model.parse(card);
  const { preprocess, context, vocabulary } = rest;
  return [
    format,
    `${layers}×${width}/${heads}: ${tokens} of ${patch} on ${imageSize} → ${embedding}`,
    activation,
    `${preprocess.family} ${preprocess.resize} ${preprocess.interpolation}`,
    `${context} of ${vocabulary}`,
  ];
}

describe.concurrent('inspect', () => {
  it('has every kind of checkpoint in this list', ({ expect }) => {
    const folders = readdirSync(checkpoints, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'refused')
      .map(({ name }) => name);
    expect(models.map(([folder]) => folder).toSorted()).toEqual(folders.toSorted());
  });

  it.each(models)('says what %s is', async (folder, ...facts) => {
    expect(factsOf(await inspected(`${checkpoints}/${folder}`))).toEqual(facts);
  });

  it('reads a single file of weights, and what it does not say in the file beside it', async () => {
    const file = `${checkpoints}/openai/ViT-tiny.pt`;
    const card = await inspected(file);
    expect(factsOf(card)).toEqual(models.find(([folder]) => folder === 'openai')?.slice(1));
    expect(card.source).toBe(path.resolve(file));
    expect(card.files).toEqual([{ path: path.resolve(file), size: 817_881 }]);
  });

  const relu = { architecture: 'relu', k: null, normalize: 'none' };
  const unsaid = { layer: null, tokens: null };
  it.each([
    [
      'prisma/vanilla-x2-layer-1-hook_resid_post',
      {
        ...relu,
        format: 'prisma',
        architecture: 'standard, relu',
        size: 48,
        input: 24,
        layer: 1,
        tokens: 'all',
        normalize: 'layer_norm',
        subtractsDecoderBias: true,
      },
    ],
    [
      'attributing-clip/clip_vit_tiny_imagenet_topk-spatial-20-48_layer--2_lr_0.0002',
      {
        format: 'attributing-clip',
        architecture: 'topk',
        size: 48,
        input: 24,
        layer: -2,
        tokens: 'patches',
        k: 20,
        normalize: 'none',
        subtractsDecoderBias: false,
      },
    ],
    [
      'patchsae/clip-vit-tiny_1_resid_64.pkl.gz',
      {
        ...relu,
        format: 'patchsae',
        size: 64,
        input: 32,
        layer: 1,
        tokens: 'cls',
        subtractsDecoderBias: true,
      },
    ],
    ['saev/relu', { ...relu, ...unsaid, format: 'saev', size: 64, input: 32, subtractsDecoderBias: null }],
    [
      'saelens/topk',
      {
        format: 'saelens',
        architecture: 'topk',
        size: 48,
        input: 24,
        layer: 2,
        tokens: null,
        k: 9,
        normalize: 'none',
        subtractsDecoderBias: true,
      },
    ],
    [
      'sparsify/groupmax',
      {
        ...unsaid,
        format: 'sparsify',
        architecture: 'groupmax',
        size: 48,
        input: 24,
        k: 12,
        normalize: 'none',
        subtractsDecoderBias: true,
      },
    ],
    [
      'dictionary_learning/imagenet_train_activations_clip-vit-tiny_-1_post_projection_batch_top_k_8_x2/trainer_0',
      {
        format: 'dictionary_learning',
        point: 'embedding',
        size: 48,
        input: 20,
        layer: null,
        tokens: null,
        k: null,
        normalize: 'none',
        subtractsDecoderBias: true,
      },
    ],
    [
      'msae/48_20_TopKReLU_10_False_False_0.0_cc3m_ViT-T~18_train_image.pth',
      {
        format: 'msae',
        point: 'embedding',
        size: 48,
        input: 20,
        k: 10,
        normalize: 'centred and scaled by 2.36932',
        subtractsDecoderBias: true,
      },
    ],
    [
      'gemmascope/layer_1/width_48/average_l0_10/params.npz',
      {
        ...unsaid,
        format: 'gemmascope',
        architecture: 'jumprelu',
        size: 48,
        input: 24,
        k: null,
        normalize: 'none',
        subtractsDecoderBias: false,
      },
    ],
  ])('says what the dictionary %s is', async (file, facts) => {
    expect(await inspected(`${formats}/${file}`)).toMatchObject({ kind: 'dictionary', ...facts });
  });

  it('prints a table for people', async () => {
    const { stdout } = await here.run(['inspect', 'models/sae-cls']);
    expect(stdout).toMatch(/^sae-cls · dictionary · clipsight\n/);
    expect(stdout).toMatch(/latents +1024, of 160 dimensions/);
  });

  it.each([
    ['resnet', /ResNet|RN50/],
    ['coca', /CoCa/],
    ['mobileclip-fastvit', /MobileCLIP|FastViT/],
  ])('refuses the model %s by name', async (folder, named) => {
    await expectRefused(
      ['inspect', `${checkpoints}/refused/${folder}`],
      `refused/${folder}`,
      named,
      /neither a model nor a dictionary/,
    );
  });

  it('says of what is neither why it is neither', async () => {
    await expectRefused(
      ['inspect', 'docs'],
      /docs is neither a model nor a dictionary that can be read/,
      /As a model: .*docs has no model\.safetensors/,
      /As a dictionary: .*docs holds no dictionary/,
      /For a model: Choose the folder of a CLIP model.* For a dictionary: Choose the folder with config\.json/,
    );
  });

  it.each([
    [['inspect', 'gone'], /gone does not exist/],
    [['inspect', 'neurons:3'], /neurons:3 is part of whatever model.*Name the model/],
    [['inspect'], /No model or dictionary is given.*--help/],
    [['inspect', 'models/emoji-clip', 'models/sae-cls'], /One model or dictionary at a time.*sae-cls/],
    [['download', 'owner/name', '--kind', 'poem'], /--kind “poem” is none of model, dictionary/],
    [['export', 'models/sae-cls'], /No folder to write to/],
  ])('refuses %j', async (args, message) => {
    await expectRefused(args, message);
  });
});

describe.concurrent('attribute', () => {
  const tiny = ['--model', `${golden}/models/tiny-quick-fp16`];

  it('refuses a dictionary that reconstructs badly, and uses it on demand', async () => {
    const poor = [...tiny, '--dictionary', `${formats}/patchsae/config-key.pt`];
    await expectRefused(
      ['attribute', wolf, '--prompt', 'a wolf', ...poor],
      /patchsae\/config-key\.pt failed its self-test/,
      /197\.9 % of the variance unexplained \(FVU 1\.98\)/,
      /--accept-poor/,
    );
    const { code, stdout } = await here.run([
      'attribute',
      wolf,
      '--prompt',
      'a wolf',
      ...poor,
      '--accept-poor',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Note: .*\(FVU 1\.98\)/);
    expect(stdout).toMatch(/Note: It does not reconstruct what this model computes here/);
    expect((await attributed(...poor, '--accept-poor')).dictionary).toMatchObject({ layer: 3, size: 64 });
  });

  it('takes heads for a dictionary, and calls them so', async () => {
    const { dictionary, results } = await attributed('--dictionary', 'heads:3');
    expect(dictionary).toMatchObject({ id: 'heads:3', layer: 3, tokens: 'all', size: 5 });
    expect(results[0]?.components).toHaveLength(5);
    const { stdout } = await here.run(['attribute', wolf, '--prompt', 'a wolf', '--dictionary', 'heads:3']);
    expect(stdout).toContain('all tokens, 5 heads');
    expect(stdout).toMatch(/^ +head +points/m);
    expect(stdout).not.toContain('latent');
  });

  it('asks for the block where a dictionary does not say it', async () => {
    await expectRefused(
      ['attribute', wolf, '--prompt', 'a wolf', ...tiny, '--dictionary', `${formats}/saev/relu`],
      /relu do not say the block/,
      /--layer/,
    );
  });
});

describe.concurrent('export', () => {
  it.each([
    ['prisma', 'tiny-gelu-fp32', `${formats}/prisma/sae-top_k-9-cls_only-layer_2-hook_resid_post`, []],
    ['saev', 'tiny-quick-fp16', `${formats}/saev/relu`, ['--layer', '2', '--tokens', 'all']],
  ])('writes a dictionary of %s that gives the same numbers', async (name, model, dictionary, place) => {
    const folder = path.join(here.scratch, `exported-${name}`);
    const common = ['--model', `${golden}/models/${model}`];
    const written = await here.run(['export', dictionary, folder, ...common, ...place]);
    expect(written).toEqual({ code: 0, stdout: `${folder}\n`, stderr: '' });
    expect(readdirSync(folder).toSorted()).toEqual(['config.json', 'sae.safetensors']);
    const before = await attributed(...common, '--dictionary', dictionary, ...place);
    const after = await attributed(...common, '--dictionary', folder);
    expect(after.results).toEqual(before.results);
    expect(after.results[0]?.components.length).toBeGreaterThan(5);
    expect({ ...after.dictionary, id: before.dictionary.id }).toEqual(before.dictionary);
  });

  it('asks for the model where only that can decide', async () => {
    const folder = path.join(here.scratch, 'undecided');
    await expectRefused(
      ['export', `${formats}/saev/relu`, folder],
      /relu do not say whether b_dec/,
      /--model/,
    );
    expect(readdirSync(here.scratch)).not.toContain('undecided');
  });

  it('writes into no folder that has something in it', async () => {
    const folder = path.join(here.scratch, 'taken');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'notes.txt'), 'mine');
    await expectRefused(['export', 'models/sae-cls', folder], /taken is not empty/, /Choose a new folder/);
    expect(readFileSync(path.join(folder, 'notes.txt'), 'utf8')).toBe('mine');
  });
});
