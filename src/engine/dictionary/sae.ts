import * as path from 'node:path';
import type { DictionaryInfo } from '../../shared/study';
import type { TokenSpan } from '../clip/tokens';
import type { Graph } from '../graph/graph';
import { program } from '../runtime/program';
import { float32, floats, integers, type TensorData } from '../runtime/session';
import { type ActiveEntries, toCodes } from './codes';
import { openDecoder } from './decoder';
import type { Dictionary, HookActivations } from './dictionary';
import type { SaeRecord } from './saeFolder';

/**
 * Encoder: `x` [images, tokens, width] → the active entries of the selected tokens. For a top-k dictionary `values`
 * and `latents` [images, selected, k]; for a ReLU one `values` [n] and `entries` [3, n] (image, token, latent).
 * z = act((x − b_dec?)·W_enc + b_enc); `relu` comes after the choice of the k largest (formats.md, *Clipsight*).
 */
export function encoderProgram(g: Graph, sae: SaeRecord, tokenCount: number, span: TokenSpan): void {
  const x = g.input('x', 'float32', ['images', tokenCount, sae.width]);
  const selected = g.slice(x, 1, span.start, span.end);
  const centred = sae.subtractDecoderBias ? g.sub(selected, g.weight(sae.decoder.bias)) : selected;
  const hidden = g.linear(centred, g.weight(sae.encoder.weight), g.weight(sae.encoder.bias), true);
  switch (sae.architecture.kind) {
    case 'topk': {
      const [values, latents] = g.topK(hidden, sae.architecture.k);
      g.output('values', sae.architecture.relu ? g.relu(values) : values);
      g.output('latents', latents);
      return;
    }
    case 'relu': {
      const entries = g.nonZero(g.greater(hidden, g.scalar(0)), 'entries');
      g.output('entries', g.cast(entries, 'int32'));
      g.output('values', g.gatherND(hidden, g.transpose(entries, [1, 0])));
      return;
    }
  }
}

export interface SaeOptions {
  readonly info: DictionaryInfo;
  /** Tokens of the image tower, and those that are decomposed. */
  readonly tokenCount: number;
  readonly span: TokenSpan;
  readonly notes: readonly string[];
  readonly threads?: number | undefined;
}

/** A sparse autoencoder from a folder in the project's own format. */
export function openSae(sae: SaeRecord, { info, tokenCount, span, notes, threads }: SaeOptions): Dictionary {
  const selected = span.end - span.start;
  const folder = path.dirname(sae.weightsFile);
  const encoder = program((g) => encoderProgram(g, sae, tokenCount, span), {
    folder,
    threads,
    prepack: false,
  });
  const decoder = openDecoder(sae.decoder.weight, 0, { folder, threads });
  return {
    info,
    fingerprint: sae.fingerprint,
    hook: { point: sae.hook.point, layer: info.layer, tokens: info.tokens },
    componentSize: 1,
    watched: sae.watched,
    notes,
    async encode(read) {
      const out = await encoder.run({ x: float32(read.data, [read.images, read.tokens, read.size]) });
      return perImage(sae, out, read, selected).map((entries) => toCodes(entries, selected, sae.size));
    },
    decoderRows: (latents) => decoder.rows(latents),
    async release() {
      await Promise.all([encoder.release(), decoder.release()]);
    },
  };
}

function perImage(
  { architecture }: SaeRecord,
  out: Readonly<Record<string, TensorData>>,
  { images }: HookActivations,
  selected: number,
): ActiveEntries[] {
  const values = floats(out, 'values');
  switch (architecture.kind) {
    case 'topk': {
      const latents = integers(out, 'latents');
      const size = selected * architecture.k;
      const tokens = Int32Array.from({ length: size }, (_, n) => Math.floor(n / architecture.k));
      return Array.from({ length: images }, (_, image) => ({
        tokens,
        latents: latents.subarray(image * size, (image + 1) * size),
        values: values.subarray(image * size, (image + 1) * size),
      }));
    }
    case 'relu': {
      // NonZero lists entries in row-major order: those of one image lie together.
      const entries = integers(out, 'entries');
      const count = values.length;
      const imageOf = entries.subarray(0, count);
      return Array.from({ length: images }, (_, image) => {
        const start = lowerBound(imageOf, image);
        const end = lowerBound(imageOf, image + 1);
        return {
          tokens: entries.subarray(count + start, count + end),
          latents: entries.subarray(2 * count + start, 2 * count + end),
          values: values.subarray(start, end),
        };
      });
    }
  }
}

/** First index at which an ascending array reaches `value`. */
function lowerBound(ascending: Int32Array, value: number): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (ascending[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
