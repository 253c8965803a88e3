/** Offsets of the fields that are read or written: ELF header and section header of 64-bit files. */
const header = { sectionOffset: 0x28, sectionSize: 0x3a, sectionCount: 0x3c, namesIndex: 0x3e } as const;
const section = { name: 0x00, type: 0x04, flags: 0x08, offset: 0x18, size: 0x20, length: 0x40 } as const;
const noBits = 8;
const allocated = 2n;

/**
 * A shared library without what only debuggers and linkers read of it: the symbol table, its strings and comments that
 * lie behind everything that is loaded. The symbols it exports are in another table, which is loaded and stays. What
 * comes before is kept byte by byte, so every offset and address in it stays true.
 *
 * Written out here, and not left to binutils, because a package for Linux is made on any machine, and is to be the same.
 * A file that is no 64-bit little-endian ELF, or has nothing to leave out, comes back as it is.
 */
export function stripElf(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 0x40 || view.getUint32(0) !== 0x7f454c46 || bytes[4] !== 2 || bytes[5] !== 1)
    return bytes;
  const table = Number(view.getBigUint64(header.sectionOffset, true));
  const count = view.getUint16(header.sectionCount, true);
  if (table === 0 || count === 0 || view.getUint16(header.sectionSize, true) !== section.length) return bytes;

  const sections = Array.from({ length: count }, (_, i) => {
    const at = table + i * section.length;
    return {
      at,
      name: view.getUint32(at + section.name, true),
      type: view.getUint32(at + section.type, true),
      isLoaded: (view.getBigUint64(at + section.flags, true) & allocated) !== 0n,
      offset: Number(view.getBigUint64(at + section.offset, true)),
      size: Number(view.getBigUint64(at + section.size, true)),
    };
  });
  const names = sections[view.getUint16(header.namesIndex, true)];
  const lastLoaded = sections.findLastIndex(({ isLoaded }) => isLoaded);
  if (names === undefined || lastLoaded === -1) return bytes;
  // Sections refer to each other by number, so those that are kept must be the first ones.
  const kept = sections.slice(0, lastLoaded + 1);
  if (kept.some(({ isLoaded, type }) => !isLoaded && type !== 0)) return bytes;
  const loadedEnd = Math.max(
    loadedSegmentsEnd(view),
    ...kept.map((one) => (one.type === noBits ? 0 : one.offset + one.size)),
  );
  const dropped = sections.slice(lastLoaded + 1);
  if (dropped.every((one) => one === names) || dropped.some(({ offset }) => offset < loadedEnd)) return bytes;

  const namesOffset = loadedEnd;
  const newTable = align8(namesOffset + names.size);
  const stripped = new Uint8Array(newTable + (kept.length + 1) * section.length);
  stripped.set(bytes.subarray(0, loadedEnd));
  stripped.set(bytes.subarray(names.offset, names.offset + names.size), namesOffset);
  for (const [i, { at }] of [...kept, names].entries()) {
    stripped.set(bytes.subarray(at, at + section.length), newTable + i * section.length);
  }
  const written = new DataView(stripped.buffer);
  written.setBigUint64(newTable + kept.length * section.length + section.offset, BigInt(namesOffset), true);
  written.setBigUint64(header.sectionOffset, BigInt(newTable), true);
  written.setUint16(header.sectionCount, kept.length + 1, true);
  written.setUint16(header.namesIndex, kept.length, true);
  return stripped;
}

/** Where in the file the last byte lies that is mapped when the library is loaded, by its program headers. */
function loadedSegmentsEnd(view: DataView): number {
  const table = Number(view.getBigUint64(0x20, true));
  const size = view.getUint16(0x36, true);
  const ends = Array.from({ length: view.getUint16(0x38, true) }, (_, i) => {
    const at = table + i * size;
    return Number(view.getBigUint64(at + 0x08, true)) + Number(view.getBigUint64(at + 0x20, true));
  });
  return Math.max(0, ...ends);
}

function align8(offset: number): number {
  return Math.ceil(offset / 8) * 8;
}
