import { basename } from 'node:path';
import { ClipsightError } from '../../../shared/errors';
import { readFloats } from '../../checkpoint/tensors';
import type { TorchValue } from '../../checkpoint/torchFile';
import type { Activation, DictionaryRecord, Normalization } from '../record';
import { layerNorm } from './normalizations';
import { type Place, recordOf, weightsOf } from './place';
import { unsupported } from './refusal';
import { expectOnly, hasTensor, matrix, vector } from './source';
import { demandK } from './threshold';

/** `{latents}_{inputs}_{activation}[_{k}][_UW|_RW]_{tied}_{normalize}_{softcap}_{data}`. */
const fileName =
  /^(\d+)_(\d+)_([A-Za-z]+)(?:_(\d+))?(?:_(UW|RW))?_(True|False)_(True|False)_(\d+(?:\.\d+)?)(?:_.*)?\.pth?$/;

export function isMsae(place: Pick<Place, 'tensors' | 'torch'>): boolean {
  const root = place.torch?.root;
  return root instanceof Map && root.has('scaling_factor') && hasTensor(place.tensors, 'latent_bias');
}

/**
 * MSAE (sae.py): of the image embedding as the projection gives it, centred and scaled as the file says. What it is
 * made of stands only in the file's name. Matryoshka SAEs are used at the number of latents that the name gives, as
 * MSAE itself does.
 */
export async function readMsae(place: Place): Promise<DictionaryRecord> {
  const { tensors, file } = place;
  const parts = fileName.exec(basename(file));
  if (parts === null) {
    throw new ClipsightError(
      'dictionary',
      `${file} is an SAE of MSAE, whose kind stands only in the name of its file, and this name does not have it.`,
      'Give it the name it was published with, such as 6144_768_TopKReLU_64_RW_False_False_0.0_cc3m.pth.',
    );
  }
  const [, latents, inputs, activationName, k, nested, tied, normalize, cap] = parts;
  const [size, width, softcap] = [Number(latents), Number(inputs), Number(cap)];
  const own = ['pre_bias', 'encoder', 'latent_bias', 'decoder', 'latents_activation_frequency'];
  expectOnly(tensors, [...own, 'activation.log_threshold'], 'an SAE of MSAE');
  const encoder = matrix(tensors, 'encoder', [width, size]);
  const decoder =
    tied === 'True'
      ? { stored: encoder.stored, transposed: !encoder.transposed }
      : matrix(tensors, 'decoder', [size, width]);
  const bias = await vector(tensors, 'pre_bias', width);
  const { activation, notes } = await activationOf(activationName!, k, place, size);
  const weights = weightsOf(encoder, await vector(tensors, 'latent_bias', size), decoder, bias);
  return recordOf(place, weights, {
    format: 'msae',
    architecture: nested === undefined ? activationName! : `matryoshka ${activationName!}`,
    activation,
    softcap: softcap > 0 ? softcap : null,
    normalization: [await affineOf(place, width), ...(normalize === 'True' ? [layerNorm] : [])],
    hook: { point: 'embedding', layer: null, tokens: null },
    notes,
  });
}

async function activationOf(
  name: string,
  digits: string | undefined,
  { tensors, file }: Place,
  size: number,
): Promise<{ readonly activation: Activation; readonly notes: readonly string[] }> {
  if (name === 'ReLU') return { activation: { kind: 'relu' }, notes: [] };
  if (name === 'JumpReLU') {
    const thresholds = (await vector(tensors, 'activation.log_threshold', size)).map(Math.exp);
    return { activation: { kind: 'jumprelu', thresholds }, notes: [] };
  }
  const found = /^(Batch)?TopK(abs)?(ReLU)?$/.exec(name);
  if (found === null || digits === undefined) {
    throw unsupported(
      file,
      'the activation of its name',
      name,
      'ReLU, JumpReLU, and TopK of any sort with its k',
    );
  }
  const [, batch, magnitude, relu] = found;
  const k = demandK(Number(digits), size, file);
  // TopKabs takes |h| for h; BatchTopKabs only ranks by it.
  const keep =
    magnitude !== undefined && batch === undefined ? 'absolute' : relu === undefined ? 'signed' : 'relu';
  return {
    activation: { kind: 'topk', k, by: magnitude === undefined ? 'value' : 'magnitude', keep },
    notes:
      batch === undefined
        ? []
        : [
            `MSAE keeps the ${k} largest latents an image on average over a batch; here the ${k} largest of each image are kept, as it does with a batch of one.`,
          ],
  };
}

/** (x − mean_center)·scaling_factor, which lie beside the weights. */
async function affineOf({ torch, file }: Place, width: number): Promise<Normalization> {
  const root = torch?.root;
  const [mean, scale] = root instanceof Map ? [root.get('mean_center'), root.get('scaling_factor')] : [];
  return {
    kind: 'affine',
    mean: await floatsOf(mean, width, `${file}: mean_center`),
    scale: (await floatsOf(scale, 1, `${file}: scaling_factor`))[0]!,
  };
}

async function floatsOf(value: TorchValue | undefined, length: number, where: string): Promise<Float32Array> {
  if (typeof value === 'number') return new Float32Array(length).fill(value);
  if (typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'tensor') {
    if (value.layout === 'rows') {
      const { type } = value.stored;
      if (type === 'float32' || type === 'float16' || type === 'bfloat16') {
        const floats = await readFloats(value.stored, 'dictionary');
        if (floats.length === length) return floats;
        if (floats.length === 1) return new Float32Array(length).fill(floats[0]!);
      }
    }
  }
  throw new ClipsightError(
    'dictionary',
    `${where} is not ${length === 1 ? 'a number' : `a vector of ${length} numbers`}.`,
    'Check that it is the file that MSAE’s train.py wrote.',
  );
}
