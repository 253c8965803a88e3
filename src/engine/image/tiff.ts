/** The tags of a TIFF's first picture that say what its samples mean, by their TIFF 6.0 names. */
export interface TiffTags {
  readonly photometric: number;
  readonly bitsPerSample: readonly number[];
  readonly extraSamples: readonly number[];
  readonly sampleFormat: readonly number[];
  readonly planarConfiguration: number;
  readonly fillOrder: number;
  readonly compression: number;
}

/** Undefined where the directory is damaged or cut off. */
export function readTiffTags(bytes: Uint8Array): TiffTags | undefined {
  try {
    return readDirectory(bytes);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readDirectory(bytes: Uint8Array): TiffTags {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = view.getUint8(0) === 0x49;
  const directory = view.getUint32(4, little);
  const tags = new Map<number, readonly number[]>();
  for (let i = 0, at = directory + 2; i < view.getUint16(directory, little); i++, at += 12) {
    const count = view.getUint32(at + 4, little);
    // All the tags that matter are arrays of SHORT with an entry per sample at most.
    if (view.getUint16(at + 2, little) !== 3 || count > 8) continue;
    const values = count <= 2 ? at + 8 : view.getUint32(at + 8, little);
    tags.set(
      view.getUint16(at, little),
      Array.from({ length: count }, (_, k) => view.getUint16(values + 2 * k, little)),
    );
  }
  const first = (tag: number, absent: number) => tags.get(tag)?.[0] ?? absent;
  return {
    photometric: first(262, -1),
    bitsPerSample: tags.get(258) ?? [1],
    extraSamples: tags.get(338) ?? [],
    sampleFormat: tags.get(339) ?? [1],
    planarConfiguration: first(284, 1),
    fillOrder: first(266, 1),
    compression: first(259, 1),
  };
}
