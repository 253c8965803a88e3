import * as z from 'zod';
import { parseJson } from '../../checkpoint/files';
import type { Activation, DictionaryRecord } from '../record';
import { type Place, recordOf, sharedWeights } from './place';
import { missing, unsupported } from './refusal';
import { expectOnly, scalar } from './source';
import { demandK, oneThreshold } from './threshold';

/** A dataclass as saev writes it: its name and its fields. Fields of the training (sparsity, aux) do not matter here. */
const Serialized = z.object({
  cls: z.string(),
  params: z.looseObject({ top_k: z.int().optional() }),
});

const Versioned = z.object({
  schema: z.int(),
  cls: z.string().optional(),
  cfg: z.looseObject({ activation: Serialized.optional(), top_k: z.int().optional() }),
});

/** The fields themselves, before there were versions of them. */
const Legacy = z.object({ d_vit: z.int() });

type ActivationChoice = { readonly cls: string; readonly k: number | undefined };

const activationClasses = ['Relu', 'TopK', 'BatchTopK'];
const newestSchema = 5;

/**
 * saev (src/saev/nn/modeling.py): a line of JSON, then the state dict. The newest code does not take b_dec off the
 * input, older code did, and nothing in the file says by which it was trained: that stays undecided. Neither does the
 * file say where it was hooked, nor whether its activations were centred or scaled before.
 */
export async function readSaev(place: Place, header: unknown): Promise<DictionaryRecord> {
  const { file, tensors } = place;
  const where = `The first line of ${file}`;
  const activation = activationIn(header, where);
  const batch = activation.cls === 'BatchTopK';
  const shared = ['W_enc', 'b_enc', 'W_dec', 'b_dec'];
  expectOnly(tensors, batch ? [...shared, 'activation.threshold'] : shared, 'an SAE of saev');
  const weights = await sharedWeights(place);
  return recordOf(place, weights, {
    format: 'saev',
    architecture: { Relu: 'relu', TopK: 'topk', BatchTopK: 'batchtopk' }[activation.cls] ?? activation.cls,
    activation: await activationOf(activation, place, weights.size, where),
    normalization: null,
    subtractsDecoderBias: 'undecided',
    hook: { point: null, layer: null, tokens: null },
    notes: [
      'Versions of saev differ in whether b_dec is taken off the input, and the file does not say: the self-test decides.',
    ],
  });
}

function activationIn(header: unknown, where: string): ActivationChoice {
  const isVersioned = typeof header === 'object' && header !== null && 'schema' in header;
  if (!isVersioned) {
    parseJson(Legacy, header, where, 'dictionary');
    return { cls: 'Relu', k: undefined };
  }
  const { schema, cls, cfg } = parseJson(Versioned, header, where, 'dictionary');
  if (schema < 1 || schema > newestSchema) throw unsupported(where, 'schema', schema, `1 to ${newestSchema}`);
  // Of version 1 there are two: in the older one the class of the whole is that of the activation.
  if (schema === 1 && cls !== undefined && activationClasses.includes(cls)) return { cls, k: cfg.top_k };
  const { activation } = cfg;
  if (activation === undefined) throw missing(where, 'cfg.activation', 'its activation');
  if (!activationClasses.includes(activation.cls)) {
    throw unsupported(where, 'cfg.activation.cls', activation.cls, activationClasses.join(', '));
  }
  return { cls: activation.cls, k: activation.params.top_k };
}

async function activationOf(
  { cls, k }: ActivationChoice,
  { tensors }: Place,
  size: number,
  where: string,
): Promise<Activation> {
  switch (cls) {
    case 'TopK':
      if (k === undefined) throw missing(where, 'top_k', 'how many latents are kept');
      // As many as there are, where k is larger.
      return { kind: 'topk', k: demandK(Math.min(k, size), size, where), by: 'value', keep: 'signed' };
    case 'BatchTopK':
      return oneThreshold(await scalar(tensors, 'activation.threshold'), size);
    default:
      return { kind: 'relu' };
  }
}
