import type { Container, Spot } from './spots';

/** The pieces of a string, each without white space around it and with a place of its own; blank ones are left out. */
export function splitSpot(spot: Spot, by: string | RegExp): readonly Spot[] {
  const { text, pieces, offsets, start, end, unit } = spot;
  if (pieces.some((piece) => typeof piece !== 'string')) return [];
  const container: Container = { unit, start, end, path: spot.container.path };
  const found: Spot[] = [];
  let from = 0;
  const add = (to: number): void => {
    const piece = text.slice(from, to);
    const trimmed = piece.trim();
    if (trimmed === '') return;
    const first = from + piece.indexOf(trimmed);
    const place = (at: number): number => (offsets === null ? start + at : offsets[at]!);
    found.push({
      unit,
      container,
      start: place(first),
      end: place(first + trimmed.length),
      text: trimmed,
      pieces: [trimmed],
      offsets: offsets === null ? null : offsets.subarray(first, first + trimmed.length + 1),
      literal: null,
      kind: null,
      authority: 0,
      uses: [],
    });
  };
  const separators = text.matchAll(new RegExp(typeof by === 'string' ? literally(by) : by.source, 'g'));
  for (const { index, 0: separator } of separators) {
    add(index);
    from = index + separator.length;
  }
  add(text.length);
  return found;
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
