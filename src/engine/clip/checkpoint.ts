import { join } from 'node:path';
import { ClipsightError } from '../../shared/errors';
import type { ModelFormat } from '../../shared/modelFormat';
import { canonicalJson } from '../checkpoint/canonicalJson';
import { identify, noFile } from '../checkpoint/fileIdentity';
import { readJson } from '../checkpoint/files';
import { ownName } from '../checkpoint/ownName';
import { readFloats, type TensorFile } from '../checkpoint/tensors';
import { readWeightFiles } from '../checkpoint/weightFiles';
import { isStored, type StoredTensor } from '../graph/value';
import type { ClipCheckpoint } from './architecture';
import { type CheckpointFiles, companions, findCheckpoint } from './checkpointFiles';
import { asItIs, type TextPreparation } from './config';
import { parseClipConfig, parseSiglipConfig } from './huggingFaceConfig';
import { assignClip, assignSiglip } from './layouts/huggingFace';
import { assignOpenClip } from './layouts/openClip';
import { recognise, unwrapped } from './layouts/recognise';
import { architectureFromShapes, assumptions } from './layouts/shapes';
import { assignTimm } from './layouts/timm';
import type { Towers } from './layouts/towers';
import { isTimm, parseOpenClipConfig } from './openClipConfig';
import {
  openAiPreprocessing,
  type Preprocessing,
  parseOpenClipPreprocessing,
  parsePreprocessorConfig,
} from './preprocessing';

/** What a layout and its configuration make of the weights. */
interface Reading extends Towers {
  readonly embeddingSize: number;
  readonly preprocessing: Preprocessing;
  readonly preparation: TextPreparation;
  readonly notes: readonly string[];
}

/**
 * Reads a CLIP from a folder or a file of weights, absolute or relative to where the process runs. Whose layout it is
 * in is told by the names of the tensors; the configuration, the preprocessing and the tokenizer lie beside the
 * weights. Every weight that the architecture needs is there with its exact shape, and there is none in its towers
 * that it does not use: a checkpoint with more would compute something else. No weight is read but the two scalars.
 *
 * @throws ClipsightError `checkpoint`
 */
export async function readClip(path: string): Promise<ClipCheckpoint> {
  const files = await findCheckpoint(path);
  if (files.weights.endsWith('.npz')) {
    throw new ClipsightError(
      'checkpoint',
      `${files.weights} is an archive of NumPy arrays, as big_vision writes its SigLIPs, which is not supported.`,
      'Choose the version of this model for Hugging Face or open_clip.',
    );
  }
  // What is not there is watched as well: people put it there when a note tells them to.
  const watched = await Promise.all(
    companions.map((name) => {
      const path = join(files.folder, name);
      return files.present.has(name) ? identify(path) : noFile(path);
    }),
  );
  const weights = await readWeightFiles(files.weights);
  const source = unwrapped(weights.source);
  const format = recognise(source);
  const { logitScale, logitBias, ...reading } = await readings[format](source, files);
  const { image, text, embeddingSize, preparation } = reading;
  return {
    ...reading,
    id: ownName(files.path),
    path: files.path,
    format,
    tokenizerFile: files.present.has('tokenizer.json') ? join(files.folder, 'tokenizer.json') : null,
    weightsFolder: weights.folder,
    weightsFiles: weights.files,
    logitScale: await readScalar(logitScale, Math.exp, `${weights.source.path}: logit_scale`),
    logitBias:
      logitBias && (await readScalar(logitBias, (bias) => bias, `${weights.source.path}: logit_bias`)),
    watched: [...weights.watched, ...watched],
    fingerprint: fingerprintOf({ image, text, embeddingSize, preparation }),
  };
}

const readings: {
  readonly [F in ModelFormat]: (source: TensorFile, files: CheckpointFiles) => Promise<Reading>;
} = {
  async 'huggingface-clip'(source, files) {
    const config = parseClipConfig(...(await companion('config.json', files)));
    return {
      ...assignClip(config, source),
      embeddingSize: config.embeddingSize,
      preprocessing: parsePreprocessorConfig(...(await imageProcessor(files)), 'clip'),
      preparation: asItIs,
      notes: [],
    };
  },
  async 'huggingface-siglip'(source, files) {
    const config = parseSiglipConfig(...(await companion('config.json', files)));
    return {
      ...assignSiglip(config, source),
      embeddingSize: config.embeddingSize,
      preprocessing: parsePreprocessorConfig(...(await imageProcessor(files)), 'siglip'),
      preparation: asItIs,
      notes: [],
    };
  },
  async open_clip(source, files) {
    if (!files.present.has('open_clip_config.json')) {
      const config = architectureFromShapes(source, 'gelu');
      return { ...assignedFromShapes(config, source), notes: assumptions(config, source.path) };
    }
    const [json, file] = await companion('open_clip_config.json', files);
    const config = parseOpenClipConfig(json, file);
    if (isTimm(config)) throw apart(file, source, `timm's ${config.image.name}`);
    return {
      ...assignOpenClip(config, source),
      embeddingSize: config.embeddingSize,
      preprocessing: parseOpenClipPreprocessing(json, file),
      preparation: config.preparation,
      notes: [],
    };
  },
  async openai(source) {
    // All of OpenAI's models have it (model.py, `QuickGELU`).
    return { ...assignedFromShapes(architectureFromShapes(source, 'quick_gelu'), source), notes: [] };
  },
  async timm(source, files) {
    const [json, file] = await companion('open_clip_config.json', files);
    const config = parseOpenClipConfig(json, file);
    if (!isTimm(config)) throw apart(file, source, "open_clip's own image tower");
    return {
      ...assignTimm(config, source, file),
      embeddingSize: config.embeddingSize,
      preprocessing: parseOpenClipPreprocessing(json, file),
      preparation: config.preparation,
      notes: [],
    };
  },
};

function assignedFromShapes(
  config: ReturnType<typeof architectureFromShapes>,
  source: TensorFile,
): Omit<Reading, 'notes'> {
  const { embeddingSize, preparation, image } = config;
  return {
    ...assignOpenClip(config, source),
    embeddingSize,
    preprocessing: openAiPreprocessing(image.imageSize),
    preparation,
  };
}

/** A JSON file beside the weights that the layout cannot do without, unchecked, and where it is. */
async function companion(
  name: string,
  { folder, present }: CheckpointFiles,
): Promise<[json: unknown, file: string]> {
  if (!present.has(name)) {
    throw new ClipsightError(
      'checkpoint',
      `${folder} has no ${name}.`,
      `Put the ${name} that belongs to the model beside its weights: download it from where the model came from.`,
    );
  }
  const file = join(folder, name);
  return [await readJson(file, 'checkpoint'), file];
}

/** Since transformers 5 it may lie in processor_config.json, beside what other processors are set to. */
async function imageProcessor(files: CheckpointFiles): Promise<[json: unknown, file: string]> {
  const { present } = files;
  if (!present.has('preprocessor_config.json') && present.has('processor_config.json')) {
    const [json, file] = await companion('processor_config.json', files);
    if (typeof json === 'object' && json !== null && 'image_processor' in json)
      return [json.image_processor, file];
  }
  return companion('preprocessor_config.json', files);
}

function apart(file: string, { path }: TensorFile, described: string): ClipsightError {
  return new ClipsightError(
    'checkpoint',
    `${file} describes ${described}, but ${path} has weights of another image tower.`,
    'Put the open_clip_config.json that belongs to the weights beside them.',
  );
}

async function readScalar(
  tensor: StoredTensor,
  meaning: (stored: number) => number,
  where: string,
): Promise<number> {
  const [stored = Number.NaN] = await readFloats(tensor, 'checkpoint');
  const value = meaning(stored);
  if (Number.isFinite(value)) return value;
  throw new ClipsightError('checkpoint', `${where} is ${stored}.`, 'Download the weights again.');
}

/** Canonical JSON of an architecture: its numbers and switches, and the shapes of what it is made of. */
function fingerprintOf(
  architecture: Pick<ClipCheckpoint, 'image' | 'text' | 'embeddingSize' | 'preparation'>,
): string {
  const shapes: unknown = JSON.parse(
    JSON.stringify({ family: 'clip', ...architecture }, (key, value: unknown) => {
      if (key === 'blocks' || key === 'transposed') return undefined;
      return isStored(value) ? value.shape : value;
    }),
  );
  return canonicalJson(shapes);
}
