import * as path from 'node:path';
import { ClipsightError } from '../../shared/errors';
import type { CallOptions } from '../../shared/rpc/protocol';
import type { StudyRequest } from '../../shared/study';
import type { HashCache } from '../checkpoint/hashCache';
import type { ClipCheckpoint } from '../clip/architecture';
import { tokenCount } from '../clip/imageTower';
import { tokenSpan } from '../clip/tokens';
import type { Dictionary } from './dictionary';
import { openHeads } from './heads';
import { openNeurons } from './neurons';
import { openSae } from './sae';
import { readSaeFolder } from './saeFolder';

export interface OpenDictionaryOptions extends CallOptions {
  readonly threads?: number | undefined;
  /** SHA-256 of the model's weights: neurons are made of them. */
  readonly modelSha256: string;
  readonly hashes: HashCache;
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
  { threads, hashes, ...call }: OpenDictionaryOptions,
): Promise<Dictionary> {
  const sae = await readSaeFolder(request.dictionary);
  const tower = checkpoint.image;
  if (sae.width !== tower.width) {
    throw new ClipsightError(
      'dictionary',
      `${sae.id} decomposes a residual stream of width ${sae.width}, but ${checkpoint.id} has width ${tower.width}.`,
      'Choose a dictionary that was trained on this model, or neurons:<layer>, which needs none.',
    );
  }
  const layer = resolveLayer(request.layer ?? sae.hook.layer, checkpoint);
  const tokens = request.tokens ?? sae.hook.tokens;
  const trained = resolveLayer(sae.hook.layer, checkpoint);
  const notes = [
    ...(sae.trainedOn !== null && path.basename(sae.trainedOn) !== checkpoint.id
      ? [`${sae.id} says that it was trained on ${sae.trainedOn}, not on ${checkpoint.id}.`]
      : []),
    ...(layer !== trained || tokens !== sae.hook.tokens
      ? [
          `${sae.id} was trained on ${sae.hook.tokens} tokens after block ${trained}; it is used on ${tokens} after block ${layer}.`,
        ]
      : []),
  ];
  return openSae(sae, {
    info: {
      id: sae.id,
      sha256: await hashes.sha256(sae.weightsFile, 'dictionary', call),
      point: sae.hook.point,
      layer,
      tokens,
      size: sae.size,
    },
    tokenCount: tokenCount(tower),
    span: tokenSpan(checkpoint, { point: sae.hook.point, layer, tokens }),
    notes,
    threads,
  });
}

/** A block from 0; negative counts from the end. */
function resolveLayer(layer: number, { id, image }: ClipCheckpoint): number {
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
