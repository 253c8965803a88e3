import * as path from 'node:path';
import type { Graph } from '../graph/graph';
import type { Value } from '../graph/value';
import { float32, type TensorData } from '../runtime/session';
import { openDecoder } from './decoder';
import { centred, normalize, softcap } from './encoder';
import type { DictionaryRecord } from './record';

/**
 * z of chosen latents as a differentiable function of what a dictionary reads, their selection held: what of a top-k,
 * a threshold or a gate lets a latent through stays open, so z goes on below where it would be silent.
 */
export interface Readout {
  /** `x` [rows, tokens, size], as it was read → z [rows, tokens, latents], in a graph that is run with `feeds`. */
  build(g: Graph, x: Value): Value;
  /** The inputs that `build` gave the graph. */
  feeds(latents: Int32Array): Promise<Readonly<Record<string, TensorData>>>;
  release(): Promise<void>;
}

/** That of a sparse autoencoder. `record` leaves nothing open. */
export function openReadout(record: DictionaryRecord, threads: number | undefined): Readout {
  const { weight } = record.encoder;
  const { scale, bias } = affineOf(record);
  // W_enc lies where W_dec may: one row per latent is gathered, and the trunk's graph gets them as an input, for its
  // weights lie in another folder.
  const encoder = openDecoder(weight.stored, weight.transposed ? 0 : 1, {
    folder: path.dirname(record.weightsFile),
    threads,
    latentScale: scale,
  });
  return {
    build(g, x) {
      const { normalized } = normalize(g, x, record.normalization);
      const rows = g.input('encoder', 'float32', ['latents', record.width]);
      const product = g.matmul(centred(g, record, normalized), g.transpose(rows, [1, 0]));
      const h = g.add(product, g.input('encoderBias', 'float32', ['latents']));
      return softcap(g, heldActivation(g, record, h), record.softcap);
    },
    async feeds(latents) {
      return {
        encoder: float32(await encoder.rows(latents), [latents.length, record.width]),
        encoderBias: float32(
          Float32Array.from(latents, (latent) => bias?.[latent] ?? 0),
          [latents.length],
        ),
      };
    },
    release: () => encoder.release(),
  };
}

/** What the product with W_enc is multiplied by, and what is added then, [size] each; null for 1 and 0. */
function affineOf({
  encoder: { scale, bias },
  activation,
}: Pick<DictionaryRecord, 'encoder' | 'activation'>): {
  readonly scale: Float32Array | null;
  readonly bias: Float32Array | null;
} {
  if (activation.kind !== 'gated') return { scale, bias };
  const { magnitudeScale, magnitudeBias } = activation;
  return {
    scale: scale === null ? magnitudeScale : magnitudeScale.map((by, j) => by * scale[j]!),
    bias:
      bias === null ? magnitudeBias : magnitudeBias.map((plus, j) => plus + magnitudeScale[j]! * bias[j]!),
  };
}

function heldActivation(g: Graph, { activation }: DictionaryRecord, h: Value): Value {
  switch (activation.kind) {
    case 'tanh-relu':
      return g.tanh(h);
    case 'topk':
      return activation.keep === 'absolute' ? g.mul(h, signOf(g, h)) : h;
    case 'relu':
    case 'groupmax':
    case 'jumprelu':
    case 'gated':
      return h;
  }
}

/** −1 or 1, a constant as far as derivatives go. */
function signOf(g: Graph, h: Value): Value {
  const positive = g.cast(g.greater(h, g.scalar(0)), 'float32');
  return g.sub(g.mul(positive, 2), g.scalar(1));
}
