import type { TensorFile } from '../../checkpoint/tensors';
import type { BlockWeights, ImagePooling } from '../architecture';
import type { ClipConfig, ImageConfig, TextConfig } from '../config';
import { type Assignment, assign } from './assignment';
import { scalarShape, type Towers } from './towers';

/** The weights of a `CLIPModel` of transformers. */
export function assignClip({ image, text, embeddingSize }: ClipConfig, source: TensorFile): Towers {
  const weights = assign(source);
  const { width, patchSize, grid } = image;
  const towers: Towers = {
    image: {
      ...image,
      patch: {
        weight: weights.vector(`${vision}.embeddings.patch_embedding.weight`, width, 3, patchSize, patchSize),
        bias: null,
      },
      cls: weights.vector(`${vision}.embeddings.class_embedding`, width),
      positions: weights.vector(`${vision}.embeddings.position_embedding.weight`, 1 + grid * grid, width),
      // The misspelt name is the published one.
      preNorm: weights.norm(`${vision}.pre_layrnorm`, width),
      blocks: blocks(weights, vision, image),
      postNorm: weights.norm(`${vision}.post_layernorm`, width),
      pooling: { kind: 'cls' },
      projection: weights.matrix('visual_projection.weight', width, embeddingSize),
    },
    text: {
      ...textTower(weights, text),
      projection: weights.matrix('text_projection.weight', text.width, embeddingSize),
    },
    logitScale: weights.vector('logit_scale', ...scalarShape(source, 'logit_scale')),
    logitBias: null,
  };
  weights.finish(isIgnored);
  return towers;
}

/** The weights of a `SiglipModel` of transformers. */
export function assignSiglip({ image, text, embeddingSize }: ClipConfig, source: TensorFile): Towers {
  const weights = assign(source);
  const { width, patchSize, grid } = image;
  const towers: Towers = {
    image: {
      ...image,
      patch: {
        weight: weights.vector(`${vision}.embeddings.patch_embedding.weight`, width, 3, patchSize, patchSize),
        bias: weights.vector(`${vision}.embeddings.patch_embedding.bias`, width),
      },
      cls: null,
      positions: weights.vector(`${vision}.embeddings.position_embedding.weight`, grid * grid, width),
      preNorm: null,
      blocks: blocks(weights, vision, image),
      postNorm: weights.norm(`${vision}.post_layernorm`, width),
      pooling: attentionPooling(weights, image),
      projection: null,
    },
    text: {
      ...textTower(weights, text),
      projection: weights.linear('text_model.head', text.width, embeddingSize),
    },
    logitScale: weights.vector('logit_scale', ...scalarShape(source, 'logit_scale')),
    logitBias: weights.vector('logit_bias', ...scalarShape(source, 'logit_bias')),
  };
  weights.finish(isIgnored);
  return towers;
}

const vision = 'vision_model';

function textTower(weights: Assignment, text: TextConfig) {
  const { vocabulary, contextLength, width } = text;
  return {
    ...text,
    tokenEmbedding: weights.vector('text_model.embeddings.token_embedding.weight', vocabulary, width),
    positions: weights.vector('text_model.embeddings.position_embedding.weight', contextLength, width),
    blocks: blocks(weights, 'text_model', text),
    finalNorm: weights.norm('text_model.final_layer_norm', width),
  };
}

function blocks(weights: Assignment, tower: string, config: ImageConfig | TextConfig): BlockWeights[] {
  const { layers, width, mlpWidth } = config;
  return Array.from({ length: layers }, (_, layer) => {
    const block = `${tower}.encoder.layers.${layer}`;
    return {
      norm1: weights.norm(`${block}.layer_norm1`, width),
      norm2: weights.norm(`${block}.layer_norm2`, width),
      query: weights.linear(`${block}.self_attn.q_proj`, width, width),
      key: weights.linear(`${block}.self_attn.k_proj`, width, width),
      value: weights.linear(`${block}.self_attn.v_proj`, width, width),
      out: weights.linear(`${block}.self_attn.out_proj`, width, width),
      fc1: weights.linear(`${block}.mlp.fc1`, width, mlpWidth),
      fc2: weights.linear(`${block}.mlp.fc2`, mlpWidth, width),
      scale1: null,
      scale2: null,
    };
  });
}

function attentionPooling(weights: Assignment, image: ImageConfig): ImagePooling {
  const { width, mlpWidth, heads, epsilon, activation } = image;
  const head = `${vision}.head`;
  const [query, key, value] = weights.stacked(
    `${head}.attention.in_proj_weight`,
    `${head}.attention.in_proj_bias`,
    3,
    width,
  );
  return {
    kind: 'attention',
    probe: weights.squeezed(`${head}.probe`, 2, width),
    heads,
    epsilon,
    activation,
    query: query!,
    key: key!,
    value: value!,
    out: weights.linear(`${head}.attention.out_proj`, width, width),
    norm: weights.norm(`${head}.layernorm`, width),
    fc1: weights.linear(`${head}.mlp.fc1`, width, mlpWidth),
    fc2: weights.linear(`${head}.mlp.fc2`, mlpWidth, width),
  };
}

/** Position ids are 0, 1, 2…, saved by old versions of transformers. Names of other roots are not the model's. */
function isIgnored(name: string): boolean {
  return (
    !/^(vision_model|text_model|visual_projection|text_projection|logit_bias)\b/.test(name) ||
    name.endsWith('.position_ids')
  );
}
