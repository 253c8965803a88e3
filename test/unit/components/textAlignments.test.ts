import { expect, test } from 'vitest';
import { alignTexts, betterThan, keepTextAlignments } from '../../../src/engine/components/textAlignments';
import { normalise } from '../../../src/engine/numeric/vector';
import { alignment } from '../../../src/engine/semantics/alignment';
import { POORLY_DESCRIBED, poorlyDescribed } from '../../../src/shared/poorAlignment';
import type { JobContext } from '../../../src/shared/rpc/protocol';

const job: JobContext = { signal: new AbortController().signal, progress: () => undefined };
const unit = (x: number, y: number) => normalise(Float32Array.of(x, y));
const thetas = [unit(1, 0), unit(1, 1), unit(0, 1), unit(1, 1)];
const meanings = {
  components: Int32Array.of(3, 5, 8, 9),
  units: { data: Float32Array.from(thetas.flatMap((theta) => [...theta])), width: 2 },
};
const words: Readonly<Record<string, Float32Array>> = { right: unit(1, 0), up: unit(0, 1) };
const empty = unit(0.6, 0.8);

test('aligns every text once, and keeps it', async () => {
  const kept = keepTextAlignments();
  const read: string[] = [];
  const align = async (texts: readonly string[]) => {
    const found = new Map<string, number[]>();
    const vectorOf = (text: string) => {
      read.push(text);
      return words[text]!;
    };
    await alignTexts(texts, vectorOf, empty, meanings, kept, 1, job, (text, { aligned, sorted }) => {
      expect(found.has(text)).toBe(false);
      expect([...sorted]).toEqual([...aligned].sort((a, b) => a - b));
      found.set(text, [...aligned]);
    });
    return found;
  };
  await align(['right', 'right']);
  const found = await align(['up', 'right', 'up']);
  expect(read).toEqual(['right', 'up']);
  for (const text of ['right', 'up']) {
    found.get(text)!.forEach((value, row) => {
      expect(value).toBeCloseTo(alignment(thetas[row]!, words[text]!, empty), 6);
    });
  }
});

test('counts the others that fit better, not those that fit as well', () => {
  const of = (...values: number[]) => {
    const aligned = Float32Array.from(values);
    return aligned.map((_, row) => betterThan({ aligned, sorted: aligned.toSorted() }, row));
  };
  expect([...of(0.5, 0.25, 0.5, -1, 0.75)]).toEqual([0.25, 0.75, 0.25, 1, 0]);
  expect([...of(0.5)]).toEqual([0]);
});

test('the mark is for what is not among the best tenth, and needs a meaning', () => {
  const better = (share: number) => poorlyDescribed({ alignment: 0, better: share });
  expect([0, POORLY_DESCRIBED, POORLY_DESCRIBED + 1e-9, 1].map(better)).toEqual([false, false, true, true]);
  expect(poorlyDescribed(null)).toBe(false);
});
