import { ClipsightError } from '../../../shared/errors';
import { shapeOf, type TensorFile, tensorNames } from '../../checkpoint/tensors';
import type { Affine, BlockWeights, ImagePooling, ImageTower } from '../architecture';
import { type Activation, gridOf, headsOf, type ImageConfig } from '../config';
import type { TimmConfig } from '../openClipConfig';
import { supportedModels } from '../supported';
import { type Assignment, assign } from './assignment';
import { isOpenClipIgnored, logits, openClipText } from './openClip';
import { demandEmbeddings, type Towers } from './towers';

const trunk = 'visual.trunk';

/** The weights of open_clip's `CustomTextCLIP` with a vision transformer of timm (vision_transformer.py). */
export function assignTimm(config: TimmConfig, source: TensorFile, file: string): Towers {
  const weights = assign(source);
  const towers: Towers = {
    image: imageTower(weights, config, source, file),
    text: openClipText(weights, config),
    ...logits(weights, source),
  };
  weights.finish(isOpenClipIgnored(config.text.causal));
  demandEmbeddings(towers, config.embeddingSize, source);
  return towers;
}

interface Variant {
  readonly heads: number;
  readonly epsilon: number;
  readonly activation: Activation;
  /** As CLIP has them: a class token and a norm before the first block. SigLIP has neither, and a patch bias. */
  readonly clip: boolean;
}

/** Attention heads of timm's sizes of vision transformers. */
const heads: ReadonlyMap<string, number> = new Map([
  ['small', 6],
  ['medium', 8],
  ['betwixt', 10],
  ['base', 12],
  ['large', 16],
  ['so400m', 16],
  ['giantopt', 16],
  ['huge', 16],
  ['giant', 16],
  ['gigantic', 16],
]);

/** What timm's name of a vision transformer says that the shapes of its tensors do not. */
function variantOf(name: string, file: string): Variant {
  const [, size = '', patch, family, quick, side] =
    /^vit_([a-z0-9]+)_patch(\d+)_(clip|siglip)_(quickgelu_)?(\d+)(?:\.\w+)?$/.exec(name) ?? [];
  const count = heads.get(size);
  if (count === undefined) {
    throw new ClipsightError(
      'checkpoint',
      `${file} describes ${knownAs(name)} (timm's ${name}), which is not supported.`,
      supportedModels,
    );
  }
  if (family === 'clip') {
    return { heads: count, epsilon: 1e-5, activation: quick ? 'quick_gelu' : 'gelu', clip: true };
  }
  // The variants that timm added for SigLIP 2.
  const tanh =
    size === 'giantopt' ||
    (size === 'so400m' && patch === '16') ||
    (size === 'base' && patch === '32') ||
    (size === 'large' && side === '512');
  return { heads: count, epsilon: 1e-6, activation: tanh ? 'gelu_pytorch_tanh' : 'gelu', clip: false };
}

function knownAs(name: string): string {
  const [, what] = families.find(([pattern]) => pattern.test(name)) ?? [];
  return what ?? 'an image tower that is not known here';
}

const families: readonly (readonly [RegExp, string])[] = [
  [/^eva/, 'an EVA-CLIP'],
  [/^vit_pe_/, 'a Perception Encoder (PE)'],
  [/^(fastvit|mobileclip)|_mci_/, 'a MobileCLIP, a convolutional hybrid'],
  [/^convnext/, 'a ConvNeXt'],
  [/^vitamin/, 'a ViTamin, a convolutional hybrid'],
  [/^swin/, 'a Swin transformer'],
  [/^naflexvit/, 'a SigLIP 2 of any resolution (NaFlex)'],
  [/^resnet/, 'a ResNet'],
];

function imageTower(weights: Assignment, config: TimmConfig, source: TensorFile, file: string): ImageTower {
  const { name, imageSize, pooling, projection, projectionBias } = config.image;
  const { clip, ...variant } = variantOf(name, file);
  if ((pooling === 'token') !== clip) {
    throw new ClipsightError(
      'checkpoint',
      `${file} describes timm's ${name} with the pooling "${pooling}", which is not supported.`,
      supportedModels,
    );
  }
  const [width = 0, , patchSize = 0] = shapeOf(source, `${trunk}.patch_embed.proj.weight`) ?? [];
  const grid = gridOf(imageSize, patchSize || 1, file);
  const image: ImageConfig = {
    ...variant,
    width,
    heads: headsOf(width, variant.heads, file),
    layers: tensorNames(source).filter((name) => /^visual\.trunk\.blocks\.\d+\.norm1\.weight$/.test(name))
      .length,
    mlpWidth: shapeOf(source, `${trunk}.blocks.0.mlp.fc1.weight`)?.[0] ?? 0,
    imageSize,
    patchSize,
    grid,
  };
  return {
    ...image,
    patch: {
      weight: weights.vector(`${trunk}.patch_embed.proj.weight`, width, 3, patchSize, patchSize),
      bias: clip ? null : weights.vector(`${trunk}.patch_embed.proj.bias`, width),
    },
    cls: clip ? weights.squeezed(`${trunk}.cls_token`, 2, width) : null,
    positions: weights.squeezed(`${trunk}.pos_embed`, 1, grid * grid + (clip ? 1 : 0), width),
    preNorm: clip ? weights.norm(`${trunk}.norm_pre`, width) : null,
    blocks: Array.from({ length: image.layers }, (_, layer) => block(weights, layer, image)),
    postNorm: weights.norm(`${trunk}.norm`, width),
    pooling: pooling === 'token' ? { kind: 'cls' } : attentionPooling(weights, image),
    projection: projectionOf(weights, { projection, projectionBias }, width, config.embeddingSize),
  };
}

function projectionOf(
  weights: Assignment,
  { projection, projectionBias }: Pick<TimmConfig['image'], 'projection' | 'projectionBias'>,
  width: number,
  embeddingSize: number,
): Affine | null {
  switch (projection) {
    case 'none':
      return null;
    case 'linear':
      return projectionBias
        ? weights.linear('visual.head.proj', width, embeddingSize)
        : weights.matrix('visual.head.proj.weight', width, embeddingSize);
    case 'head':
      return weights.linear(`${trunk}.head`, width, embeddingSize);
  }
}

function block(weights: Assignment, layer: number, { width, mlpWidth }: ImageConfig): BlockWeights {
  const block = `${trunk}.blocks.${layer}`;
  const [query, key, value] = weights.stacked(`${block}.attn.qkv.weight`, `${block}.attn.qkv.bias`, 3, width);
  return {
    norm1: weights.norm(`${block}.norm1`, width),
    norm2: weights.norm(`${block}.norm2`, width),
    query: query!,
    key: key!,
    value: value!,
    out: weights.linear(`${block}.attn.proj`, width, width),
    fc1: weights.linear(`${block}.mlp.fc1`, width, mlpWidth),
    fc2: weights.linear(`${block}.mlp.fc2`, mlpWidth, width),
    scale1: weights.has(`${block}.ls1.gamma`) ? weights.vector(`${block}.ls1.gamma`, width) : null,
    scale2: weights.has(`${block}.ls2.gamma`) ? weights.vector(`${block}.ls2.gamma`, width) : null,
  };
}

/** timm's `AttentionPoolLatent` with one latent. */
function attentionPooling(weights: Assignment, image: ImageConfig): ImagePooling {
  const { width, mlpWidth, heads, epsilon, activation } = image;
  const pool = `${trunk}.attn_pool`;
  const [key, value] = weights.stacked(`${pool}.kv.weight`, `${pool}.kv.bias`, 2, width);
  return {
    kind: 'attention',
    probe: weights.squeezed(`${pool}.latent`, 2, width),
    heads,
    epsilon,
    activation,
    query: weights.linear(`${pool}.q`, width, width),
    key: key!,
    value: value!,
    out: weights.linear(`${pool}.proj`, width, width),
    norm: weights.norm(`${pool}.norm`, width),
    fc1: weights.linear(`${pool}.mlp.fc1`, width, mlpWidth),
    fc2: weights.linear(`${pool}.mlp.fc2`, mlpWidth, width),
  };
}
