import { readdir } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { ClipsightError } from '../../shared/errors';
import { canonicalJson } from '../checkpoint/canonicalJson';
import { identify } from '../checkpoint/fileIdentity';
import { readJson, unreadable } from '../checkpoint/files';
import { demand, readFloats, type TensorFile } from '../checkpoint/tensors';
import { readWeightFiles, type WeightName, weightNames } from '../checkpoint/weightFiles';
import type { StoredTensor } from '../graph/value';
import type { Affine, BlockWeights, ClipCheckpoint, ImageTower, TextTower } from './architecture';
import { type ClipConfig, type ImageConfig, parseClipConfig, type TextConfig } from './config';
import { parsePreprocessorConfig } from './preprocessing';

/**
 * Reads a Hugging Face folder of a `CLIPModel`: config.json, the weights, preprocessor_config.json, tokenizer.json
 * (its content is left to the tokenizer) and, where there is one, tokenizer_config.json.
 * Every weight that the architecture needs is there with its exact shape, and there is none in its towers
 * that it does not use: a checkpoint with more than a plain CLIP would compute something else.
 *
 * @throws ClipsightError `checkpoint`
 */
export async function readClipFolder(path: string): Promise<ClipCheckpoint> {
  const folder = resolve(path);
  const present = await namesIn(folder);
  const weightsName = requireFiles(folder, present);
  const watched = await Promise.all(
    ['config.json', 'preprocessor_config.json', 'tokenizer.json', 'tokenizer_config.json']
      .filter((name) => present.has(name))
      .map((name) => identify(join(folder, name))),
  );
  const configFile = join(folder, 'config.json');
  const config = parseClipConfig(await readJson(configFile, 'checkpoint'), configFile);
  const preprocessorFile = join(folder, 'preprocessor_config.json');
  const preprocessorJson = await readJson(preprocessorFile, 'checkpoint');
  const weights = await readWeightFiles(folder, weightsName);
  const { image, text, logitScale } = assignWeights(config, weights.source);
  return {
    id: basename(folder),
    path: folder,
    format: 'huggingface-clip',
    weightsFolder: weights.folder,
    weightsFiles: weights.files,
    image,
    text,
    embeddingSize: config.embeddingSize,
    logitScale: await readLogitScale(logitScale, weights.source.path),
    logitBias: null,
    preprocessing: parsePreprocessorConfig(preprocessorJson, preprocessorFile),
    tokenizerFile: join(folder, 'tokenizer.json'),
    notes: [],
    watched: [...weights.watched, ...watched],
    fingerprint: canonicalJson({ family: 'clip', ...config }),
  };
}

async function namesIn(folder: string): Promise<ReadonlySet<string>> {
  try {
    return new Set(await readdir(folder));
  } catch (thrown) {
    throw unreadable(folder, 'checkpoint', thrown);
  }
}

/** The name of the weights. */
function requireFiles(folder: string, present: ReadonlySet<string>): WeightName {
  const weights = weightNames.find((name) => present.has(name)) ?? 'model.safetensors';
  if (!present.has(weights) && present.has('open_clip_config.json')) {
    throw new ClipsightError(
      'checkpoint',
      `${folder} holds open_clip weights, which are not supported yet.`,
      'Choose the Hugging Face version of this model (a folder with config.json and model.safetensors).',
    );
  }
  for (const name of ['config.json', weights, 'preprocessor_config.json', 'tokenizer.json']) {
    if (!present.has(name)) {
      throw new ClipsightError(
        'checkpoint',
        `${folder} has no ${name}.`,
        `Choose the folder of a Hugging Face CLIPModel, or download ${name} from where the model came from.`,
      );
    }
  }
  return weights;
}

interface Weights {
  readonly image: ImageTower;
  readonly text: TextTower;
  readonly logitScale: StoredTensor;
}

function assignWeights({ image, text, embeddingSize }: ClipConfig, weights: TensorFile): Weights {
  const used = new Set<string>();
  const take = (name: string, ...shape: readonly number[]): StoredTensor => {
    used.add(name);
    return demand(weights, name, shape);
  };
  const norm = (name: string, width: number): Affine => ({
    weight: take(`${name}.weight`, width),
    bias: take(`${name}.bias`, width),
  });
  const linear = (name: string, inputs: number, outputs: number): Affine => ({
    weight: take(`${name}.weight`, outputs, inputs),
    bias: take(`${name}.bias`, outputs),
  });
  const projection = (name: string, width: number): Affine => ({
    weight: take(`${name}.weight`, embeddingSize, width),
    bias: null,
  });
  const blocks = (tower: string, { layers, width, mlpWidth }: ImageConfig | TextConfig): BlockWeights[] =>
    Array.from({ length: layers }, (_, layer) => {
      const block = `${tower}.encoder.layers.${layer}`;
      return {
        norm1: norm(`${block}.layer_norm1`, width),
        norm2: norm(`${block}.layer_norm2`, width),
        query: linear(`${block}.self_attn.q_proj`, width, width),
        key: linear(`${block}.self_attn.k_proj`, width, width),
        value: linear(`${block}.self_attn.v_proj`, width, width),
        out: linear(`${block}.self_attn.out_proj`, width, width),
        fc1: linear(`${block}.mlp.fc1`, width, mlpWidth),
        fc2: linear(`${block}.mlp.fc2`, mlpWidth, width),
        scale1: null,
        scale2: null,
      };
    });

  const { width, patchSize, grid } = image;
  const assigned: Weights = {
    image: {
      ...image,
      patch: {
        weight: take('vision_model.embeddings.patch_embedding.weight', width, 3, patchSize, patchSize),
        bias: null,
      },
      cls: take('vision_model.embeddings.class_embedding', width),
      positions: take('vision_model.embeddings.position_embedding.weight', 1 + grid * grid, width),
      // The misspelt name is the published one.
      preNorm: norm('vision_model.pre_layrnorm', width),
      blocks: blocks('vision_model', image),
      postNorm: norm('vision_model.post_layernorm', width),
      pooling: { kind: 'cls' },
      projection: projection('visual_projection', width),
    },
    text: {
      ...text,
      tokenEmbedding: take('text_model.embeddings.token_embedding.weight', text.vocabulary, text.width),
      positions: take('text_model.embeddings.position_embedding.weight', text.contextLength, text.width),
      blocks: blocks('text_model', text),
      finalNorm: norm('text_model.final_layer_norm', text.width),
      projection: projection('text_projection', text.width),
    },
    // A scalar, which some tools save with one axis.
    logitScale: take('logit_scale', ...(weights.tensors.get('logit_scale')?.shape.length === 1 ? [1] : [])),
  };
  refuseUnused(weights, used);
  return assigned;
}

function refuseUnused({ path, tensors, unsupported }: TensorFile, used: ReadonlySet<string>): void {
  const unused = [...tensors.keys(), ...unsupported.keys()].filter(
    (name) => !used.has(name) && changesTheModel(name),
  );
  if (unused.length > 0) {
    throw new ClipsightError(
      'checkpoint',
      `${path} holds ${unused.length} tensors that config.json has no place for: "${unused[0]}" is one.`,
      'Check that the weights and config.json belong together and are a plain CLIPModel.',
    );
  }
}

/** Position ids are 0, 1, 2…, saved by old versions of transformers. Names of other roots are not the model's. */
function changesTheModel(name: string): boolean {
  return (
    /^(vision_model|text_model|visual_projection|text_projection|logit_bias)\b/.test(name) &&
    !name.endsWith('.position_ids')
  );
}

async function readLogitScale(tensor: StoredTensor, path: string): Promise<number> {
  const scale = Math.exp((await readFloats(tensor, 'checkpoint'))[0] ?? Number.NaN);
  if (!Number.isFinite(scale)) {
    throw new ClipsightError('checkpoint', `${path}: logit_scale is not a number.`, 'Download it again.');
  }
  return scale;
}
