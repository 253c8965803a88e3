import * as path from 'node:path';
import { ClipsightError } from '../../shared/errors';
import type { CallOptions } from '../../shared/rpc/protocol';
import type { StudyRequest } from '../../shared/study';
import { identify } from '../checkpoint/fileIdentity';
import type { HashCache } from '../checkpoint/hashCache';
import type { ClipCheckpoint } from '../clip/architecture';
import type { Hook } from '../clip/hook';
import { tokenSpan } from '../clip/tokens';
import type { Dictionary } from './dictionary';
import { openHeads } from './heads';
import { openNeurons } from './neurons';
import { readDictionary } from './readDictionary';
import type { DictionaryRecord } from './record';
import { openSae } from './sae';

export interface OpenDictionaryOptions extends CallOptions {
  readonly threads?: number | undefined;
  /** SHA-256 of the model's weights: neurons are made of them. */
  readonly modelSha256: string;
  readonly hashes: HashCache;
  /** Where weights that cannot be used as they lie are written a second time; without it, they are refused. */
  readonly cacheFolder?: string;
  /** Decides, with the self-test, how a dictionary from files is read; left out, its files must say it all. */
  readonly settle?: Settle;
}

/** Gives the record to open and what a person should know of it, or throws where it should not be used. */
export type Settle = (
  record: DictionaryRecord,
  hook: Hook,
) => Promise<{ readonly record: DictionaryRecord; readonly notes: readonly string[] }>;

/** Whether it is made of the model's own weights, and so needs no files: `neurons:…`, `heads:…`. */
export function isOfModel(dictionary: string): boolean {
  return /^(neurons|heads):/.test(dictionary);
}

/**
 * The dictionary that a study asks for, hooked where it says. Throws ClipsightError `dictionary` where it does not
 * fit the model.
 */
export async function openDictionary(
  request: StudyRequest,
  checkpoint: ClipCheckpoint,
  options: OpenDictionaryOptions,
): Promise<Dictionary> {
  const own = /^(neurons|heads):(.*)$/s.exec(request.dictionary);
  if (own === null) return hookSae(request, checkpoint, options);
  const [, kind, number = ''] = own;
  if (!/^-?\d+$/.test(number)) {
    throw new ClipsightError(
      'dictionary',
      `“${request.dictionary}” names no layer.`,
      `Write ${kind}: and the number of a block, for instance ${kind}:-2.`,
    );
  }
  return (kind === 'heads' ? openHeads : openNeurons)(checkpoint, {
    sha256: options.modelSha256,
    layer: resolveLayer(request.layer ?? Number(number), checkpoint),
    tokens: request.tokens ?? 'all',
    threads: options.threads,
  });
}

async function hookSae(
  request: StudyRequest,
  checkpoint: ClipCheckpoint,
  options: OpenDictionaryOptions,
): Promise<Dictionary> {
  const found = await readDictionary(request.dictionary, options);
  // Where they had to be unpacked, the weights lie in the cache: that file can go, too.
  const read = { ...found, watched: [...found.watched, await identify(found.weightsFile, 'dictionary')] };
  const { hook, notes } = hookRecord(read, request, checkpoint);
  const { record, notes: settled } = await (options.settle ?? asRead)(read, hook);
  return openSae(record, {
    info: {
      id: record.id,
      sha256: await options.hashes.sha256(record.weightsFile, 'dictionary', options),
      point: hook.point,
      layer: hook.layer,
      tokens: hook.tokens,
      size: record.size,
    },
    hook,
    span: tokenSpan(checkpoint, hook),
    notes: [...notes, ...settled],
    threads: options.threads,
  });
}

/**
 * Where a dictionary is hooked: where the request says, else where its files say that it was trained. `notes` say
 * where those differ.
 *
 * @throws ClipsightError `dictionary` where neither says it, or the model has no such place.
 */
export function hookRecord(
  record: DictionaryRecord,
  request: Pick<StudyRequest, 'layer' | 'tokens'>,
  checkpoint: Pick<ClipCheckpoint, 'id' | 'image' | 'embeddingSize'>,
): { readonly hook: Hook; readonly notes: readonly string[] } {
  demandWidth(record, checkpoint);
  const { point } = record.hook;
  const modelNotes =
    record.trainedOn !== null && plainName(record.trainedOn) !== plainName(checkpoint.id)
      ? [`${record.id} says that it was trained on ${record.trainedOn}, not on ${checkpoint.id}.`]
      : [];
  if (point === 'embedding') {
    return { hook: { point, layer: checkpoint.image.blocks.length - 1, tokens: 'all' }, notes: modelNotes };
  }
  const trained = record.hook.layer === null ? null : resolveLayer(record.hook.layer, checkpoint);
  const layer = request.layer === undefined ? trained : resolveLayer(request.layer, checkpoint);
  const tokens = request.tokens ?? record.hook.tokens;
  if (layer === null) throw unsaid(record, 'layer', 'the block that it was trained on');
  if (tokens === null) throw unsaid(record, 'tokens', 'the tokens that it was trained on');
  const elsewhere =
    (trained !== null && layer !== trained) || (record.hook.tokens !== null && tokens !== record.hook.tokens);
  const unknown = [
    ...(trained === null ? [`the block ${layer}`] : []),
    ...(record.hook.tokens === null ? [`the choice of ${tokens} tokens`] : []),
  ];
  return {
    hook: { point, layer, tokens },
    notes: [
      ...modelNotes,
      ...(elsewhere
        ? [
            `${record.id} was trained on ${record.hook.tokens ?? 'unknown'} tokens after block ${trained ?? 'unknown'}; it is used on ${tokens} after block ${layer}.`,
          ]
        : []),
      ...(unknown.length > 0
        ? [
            `The files of ${record.id} do not say where it was trained: ${unknown.join(' and ')} come from the settings.`,
          ]
        : []),
    ],
  };
}

function unsaid(record: DictionaryRecord, key: 'layer' | 'tokens', meaning: string): ClipsightError {
  return new ClipsightError(
    'dictionary',
    `The files of ${record.id} do not say ${meaning}.`,
    `Choose ${key} in the settings (or with --${key}), or write "${key}" in a file clipsight.json beside its weights.`,
  );
}

/** Projects write the name of one model with dashes, with underscores, in capitals or with its owner. */
function plainName(model: string): string {
  return path
    .basename(model)
    .replace(/[^a-z0-9]/gi, '')
    .toLowerCase();
}

function demandWidth(
  record: DictionaryRecord,
  checkpoint: Pick<ClipCheckpoint, 'id' | 'image' | 'embeddingSize'>,
): void {
  const isEmbedding = record.hook.point === 'embedding';
  const width = isEmbedding ? checkpoint.embeddingSize : checkpoint.image.width;
  if (record.width === width) return;
  const what = isEmbedding ? 'an image embedding' : 'a residual stream';
  throw new ClipsightError(
    'dictionary',
    `${record.id} decomposes ${what} of width ${record.width}, but ${checkpoint.id} has width ${width}.`,
    'Choose a dictionary that was trained on this model, or neurons:<layer>, which needs none.',
  );
}

/** Before anything was tested: only a dictionary whose files leave nothing open. */
const asRead: Settle = async (record) => {
  if (record.subtractsDecoderBias !== 'undecided') return { record, notes: [] };
  throw new ClipsightError(
    'dictionary',
    `The files of ${record.id} do not say whether b_dec is taken off its input.`,
    'Test it on pictures first.',
  );
};

/** A block from 0; negative counts from the end. */
function resolveLayer(layer: number, { id, image }: Pick<ClipCheckpoint, 'id' | 'image'>): number {
  const blocks = image.blocks.length;
  const resolved = layer < 0 ? blocks + layer : layer;
  if (resolved < 0 || resolved >= blocks) {
    throw new ClipsightError(
      'dictionary',
      `Layer ${layer} is out of range: the image tower of ${id} has ${blocks} blocks.`,
      `Give a layer from 0 to ${blocks - 1}, or from -${blocks} to -1.`,
    );
  }
  return resolved;
}
