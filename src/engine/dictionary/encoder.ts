import type { Graph } from '../graph/graph';
import type { Value } from '../graph/value';
import type { DictionaryRecord, Matrix, Normalization } from './record';

/** z of each row, in one of two forms. */
type RowCodes =
  /** Of each row so many: values and latents [rows, k]. */
  | { readonly kind: 'some'; readonly values: Value; readonly latents: Value }
  /** values [rows, size], which count where `active` (bool). */
  | { readonly kind: 'masked'; readonly values: Value; readonly active: Value };

/**
 * Encoder: `x` [rows, width], activations as they were read → the active entries. Where k are kept, `values` and
 * `latents` [rows, k]; else `values` [n] and `entries` [2, n] (row, latent), in the order of rows. With a
 * normalisation also `scale` [rows, 1], by which what is written is multiplied to be in the units of x.
 */
export function encoderProgram(g: Graph, record: DictionaryRecord): void {
  const x = g.input('x', 'float32', ['rows', record.width]);
  const { normalized, scale } = normalize(g, x, record.normalization);
  const codes = encodeRows(g, record, normalized);
  switch (codes.kind) {
    case 'some':
      g.output('values', codes.values);
      g.output('latents', codes.latents);
      break;
    case 'masked': {
      const entries = g.nonZero(codes.active, 'entries');
      g.output('entries', g.cast(entries, 'int32'));
      g.output('values', softcap(g, g.gatherND(codes.values, g.transpose(entries, [1, 0])), record.softcap));
      break;
    }
  }
  if (scale !== null) g.output('scale', scale);
}

/**
 * Reconstruction: `x` [rows, width] → `reconstruction` [rows, width], `fired` [1, size] (1 for latents that any row
 * activated) and `l0` [rows, 1].
 */
export function reconstructionProgram(g: Graph, record: DictionaryRecord): void {
  const x = g.input('x', 'float32', ['rows', record.width]);
  const { normalized, undo } = normalize(g, x, record.normalization);
  const z = dense(g, record, encodeRows(g, record, normalized));
  const { weight, bias, scale } = record.decoder;
  const scaled = scale === null ? z : g.mul(z, g.constant(scale, [record.size]));
  const decoded = g.linear(scaled, g.weight(weight.stored), undefined, !weight.transposed);
  g.output(
    'reconstruction',
    undo(bias === null ? decoded : g.add(decoded, g.constant(bias, [record.width]))),
  );
  const active = g.cast(g.greater(absolute(g, z), g.scalar(0)), 'float32');
  g.output('fired', g.reduceMax(active, 0));
  g.output('l0', g.sum(active));
}

function encodeRows(g: Graph, record: DictionaryRecord, x: Value): RowCodes {
  const { encoder, activation, size } = record;
  const vector = (data: Float32Array) => g.constant(data, [size]);
  const product = linear(
    g,
    centred(g, record, x),
    encoder.weight,
    encoder.scale === null ? encoder.bias : null,
  );
  const scaled = encoder.scale === null ? product : g.mul(product, vector(encoder.scale));
  const h = encoder.scale === null || encoder.bias === null ? scaled : g.add(scaled, vector(encoder.bias));
  const zero = g.scalar(0);
  switch (activation.kind) {
    case 'relu':
      return { kind: 'masked', values: h, active: g.greater(h, zero) };
    case 'tanh-relu':
      return { kind: 'masked', values: g.tanh(h), active: g.greater(h, zero) };
    case 'jumprelu': {
      const thresholds = vector(activation.thresholds.map((threshold) => Math.max(0, threshold)));
      return { kind: 'masked', values: h, active: g.greater(h, thresholds) };
    }
    case 'gated': {
      const magnitudes = g.add(g.mul(h, vector(activation.magnitudeScale)), vector(activation.magnitudeBias));
      const gate = g.greater(g.add(h, vector(activation.gateBias)), zero);
      const [active] = g.emit('And', [gate, g.greater(magnitudes, zero)], {}, [['bool', h.shape]]);
      return { kind: 'masked', values: magnitudes, active };
    }
    case 'groupmax': {
      const { k } = activation;
      const grouped = g.reshape(h, [k, size / k]);
      const [largest, within] = g.topK(grouped, 1);
      const first = g.ints(Array.from({ length: k }, (_, group) => (group * size) / k));
      const latents = g.cast(g.add(g.cast(g.reshape(within, [k]), 'int64'), first), 'int32');
      return { kind: 'some', values: softcap(g, g.relu(g.reshape(largest, [k])), record.softcap), latents };
    }
    case 'topk': {
      const [ranked, latents] = g.topK(activation.by === 'value' ? h : absolute(g, h), activation.k);
      const kept = keep(g, h, ranked, latents, activation);
      return { kind: 'some', values: softcap(g, kept, record.softcap), latents };
    }
  }
}

function keep(
  g: Graph,
  h: Value,
  ranked: Value,
  latents: Value,
  { by, keep: kept }: { readonly by: 'value' | 'magnitude'; readonly keep: 'signed' | 'relu' | 'absolute' },
): Value {
  if (by === 'magnitude' && kept === 'absolute') return ranked;
  const signed =
    by === 'value'
      ? ranked
      : g.emit('GatherElements', [h, latents], { axis: -1 }, [['float32', ranked.shape]])[0];
  switch (kept) {
    case 'signed':
      return signed;
    case 'relu':
      return g.relu(signed);
    case 'absolute':
      return absolute(g, signed);
  }
}

/** z of all latents, [rows, size]. */
function dense(g: Graph, record: DictionaryRecord, codes: RowCodes): Value {
  switch (codes.kind) {
    case 'some': {
      const { values, latents } = codes;
      const shape = [values.shape[0]!, record.size];
      const target = g.concat([g.shapeOf(values, 0, 1), g.ints([record.size])], 0);
      const zeros = g.expand(g.constant(Float32Array.of(0), [1, 1]), target, shape);
      return g.emit('ScatterElements', [zeros, latents, values], { axis: 1 }, [['float32', shape]])[0];
    }
    case 'masked': {
      const { values, active } = codes;
      const capped = softcap(g, values, record.softcap);
      return g.emit('Where', [active, capped, g.scalar(0)], {}, [['float32', values.shape]])[0];
    }
  }
}

export function centred(
  g: Graph,
  { id, decoder, subtractsDecoderBias, width }: DictionaryRecord,
  x: Value,
): Value {
  if (subtractsDecoderBias === 'undecided') throw new Error(`how ${id} is read has not been decided`);
  return subtractsDecoderBias && decoder.bias !== null ? g.sub(x, g.constant(decoder.bias, [width])) : x;
}

function linear(g: Graph, x: Value, { stored, transposed }: Matrix, bias: Float32Array | null): Value {
  const constant = bias === null ? undefined : g.constant(bias, [bias.length]);
  return g.linear(x, g.weight(stored), constant, !transposed);
}

interface Normalized {
  readonly normalized: Value;
  /** [rows, 1]; null where it is 1. */
  readonly scale: Value | null;
  /** Takes x̂ back to the units of x. */
  readonly undo: (value: Value) => Value;
}

export function normalize(g: Graph, x: Value, steps: readonly Normalization[]): Normalized {
  return steps.reduce<Normalized>(
    (before, step) => {
      const { normalized, scale, undo } = normalizeOnce(g, before.normalized, step);
      return {
        normalized,
        scale: before.scale === null || scale === null ? (before.scale ?? scale) : g.mul(before.scale, scale),
        undo: (value) => before.undo(undo(value)),
      };
    },
    { normalized: x, scale: null, undo: (value) => value },
  );
}

function normalizeOnce(g: Graph, x: Value, step: Normalization): Normalized {
  const width = x.shape.at(-1) as number;
  switch (step.kind) {
    case 'layer_norm': {
      const mean = g.mean(x);
      const deviations = g.sub(x, mean);
      const variance = g.mul(g.sum(g.mul(deviations, deviations)), 1 / (width - 1));
      const [deviation] = g.emit('Sqrt', [variance], {}, [['float32', variance.shape]]);
      return {
        normalized: g.normalize(x, {
          centred: true,
          scale: 1 / Math.sqrt(width - 1),
          epsilon: step.epsilon,
        }),
        scale: deviation,
        undo: (value) => g.add(g.mul(value, deviation), mean),
      };
    }
    case 'constant_norm_rescale': {
      const length = g.mul(norm(g, x), 1 / Math.sqrt(width));
      return {
        normalized: g.mul(g.normalize(x), Math.sqrt(width)),
        scale: length,
        undo: (value) => g.mul(value, length),
      };
    }
    case 'affine': {
      const mean = step.mean === null ? null : g.constant(step.mean, [width]);
      const moved = mean === null ? x : g.sub(x, mean);
      const target = g.concat([g.shapeOf(x, 0, 1), g.ints([1])], 0);
      const scale = g.expand(g.constant(Float32Array.of(1 / step.scale), [1, 1]), target, [x.shape[0]!, 1]);
      return {
        normalized: g.mul(moved, step.scale),
        scale,
        undo: (value) => {
          const unscaled = g.mul(value, 1 / step.scale);
          return mean === null ? unscaled : g.add(unscaled, mean);
        },
      };
    }
  }
}

function norm(g: Graph, x: Value): Value {
  const shape = [...x.shape.slice(0, -1), 1];
  const [length] = g.emit('ReduceL2', [x, g.ints([-1])], { keepdims: 1 }, [['float32', shape]]);
  return length;
}

function absolute(g: Graph, a: Value): Value {
  return g.emit('Abs', [a], {}, [['float32', a.shape]])[0];
}

export function softcap(g: Graph, z: Value, cap: number | null): Value {
  return cap === null ? z : g.mul(g.tanh(g.mul(z, 1 / cap)), cap);
}
