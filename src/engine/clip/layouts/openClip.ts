import type { TensorFile } from '../../checkpoint/tensors';
import type { Affine, BlockWeights, TextTower } from '../architecture';
import type { OpenClipConfig, OpenClipImage, OpenClipText } from '../openClipConfig';
import { type Assignment, assign } from './assignment';
import { demandEmbeddings, scalarShape, type Towers } from './towers';

/** The weights of open_clip's own towers (transformer.py), which are those of OpenAI's CLIP, and what it added. */
export function assignOpenClip(config: OpenClipConfig, source: TensorFile): Towers {
  const weights = assign(source);
  const { image, embeddingSize } = config;
  const { preNorm, layerScale, pooling, ...imageConfig } = image;
  const { width, patchSize, grid } = image;
  const towers: Towers = {
    image: {
      ...imageConfig,
      patch: { weight: weights.vector('visual.conv1.weight', width, 3, patchSize, patchSize), bias: null },
      cls: weights.vector('visual.class_embedding', width),
      positions: weights.vector('visual.positional_embedding', 1 + grid * grid, width),
      preNorm: preNorm ? weights.norm('visual.ln_pre', width) : null,
      blocks: blocks(weights, 'visual.transformer', image),
      postNorm: weights.norm('visual.ln_post', width),
      pooling,
      projection: weights.rightMatrix('visual.proj', width, embeddingSize),
    },
    text: openClipText(weights, config),
    ...logits(weights, source),
  };
  weights.finish(isOpenClipIgnored(config.text.causal));
  demandEmbeddings(towers, embeddingSize, source);
  return towers;
}

/** open_clip's text tower, at the root or, in its newer layout, under `text.`. */
export function openClipText(
  weights: Assignment,
  { text, embeddingSize }: Pick<OpenClipConfig, 'text' | 'embeddingSize'>,
): TextTower {
  const root = weights.has('text.token_embedding.weight') ? 'text.' : '';
  const { layerScale, projection, ...textConfig } = text;
  const { vocabulary, contextLength, width } = text;
  return {
    ...textConfig,
    tokenEmbedding: weights.vector(`${root}token_embedding.weight`, vocabulary, width),
    positions: weights.vector(`${root}positional_embedding`, contextLength, width),
    blocks: blocks(weights, `${root}transformer`, text),
    finalNorm: weights.norm(`${root}ln_final`, width),
    projection: textProjection(weights, `${root}text_projection`, text, embeddingSize),
  };
}

export function logits(weights: Assignment, source: TensorFile): Pick<Towers, 'logitScale' | 'logitBias'> {
  return {
    logitScale: weights.vector('logit_scale', ...scalarShape(source, 'logit_scale')),
    logitBias: weights.has('logit_bias')
      ? weights.vector('logit_bias', ...scalarShape(source, 'logit_bias'))
      : null,
  };
}

/** Buffers that repeat what the shapes say. The mask is what `causal` says, if it is. */
export function isOpenClipIgnored(causal: boolean): (name: string) => boolean {
  return (name) =>
    /^(input_resolution|context_length|vocab_size)$/.test(name) ||
    (causal && /^(text\.)?(transformer\.resblocks\.\d+\.)?attn_mask$/.test(name));
}

function textProjection(
  weights: Assignment,
  name: string,
  { width, projection }: OpenClipText,
  embeddingSize: number,
): Affine | null {
  switch (projection) {
    case 'matrix':
      return weights.rightMatrix(name, width, embeddingSize);
    case 'linear':
      return weights.linear(name, width, embeddingSize);
    case 'none':
      return null;
  }
}

function blocks(weights: Assignment, tower: string, config: OpenClipImage | OpenClipText): BlockWeights[] {
  const { layers, width, mlpWidth, layerScale } = config;
  return Array.from({ length: layers }, (_, layer) => {
    const block = `${tower}.resblocks.${layer}`;
    const [query, key, value] = weights.stacked(
      `${block}.attn.in_proj_weight`,
      `${block}.attn.in_proj_bias`,
      3,
      width,
    );
    return {
      norm1: weights.norm(`${block}.ln_1`, width),
      norm2: weights.norm(`${block}.ln_2`, width),
      query: query!,
      key: key!,
      value: value!,
      out: weights.linear(`${block}.attn.out_proj`, width, width),
      fc1: weights.linear(`${block}.mlp.c_fc`, width, mlpWidth),
      fc2: weights.linear(`${block}.mlp.c_proj`, mlpWidth, width),
      scale1: layerScale ? weights.vector(`${block}.ls_1.gamma`, width) : null,
      scale2: layerScale ? weights.vector(`${block}.ls_2.gamma`, width) : null,
    };
  });
}
