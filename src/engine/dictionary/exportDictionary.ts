import { mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ClipsightError } from '../../shared/errors';
import type { CallOptions } from '../../shared/rpc/protocol';
import { areUnchanged } from '../checkpoint/fileIdentity';
import { readAt, withFile } from '../checkpoint/files';
import { type TensorToWrite, writeSafetensors } from '../checkpoint/safetensorsWriter';
import type { StoredTensor } from '../graph/value';
import { configName, weightsName } from './formats/clipsight';
import type { DictionaryRecord } from './record';

const pieceBytes = 4 * 1024 * 1024;

type Entry = { readonly name: string; readonly content: StoredTensor | Float32Array };

/**
 * Writes a dictionary in our own format (docs/formats.md, *Clipsight*): matrices byte for byte as they lie in their
 * file, copied a few megabytes at a time. `folder` is made; it must be empty.
 *
 * @returns the files written, absolute.
 * @throws ClipsightError `dictionary` where the folder has files or cannot be written, `cancelled` by the signal.
 */
export async function writeDictionary(
  record: DictionaryRecord,
  folder: string,
  options: CallOptions = {},
): Promise<readonly string[]> {
  const [config, weights] = [join(folder, configName), join(folder, weightsName)];
  const unfinished = `${weights}.part`;
  try {
    await mkdir(folder, { recursive: true });
    if ((await readdir(folder)).length > 0) {
      throw new ClipsightError('dictionary', `${folder} is not empty.`, 'Choose a new folder.');
    }
    const target = await open(unfinished, 'wx');
    try {
      await writeSafetensors(target, entriesOf(record).map(tensorToWrite), (done, total) => {
        if (options.signal?.aborted) throw new ClipsightError('cancelled', 'The export was cancelled.');
        options.onProgress?.({ stage: 'Writing the dictionary', done, total });
      });
    } finally {
      await target.close();
    }
    if (!(await areUnchanged(record.watched))) throw changed(record.id);
    await writeFile(config, `${JSON.stringify(configOf(record), null, 2)}\n`);
    await rename(unfinished, weights);
    return [config, weights];
  } catch (thrown) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    if (thrown instanceof ClipsightError) throw thrown;
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw new ClipsightError(
      'dictionary',
      `The dictionary cannot be written to ${folder}: ${reason}.`,
      'Check that you may write there and that there is room.',
      { cause: thrown },
    );
  }
}

function entriesOf(record: DictionaryRecord): readonly Entry[] {
  const { encoder, decoder, activation, normalization, width, size } = record;
  const vector = (name: string, content: Float32Array | null): readonly Entry[] =>
    content === null ? [] : [{ name, content }];
  const affine = normalization.find((step) => step.kind === 'affine');
  return [
    { name: 'W_enc', content: encoder.weight.stored },
    { name: 'W_dec', content: decoder.weight.stored },
    ...(activation.kind === 'gated' ? [] : vector('b_enc', encoder.bias ?? new Float32Array(size))),
    ...vector('b_dec', decoder.bias ?? new Float32Array(width)),
    ...vector('W_enc_scale', encoder.scale),
    ...vector('W_dec_scale', decoder.scale),
    ...vector('mean', affine?.mean ?? null),
    ...(activation.kind === 'jumprelu' ? vector('threshold', activation.thresholds) : []),
    ...(activation.kind === 'gated'
      ? [
          ...vector('b_gate', activation.gateBias),
          ...vector('b_mag', activation.magnitudeBias),
          ...vector('scale_mag', activation.magnitudeScale),
        ]
      : []),
  ];
}

function configOf(record: DictionaryRecord): object {
  const { activation, normalization, encoder, decoder, hook } = record;
  return {
    architecture: activation.kind,
    ...(activation.kind === 'topk'
      ? {
          k: activation.k,
          relu: activation.keep === 'relu',
          ...(activation.keep === 'absolute' ? { absolute: true } : {}),
          ...(activation.by === 'magnitude' ? { rank_by: 'magnitude' } : {}),
        }
      : {}),
    ...(activation.kind === 'groupmax' ? { k: activation.k } : {}),
    d_in: record.width,
    d_sae: record.size,
    hook: hook.point,
    layer: hook.layer,
    tokens: hook.tokens,
    subtract_b_dec: record.subtractsDecoderBias,
    normalize:
      normalization.length === 0
        ? 'none'
        : normalization.map((step) =>
            step.kind === 'affine' ? { kind: step.kind, scale: step.scale } : step,
          ),
    model: record.trainedOn,
    softcap: record.softcap,
    direction_only: record.directionOnly,
    transposed: [
      ...(encoder.weight.transposed ? ['W_enc'] : []),
      ...(decoder.weight.transposed ? ['W_dec'] : []),
    ],
    trained_as: record.architecture,
    from: record.format,
    notes: record.notes,
  };
}

function tensorToWrite({ name, content }: Entry): TensorToWrite {
  const bytes = () => piecesOf(content);
  return content instanceof Float32Array
    ? { name, type: 'float32', shape: [content.length], bytes }
    : { name, type: content.type, shape: content.shape, bytes };
}

/** A tensor as it lies in its file, a few megabytes at a time. */
async function* piecesOf(content: StoredTensor | Float32Array): AsyncGenerator<Uint8Array> {
  if (content instanceof Float32Array) {
    yield new Uint8Array(content.buffer, content.byteOffset, content.byteLength);
    return;
  }
  const { file, offset, length } = content;
  for (let at = 0; at < length; ) {
    const wanted = Math.min(pieceBytes, length - at);
    const piece = await withFile(file, 'dictionary', (handle) => readAt(handle, offset + at, wanted));
    if (piece.length === 0) {
      throw changed(file);
    }
    yield piece;
    at += piece.length;
  }
}

function changed(what: string): ClipsightError {
  return new ClipsightError(
    'dictionary',
    `${what} changed while it was read.`,
    'Try again when it is complete.',
  );
}
