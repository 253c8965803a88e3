import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Activation, DictionaryRecord, Normalization } from '../../src/engine/dictionary/record';
import type { StoredTensor } from '../../src/engine/graph/value';

/** What may vary; matrices, biases and other vectors are random. */
export interface DictionarySpec {
  readonly width: number;
  readonly size: number;
  readonly activation: Activation['kind'];
  readonly k?: number;
  readonly by?: 'value' | 'magnitude';
  readonly keep?: 'signed' | 'relu' | 'absolute';
  readonly normalization?: readonly Normalization['kind'][];
  readonly transposed?: readonly [encoder: boolean, decoder: boolean];
  readonly scaled?: boolean;
  readonly softcap?: number | null;
  readonly subtracts?: boolean | 'undecided';
  readonly directionOnly?: boolean;
}

/** A dictionary and its matrices as arrays: W_enc [width][size], W_dec [size][width]. */
export interface RandomDictionary {
  readonly record: DictionaryRecord;
  readonly encoder: readonly (readonly number[])[];
  readonly decoder: readonly (readonly number[])[];
}

export function randomDictionary(
  folder: string,
  spec: DictionarySpec,
  random: (length: number) => Float32Array,
): RandomDictionary {
  const { width, size, transposed = [false, false], softcap = null, subtracts = true } = spec;
  const [enc, dec] = [random(width * size), random(size * width)];
  const file = join(folder, 'weights');
  const encoder = matrixOf(enc, width, size, transposed[0]);
  const decoder = matrixOf(dec, size, width, transposed[1]);
  // A header of any length: nothing here lies where a file begins.
  writeFileSync(file, Buffer.concat([Buffer.alloc(16), Buffer.from(enc.buffer), Buffer.from(dec.buffer)]));
  const stored = (offset: number, rows: number, columns: number, swap: boolean): StoredTensor => ({
    file,
    offset: 16 + offset,
    length: 4 * rows * columns,
    type: 'float32',
    shape: swap ? [columns, rows] : [rows, columns],
  });
  const positive = (length: number) => random(length).map((x) => 0.5 + Math.abs(x));
  return {
    encoder,
    decoder,
    record: {
      id: 'random',
      source: folder,
      format: 'clipsight',
      architecture: spec.activation,
      weightsFile: file,
      width,
      size,
      encoder: {
        weight: { stored: stored(0, width, size, transposed[0]), transposed: transposed[0] },
        bias: spec.activation === 'gated' ? null : random(size),
        scale: spec.scaled ? positive(size) : null,
      },
      decoder: {
        weight: { stored: stored(4 * width * size, size, width, transposed[1]), transposed: transposed[1] },
        bias: random(width),
        scale: spec.scaled ? positive(size) : null,
      },
      normalization: (spec.normalization ?? []).map((kind) => stepOf(kind, random(width))),
      activation: activationOf(spec, random, positive),
      softcap,
      subtractsDecoderBias: subtracts,
      directionOnly: spec.directionOnly ?? false,
      hook: { point: 'resid_post', layer: -1, tokens: 'all' },
      trainedOn: null,
      notes: ['A note.'],
      watched: [],
    },
  };
}

function stepOf(kind: Normalization['kind'], mean: Float32Array): Normalization {
  switch (kind) {
    case 'layer_norm':
      return { kind, epsilon: 1e-5 };
    case 'constant_norm_rescale':
      return { kind };
    case 'affine':
      return { kind, mean, scale: 1.75 };
  }
}

function activationOf(
  { activation: kind, size, k = 3, by = 'value', keep = 'relu' }: DictionarySpec,
  random: (length: number) => Float32Array,
  positive: (length: number) => Float32Array,
): Activation {
  switch (kind) {
    case 'relu':
    case 'tanh-relu':
      return { kind };
    case 'topk':
      return { kind, k, by, keep };
    case 'groupmax':
      return { kind, k };
    case 'jumprelu':
      return { kind, thresholds: random(size) };
    case 'gated':
      return { kind, gateBias: random(size), magnitudeScale: positive(size), magnitudeBias: random(size) };
  }
}

/** As it lies in the file, read in the other order where it is transposed. */
function matrixOf(data: Float32Array, rows: number, columns: number, transposed: boolean): number[][] {
  return Array.from({ length: rows }, (_, r) =>
    Array.from({ length: columns }, (_, c) => data[transposed ? c * rows + r : r * columns + c]!),
  );
}

/** z and x̂ of one vector, in double precision, as record.ts says. */
export function plainCodes(
  { record, encoder, decoder }: RandomDictionary,
  x: readonly number[],
): { readonly z: readonly number[]; readonly reconstruction: readonly number[]; readonly scale: number } {
  const { size } = record;
  const latents = Array.from({ length: size }, (_, j) => j);
  let scale = 1;
  let undo = (y: readonly number[]) => y;
  let input = x;
  for (const step of record.normalization) {
    const { normalized, by, plus } = normalizedOnce(input, step);
    const before = undo;
    undo = (y) => before(y.map((value, i) => value * by + plus[i]!));
    scale *= by;
    input = normalized;
  }
  const centred = input.map((value, i) =>
    record.subtractsDecoderBias === true ? value - record.decoder.bias![i]! : value,
  );
  const h = latents.map((j) => {
    const product = centred.reduce((sum, value, i) => sum + value * encoder[i]![j]!, 0);
    return product * (record.encoder.scale?.[j] ?? 1) + (record.encoder.bias?.[j] ?? 0);
  });
  const cap = record.softcap;
  const z = activated(h, record.activation).map((value) =>
    cap === null ? value : cap * Math.tanh(value / cap),
  );
  const y = x.map(
    (_, i) =>
      record.decoder.bias![i]! +
      latents.reduce((sum, j) => sum + z[j]! * (record.decoder.scale?.[j] ?? 1) * decoder[j]![i]!, 0),
  );
  return { z, reconstruction: undo(y), scale };
}

function normalizedOnce(x: readonly number[], step: Normalization) {
  const width = x.length;
  switch (step.kind) {
    case 'layer_norm': {
      const mean = x.reduce((a, b) => a + b, 0) / width;
      const deviation = Math.sqrt(x.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (width - 1));
      return {
        normalized: x.map((value) => (value - mean) / (deviation + step.epsilon)),
        by: deviation,
        plus: x.map(() => mean),
      };
    }
    case 'constant_norm_rescale': {
      const by = Math.hypot(...x) / Math.sqrt(width);
      return { normalized: x.map((value) => value / by), by, plus: x.map(() => 0) };
    }
    case 'affine': {
      const mean = x.map((_, i) => step.mean?.[i] ?? 0);
      return {
        normalized: x.map((value, i) => (value - mean[i]!) * step.scale),
        by: 1 / step.scale,
        plus: mean,
      };
    }
  }
}

function activated(h: readonly number[], activation: Activation): number[] {
  const relu = (value: number) => Math.max(0, value);
  switch (activation.kind) {
    case 'relu':
      return h.map(relu);
    case 'tanh-relu':
      return h.map((value) => Math.tanh(relu(value)));
    case 'jumprelu':
      return h.map((value, j) => (value > activation.thresholds[j]! ? relu(value) : 0));
    case 'gated':
      return h.map((value, j) => {
        const magnitude = value * activation.magnitudeScale[j]! + activation.magnitudeBias[j]!;
        return value + activation.gateBias[j]! > 0 ? relu(magnitude) : 0;
      });
    case 'groupmax': {
      const each = h.length / activation.k;
      return h.map((value, j) => {
        const first = Math.floor(j / each) * each;
        return value === Math.max(...h.slice(first, first + each)) ? relu(value) : 0;
      });
    }
    case 'topk': {
      const ranked = activation.by === 'value' ? h : h.map(Math.abs);
      const kept = new Set(
        ranked
          .map((value, j) => ({ value, j }))
          .toSorted((a, b) => b.value - a.value)
          .slice(0, activation.k)
          .map(({ j }) => j),
      );
      const keep = { signed: (value: number) => value, relu, absolute: Math.abs }[activation.keep];
      return h.map((value, j) => (kept.has(j) ? keep(value) : 0));
    }
  }
}
