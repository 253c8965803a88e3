import * as path from 'node:path';
import type { DictionaryInfo } from '../../shared/study';
import type { Hook } from '../clip/hook';
import type { TokenSpan } from '../clip/tokens';
import { program } from '../runtime/program';
import { float32, floats, integers, type TensorData } from '../runtime/session';
import { type ActiveEntries, toCodes } from './codes';
import { openDecoder } from './decoder';
import type { Dictionary, HookActivations } from './dictionary';
import { encoderProgram } from './encoder';
import { openReadout } from './readout';
import { type DictionaryRecord, fingerprint } from './record';

/** Pre-activations of all latents are dense: so many of them at once, 32 MB. */
const mostAtOnce = 8 * 1024 * 1024;

export interface SaeOptions {
  readonly info: DictionaryInfo;
  readonly hook: Hook;
  /** The tokens that are decomposed, among those that are read. */
  readonly span: Pick<TokenSpan, 'start' | 'end'>;
  readonly notes: readonly string[];
  readonly threads?: number | undefined;
  /** Tests make it small. */
  readonly mostAtOnce?: number;
}

/** A sparse autoencoder. `record` leaves nothing open: what is undecided, the self-test decides (record.ts, resolve). */
export function openSae(record: DictionaryRecord, options: SaeOptions): Dictionary {
  const { info, hook, span, notes, threads } = options;
  const folder = path.dirname(record.weightsFile);
  const encoder = program((g) => encoderProgram(g, record), { folder, threads, prepack: false });
  const { weight, scale } = record.decoder;
  const decoder = openDecoder(weight.stored, weight.transposed ? 1 : 0, {
    folder,
    threads,
    latentScale: scale,
  });
  const readout = openReadout(record, threads);
  const rowsPerRun = Math.max(1, Math.floor((options.mostAtOnce ?? mostAtOnce) / record.size));
  return {
    info,
    fingerprint: fingerprint(record),
    hook,
    componentSize: 1,
    watched: record.watched,
    notes: [...record.notes, ...notes],
    async encode(read) {
      const rows = selectedTokens(read, span);
      const pieces: RowEntries[] = [];
      const perImage = span.end - span.start;
      const count = read.images * perImage;
      const scales = record.normalization.length === 0 ? null : new Float32Array(count);
      for (let start = 0; start < count; start += rowsPerRun) {
        const end = Math.min(count, start + rowsPerRun);
        const x = rows.subarray(start * record.width, end * record.width);
        const out = await encoder.run({ x: float32(x, [end - start, record.width]) });
        pieces.push(rowEntries(record, out, start));
        scales?.set(floats(out, 'scale'), start);
      }
      return Array.from({ length: read.images }, (_, image) => {
        const from = image * perImage;
        const scale = scales?.slice(from, from + perImage) ?? null;
        return toCodes(entriesOf(pieces, from, from + perImage), perImage, record.size, scale);
      });
    },
    decoderRows: (latents) => decoder.rows(latents),
    readout,
    async release() {
      await Promise.all([encoder, decoder, readout].map((each) => each.release()));
    },
  };
}

/** The vectors that a dictionary decomposes, [images · tokens of the span, size]. */
export function selectedTokens(
  { images, tokens, size, data }: HookActivations,
  { start, end }: Pick<TokenSpan, 'start' | 'end'>,
): Float32Array {
  if (start === 0 && end === tokens) return data;
  const rows = new Float32Array(images * (end - start) * size);
  for (let image = 0; image < images; image++) {
    const from = image * tokens;
    rows.set(data.subarray((from + start) * size, (from + end) * size), image * (end - start) * size);
  }
  return rows;
}

/** Active entries, rows ascending. */
interface RowEntries {
  readonly rows: Int32Array;
  readonly latents: Int32Array;
  readonly values: Float32Array;
}

function rowEntries(
  { activation }: DictionaryRecord,
  out: Readonly<Record<string, TensorData>>,
  firstRow: number,
): RowEntries {
  const values = floats(out, 'values');
  if (activation.kind === 'topk' || activation.kind === 'groupmax') {
    const rows = Int32Array.from(values, (_, n) => firstRow + Math.floor(n / activation.k));
    return { rows, latents: integers(out, 'latents'), values };
  }
  // NonZero lists entries in row-major order.
  const entries = integers(out, 'entries');
  const rows = entries.subarray(0, values.length).map((row) => firstRow + row);
  return { rows, latents: entries.subarray(values.length), values };
}

/** The entries of rows `from` up to `to`, which are the tokens of one image. */
function entriesOf(pieces: readonly RowEntries[], from: number, to: number): ActiveEntries {
  const parts = pieces.map(({ rows, latents, values }) => {
    const [start, end] = [lowerBound(rows, from), lowerBound(rows, to)];
    return {
      tokens: rows.subarray(start, end).map((row) => row - from),
      latents: latents.subarray(start, end),
      values: values.subarray(start, end),
    };
  });
  const filled = parts.filter(({ values }) => values.length > 0);
  const [only, another] = filled;
  if (only !== undefined && another === undefined) return only;
  const total = filled.reduce((sum, { values }) => sum + values.length, 0);
  const joined = {
    tokens: new Int32Array(total),
    latents: new Int32Array(total),
    values: new Float32Array(total),
  };
  let at = 0;
  for (const { tokens, latents, values } of filled) {
    joined.tokens.set(tokens, at);
    joined.latents.set(latents, at);
    joined.values.set(values, at);
    at += values.length;
  }
  return joined;
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
