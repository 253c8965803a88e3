import { basename, dirname } from 'node:path';
import * as z from 'zod';
import { parseJson } from '../../checkpoint/files';
import type { Activation, DictionaryRecord } from '../record';
import { hookFromName } from './hookName';
import { type Place, recordOf, weightsOf } from './place';
import { unsupported } from './refusal';
import { expectOnly, matrix, matrixShape, vector } from './source';
import { demandK, groupMax } from './threshold';

const Config = z.object({
  activation: z.string().default('topk'),
  k: z.int(),
  transcode: z.boolean().default(false),
  skip_connection: z.boolean().default(false),
  signed: z.boolean().default(false),
});

/**
 * sparsify (sparsify/sparse_coder.py): `cfg.json` and `sae.safetensors` in a folder that has the name of the module
 * it was hooked into. Both matrices lie as [num_latents, d_in]; b_dec is taken off, ReLU comes before the top k.
 */
export async function readSparsify(place: Place, json: unknown, where: string): Promise<DictionaryRecord> {
  const config = parseJson(Config, json, where, 'dictionary');
  if (config.transcode) throw unsupported(where, 'transcode', true, 'sparse autoencoders');
  if (config.skip_connection) throw unsupported(where, 'skip_connection', true, 'sparse autoencoders');
  if (config.signed) throw unsupported(where, 'signed', true, 'top-k after a ReLU');
  const { tensors } = place;
  expectOnly(tensors, ['encoder.weight', 'encoder.bias', 'W_dec', 'b_dec'], 'an SAE of sparsify');
  const [size, width] = matrixShape(tensors, 'encoder.weight');
  const weights = weightsOf(
    matrix(tensors, 'encoder.weight', [width, size], true),
    await vector(tensors, 'encoder.bias', size),
    matrix(tensors, 'W_dec', [size, width]),
    await vector(tensors, 'b_dec', width),
  );
  return recordOf(place, weights, {
    format: 'sparsify',
    architecture: config.activation,
    activation: activationOf(config, size, where),
    normalization: [],
    hook: { ...hookInFolder(dirname(place.file)), tokens: null },
  });
}

function activationOf({ activation, k }: z.infer<typeof Config>, size: number, where: string): Activation {
  switch (activation) {
    case 'topk':
      return { kind: 'topk', k: demandK(k, size, where), by: 'value', keep: 'relu' };
    case 'groupmax':
      return groupMax(k, size, where);
    default:
      throw unsupported(where, 'activation', activation, 'topk and groupmax');
  }
}

/** Null where the folder was given another name. */
function hookInFolder(folder: string): {
  readonly point: 'resid_post' | 'mlp_out' | 'attn_out' | null;
  readonly layer: number | null;
} {
  const name = basename(folder);
  return /layers|blocks|resblocks/.test(name)
    ? hookFromName(name, folder, 'the name of its folder,')
    : { point: null, layer: null };
}
