import { uniforms } from '../../numeric/uniforms';

/** What the judge sees in a subject's images. */
export interface SeenImages {
  /** Judge's cosines of each image with each text, [images, texts]. */
  readonly cosines: Float32Array;
  readonly texts: number;
  /** With what the subject says, [images]. */
  readonly said: Float32Array;
  /** 1 where the component fires, [images]. */
  readonly active: Uint8Array;
  /** Mean cosine of the library's images with each text, [texts]. */
  readonly usual: Float32Array;
}

/** A text that fits one group of images as well as what the subject says, and the other group less. */
export interface Sense {
  readonly text: number;
  /** How much better, beside what the subject says, it fits the one group than the other: a difference of cosines. */
  readonly contrast: number;
  /** How well it fits the other group, as a share of how well it fits the one, both beyond the library's usual. */
  readonly carried: number;
}

export interface Senses {
  /** Of the images in which the component fires, and of the others; null where no text fits the one group alone. */
  readonly active: Sense | null;
  readonly silent: Sense | null;
  /** That images of one sense, divided as often at random, are told apart by texts as well. */
  readonly p: number;
}

/** Smallest group that a sense is read from. */
export const fewestOfSense = 10;
/** A text that fits so much less well, beyond the usual, says another thing (docs/audit.md, *Kinds*). */
export const mostCarried = 0.8;

const perBlock = 500;

/**
 * Whether a component divides a subject's images into two senses (docs/audit.md, *Kinds*): the sum of both contrasts
 * against the same of random divisions, as many as it takes to know p: up to `mostDraws`, fewer where 10 reach it.
 * Null where one of the groups is smaller than `fewestOfSense`.
 */
export function sensesOf(images: SeenImages, mostDraws: number): Senses | null {
  const { cosines, texts, said, active } = images;
  const count = active.length;
  const firing = active.reduce((sum, one) => sum + one, 0);
  if (Math.min(firing, count - firing) < fewestOfSense) return null;
  const tolerance = deviation(said);
  const possible = fittingTexts(images, Math.min(firing, count - firing), tolerance);
  if (possible.length === 0) return { active: null, silent: null, p: 1 };
  // Beside what the subject says, [possible texts, images].
  const beside = new Float32Array(possible.length * count);
  possible.forEach((text, t) => {
    for (let i = 0; i < count; i++) beside[t * count + i] = cosines[i * texts + text]! - said[i]!;
  });
  const division = { beside, count, texts: possible.length, tolerance };
  const found = contrasts(division, active);
  const observed = found.active.contrast + found.silent.contrast;
  if (!(observed > 0)) return { active: null, silent: null, p: 1 };
  return {
    active: senseOf(found.active, possible, images, 1),
    silent: senseOf(found.silent, possible, images, 0),
    p: permutationP(division, active, observed, mostDraws),
  };
}

/** Whether the senses are two: each group has a text of its own, and one of these says nothing like as much of the other. */
export function areTwo({ active, silent }: Senses): boolean {
  return active !== null && silent !== null && Math.min(active.carried, silent.carried) <= mostCarried;
}

interface Division {
  readonly beside: Float32Array;
  readonly count: number;
  readonly texts: number;
  readonly tolerance: number;
}

interface Contrast {
  /** Among the possible; −1 of none. */
  readonly text: number;
  readonly contrast: number;
}

/** The largest contrast of a text that fits the group as well as what the subject says, for either group. */
function contrasts(
  { beside, count, texts, tolerance }: Division,
  active: Uint8Array,
): { readonly active: Contrast; readonly silent: Contrast } {
  const firing = active.reduce((sum, one) => sum + one, 0);
  let [one, other] = [
    { text: -1, contrast: 0 },
    { text: -1, contrast: 0 },
  ];
  for (let t = 0; t < texts; t++) {
    let [inside, all] = [0, 0];
    for (let i = 0; i < count; i++) {
      const value = beside[t * count + i]!;
      all += value;
      if (active[i] === 1) inside += value;
    }
    const a = inside / firing;
    const b = (all - inside) / (count - firing);
    if (a >= -tolerance && a - b > one.contrast) one = { text: t, contrast: a - b };
    if (b >= -tolerance && b - a > other.contrast) other = { text: t, contrast: b - a };
  }
  return { active: one, silent: other };
}

function permutationP(division: Division, active: Uint8Array, observed: number, mostDraws: number): number {
  const random = uniforms(1);
  const labels = active.slice();
  let [reached, drawn] = [0, 0];
  while (drawn < mostDraws && reached < 10) {
    for (let draw = 0; draw < perBlock; draw++) {
      shuffle(labels, random);
      const found = contrasts(division, labels);
      if (found.active.contrast + found.silent.contrast >= observed - 1e-9) reached += 1;
    }
    drawn += perBlock;
  }
  return (1 + reached) / (1 + drawn);
}

function shuffle(labels: Uint8Array, random: () => number): void {
  for (let i = labels.length - 1; i > 0; i--) {
    const k = Math.floor(random() * (i + 1));
    [labels[i], labels[k]] = [labels[k]!, labels[i]!];
  }
}

/** Texts that fit some group of that size as well as what the subject says does, within the tolerance: no others matter. */
function fittingTexts(
  { cosines, texts, said }: SeenImages,
  smallest: number,
  tolerance: number,
): readonly number[] {
  const count = said.length;
  const column = new Float32Array(count);
  return Array.from({ length: texts }, (_, text) => text).filter((text) => {
    for (let i = 0; i < count; i++) column[i] = cosines[i * texts + text]! - said[i]!;
    // What the subject says tells no group from the other.
    if (column.every((value) => Math.abs(value) < 1e-5)) return false;
    column.sort();
    let sum = 0;
    for (let i = count - smallest; i < count; i++) sum += column[i]!;
    return sum / smallest >= -tolerance;
  });
}

function senseOf(
  { text: at, contrast }: Contrast,
  possible: readonly number[],
  { cosines, texts, active, usual }: SeenImages,
  group: 0 | 1,
): Sense | null {
  if (at === -1) return null;
  const text = possible[at]!;
  const sums = [0, 0];
  const counts = [0, 0];
  active.forEach((label, i) => {
    sums[label]! += cosines[i * texts + text]! - usual[text]!;
    counts[label]! += 1;
  });
  const own = sums[group]! / counts[group]!;
  const other = sums[1 - group]! / counts[1 - group]!;
  return { text, contrast, carried: own > 0 ? other / own : 1 };
}

/** Standard deviation, of a sample. */
function deviation(values: Float32Array): number {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (values.length - 1));
}
