import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { stripElf } from '../../../tools/package/stripElf';

/** Not stripped by its makers, and for another processor than the one that most run this on. */
const library = readFileSync(
  join(__dirname, '../../../node_modules/onnxruntime-node/bin/napi-v6/linux/arm64/onnxruntime_binding.node'),
);

const sectionCount = (elf: Uint8Array) => new DataView(elf.buffer, elf.byteOffset).getUint16(0x3c, true);

/** The sections of a library, by name. */
function sectionsOf(elf: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const view = new DataView(elf.buffer, elf.byteOffset, elf.byteLength);
  const table = Number(view.getBigUint64(0x28, true));
  const number = (section: number, field: number) =>
    Number(view.getBigUint64(table + section * 0x40 + field, true));
  const names = number(view.getUint16(0x3e, true), 0x18);
  return new Map(
    Array.from({ length: sectionCount(elf) }, (_, i) => {
      const at = names + view.getUint32(table + i * 0x40, true);
      const name = Buffer.from(elf.subarray(at, elf.indexOf(0, at))).toString();
      const [offset, size] = [number(i, 0x18), number(i, 0x20)];
      return [
        name,
        view.getUint32(table + i * 0x40 + 4, true) === 8
          ? elf.subarray(0, 0)
          : elf.subarray(offset, offset + size),
      ];
    }),
  );
}

it('leaves out the symbol table and keeps every byte that is loaded, where it was', () => {
  const stripped = stripElf(library);
  expect(stripped.length).toBeLessThan(library.length * 0.95);
  const [before, after] = [sectionsOf(library), sectionsOf(stripped)];
  expect([...before.keys()].filter((name) => !after.has(name))).toEqual([
    ...['.comment', '.gnu.build.attributes', '.symtab', '.strtab'],
  ]);
  for (const [name, bytes] of after) expect(Buffer.compare(bytes, before.get(name)!), name).toBe(0);
  expect(after.get('.dynsym')!.length).toBeGreaterThan(0);
});

it('changes nothing where there is nothing to leave out', () => {
  const stripped = stripElf(library);
  expect(stripElf(stripped)).toBe(stripped);
});

it('leaves alone what is no library for Linux', () => {
  for (const bytes of [new Uint8Array(0), new Uint8Array(200), library.subarray(0, 40)])
    expect(stripElf(bytes)).toBe(bytes);
});
