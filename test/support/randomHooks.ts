import { join } from 'node:path';
import type { ImageTower } from '../../src/engine/clip/architecture';
import { type Hook, hookShape } from '../../src/engine/clip/hook';
import { embeddingSize, tokenCount } from '../../src/engine/clip/imageTower';
import { denseCodes } from '../../src/engine/dictionary/codes';
import type { Dictionary, HookActivations } from '../../src/engine/dictionary/dictionary';
import { openHeads } from '../../src/engine/dictionary/heads';
import { openNeurons } from '../../src/engine/dictionary/neurons';
import type { HookPoint } from '../../src/shared/hook';
import { randomNumbers } from '../unit/graph/numbers';
import { temporaryFolder } from '../unit/graph/weightsFile';
import { RandomWeights, randomImageTower, type TowerVariant } from './randomClip';

/** Image towers of every kind. */
export const towers: Readonly<Record<string, TowerVariant>> = {
  CLIP: {
    pooling: 'cls',
    cls: true,
    preNorm: true,
    patchBias: false,
    projection: 'plain',
    activation: 'quick_gelu',
  },
  'CLS, LayerScale, transposed weights': {
    pooling: 'cls',
    cls: true,
    preNorm: false,
    patchBias: true,
    projection: 'transposed',
    activation: 'gelu',
    layerScale: true,
    transposed: true,
  },
  'average of the patches beside a CLS token, then the norm': {
    pooling: 'average after',
    cls: true,
    preNorm: true,
    patchBias: false,
    projection: 'biased',
    activation: 'gelu',
    layerScale: true,
  },
  'average of normed patches, no CLS token': {
    pooling: 'average before',
    cls: false,
    preNorm: false,
    patchBias: true,
    projection: 'plain',
    activation: 'gelu',
    transposed: true,
  },
  'SigLIP: attention pooling, no CLS token, no projection': {
    pooling: 'attention',
    cls: false,
    preNorm: false,
    patchBias: true,
    projection: null,
    activation: 'gelu_pytorch_tanh',
  },
  'attention pooling over CLS and patches': {
    pooling: 'attention',
    cls: true,
    preNorm: true,
    patchBias: false,
    projection: 'biased',
    activation: 'gelu',
    transposed: true,
  },
};

const points: readonly HookPoint[] = ['resid_post', 'mlp_out', 'attn_out', 'neurons', 'heads'];

/** A tower of random weights as a checkpoint; to be written before it is run. */
export function randomCheckpoint(variant: TowerVariant, seed = 7) {
  const folder = temporaryFolder();
  const weights = new RandomWeights(join(folder, 'weights'), seed);
  const image = randomImageTower(weights, variant);
  return {
    weights,
    checkpoint: { id: 'tiny', image, weightsFolder: folder, embeddingSize: embeddingSize(image) },
  };
}

/** Every hook that a random tower has: two blocks. */
export function hooksOf({ cls }: ImageTower): readonly Hook[] {
  const selections = cls === null ? (['patches', 'all'] as const) : (['cls', 'patches', 'all'] as const);
  return [
    ...selections.flatMap((tokens) =>
      points.flatMap((point) => [0, 1].map((layer) => ({ point, layer, tokens }))),
    ),
    { point: 'embedding', layer: 1, tokens: 'all' },
  ];
}

/** The tokens of a selection, first and one after the last. */
export function selectedTokens(image: ImageTower, { point, tokens }: Hook): readonly [number, number] {
  if (point === 'embedding') return [0, 1];
  const count = tokenCount(image);
  switch (tokens) {
    case 'cls':
      return [0, 1];
    case 'patches':
      return [image.cls === null ? 0 : 1, count];
    case 'all':
      return [0, count];
  }
}

/** The model's own neurons or heads, or a dictionary that is made up. */
export function dictionaryAt(checkpoint: Parameters<typeof openHeads>[0], hook: Hook): Dictionary {
  const own = { sha256: '', layer: hook.layer, tokens: hook.tokens, threads: 1 };
  if (hook.point === 'neurons') return openNeurons(checkpoint, own);
  if (hook.point === 'heads') return openHeads(checkpoint, own);
  return madeUpDictionary(checkpoint.image, hook);
}

/** Latents 2, 3 and 7 of ten, active as chance has it, each token at a scale of its own. */
function madeUpDictionary(image: ImageTower, hook: Hook): Dictionary {
  const numbers = randomNumbers(23);
  const { written } = hookShape(image, hook);
  const [first, last] = selectedTokens(image, hook);
  const tokens = last - first;
  return {
    info: {
      id: 'made up',
      sha256: '',
      point: hook.point,
      layer: hook.layer,
      tokens: hook.tokens,
      size: 10,
    },
    fingerprint: '',
    hook,
    componentSize: 1,
    watched: [],
    notes: [],
    encode: async ({ images }: HookActivations) =>
      Array.from({ length: images }, () => ({
        ...denseCodes(numbers(3 * tokens), tokens, 1),
        latents: Int32Array.of(2, 3, 7),
        outputScale: numbers(tokens).map((x) => x + 1.5),
      })),
    decoderRows: async (latents) => randomNumbers(29)(latents.length * written),
    release: async () => undefined,
  };
}
