import { uniforms } from '../../numeric/uniforms';

/** What the judge sees in a subject's images. */
export interface SeenImages {
  /** Judge's cosines of each image with each text, [images, texts]; none of them says what the subject says. */
  readonly cosines: Float32Array;
  readonly texts: number;
  /** With what the subject says, [images]. */
  readonly said: Float32Array;
  /** Mean cosine of the library's images with each text, [texts]. */
  readonly usual: Float32Array;
}

/** The same, ready for any division of the images. */
export interface ComparedImages extends SeenImages {
  /** How much less well than what the subject says a sense may fit. */
  readonly tolerance: number;
  /** Of each text: how many of the images that it fits best are a group that it fits within the tolerance. [texts] */
  readonly fits: Int32Array;
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
  /** Whether so many random divisions reached what was seen that p is known well enough. */
  readonly isSettled: boolean;
}

/** Smallest group that a sense is read from. */
export const fewestOfSense = 10;
/** A text that fits so much less well, beyond the usual, says another thing (docs/audit.md, *Kinds*). */
export const mostCarried = 0.8;
/** Random divisions that reach what was seen by which p is known well enough. */
const enoughReached = 10;
const perBlock = 500;

/** What does not hang on the division: asked once for all components of a subject. At least two images. */
export function compared(images: SeenImages): ComparedImages {
  const { cosines, texts, said } = images;
  const count = said.length;
  const tolerance = deviation(said);
  const column = new Float32Array(count);
  const fits = Int32Array.from({ length: texts }, (_, text) => {
    for (let i = 0; i < count; i++) column[i] = cosines[i * texts + text]! - said[i]!;
    // What the subject says itself tells no group from the other.
    if (column.every((value) => Math.abs(value) < 1e-5)) return 0;
    column.sort();
    // The mean of the k best falls with k.
    let sum = 0;
    for (let k = 1; k <= count; k++) {
      sum += column[count - k]!;
      if (sum / k < -tolerance) return k - 1;
    }
    return count;
  });
  return { ...images, tolerance, fits };
}

/**
 * Whether a component divides a subject's images into two senses (docs/audit.md, *Kinds*): the sum of both contrasts
 * against the same of random divisions, as many as it takes to know p: up to `mostDraws`, fewer where 10 reach it.
 * Null where one of the groups is smaller than `fewestOfSense`.
 *
 * @param active 1 where the component fires, [images]
 */
export async function sensesOf(
  images: ComparedImages,
  active: Uint8Array,
  mostDraws: number,
  pause: () => Promise<void>,
): Promise<Senses | null> {
  const count = active.length;
  const firing = active.reduce((sum, one) => sum + one, 0);
  const smaller = Math.min(firing, count - firing);
  if (smaller < fewestOfSense) return null;
  const division = divisible(images, smaller, firing === smaller);
  const group = firing === smaller ? 1 : 0;
  const found = contrasts(
    division,
    Int32Array.from(active.keys()).filter((i) => active[i] === group),
  );
  const observed = found.active.contrast + found.silent.contrast;
  if (!(observed > 0)) return { active: null, silent: null, p: 1, isSettled: true };
  return {
    active: senseOf(found.active, images, active, 1),
    silent: senseOf(found.silent, images, active, 0),
    ...(await permutationP(division, observed, mostDraws, pause)),
  };
}

/** Whether the senses are two: each group has a text of its own, and one of these says nothing like as much of the other. */
export function areTwo({ active, silent }: Senses): boolean {
  return active !== null && silent !== null && Math.min(active.carried, silent.carried) <= mostCarried;
}

/** Images that can be divided into groups of these sizes. */
interface Divisible {
  /** Numbers of the texts that may fit a group: no others matter, however the images are divided. */
  readonly texts: readonly number[];
  /** Cosines with them less those with what the subject says, [texts, images]; and the sums of each row. */
  readonly beside: Float32Array;
  readonly sums: Float64Array;
  readonly count: number;
  /** Size of the smaller group, and whether that is the one in which the component fires. */
  readonly smaller: number;
  readonly firesInSmaller: boolean;
  readonly tolerance: number;
}

function divisible(
  { cosines, texts: all, said, fits, tolerance }: ComparedImages,
  smaller: number,
  firesInSmaller: boolean,
): Divisible {
  const count = said.length;
  const texts = [...fits.keys()].filter((text) => fits[text]! >= smaller);
  const beside = new Float32Array(texts.length * count);
  const sums = Float64Array.from(texts, (text, t) => {
    let sum = 0;
    for (let i = 0; i < count; i++) {
      beside[t * count + i] = cosines[i * all + text]! - said[i]!;
      sum += beside[t * count + i]!;
    }
    return sum;
  });
  return { texts, beside, sums, count, smaller, firesInSmaller, tolerance };
}

interface Contrast {
  /** Its number; −1 of none. */
  readonly text: number;
  readonly contrast: number;
}

/**
 * The largest contrast of a text that fits the group as well as what the subject says, for either group.
 *
 * @param group images of the smaller one; what comes after them is passed over
 */
function contrasts(
  { texts, beside, sums, count, smaller, firesInSmaller, tolerance }: Divisible,
  group: Int32Array,
): { readonly active: Contrast; readonly silent: Contrast } {
  let [few, many] = [0, 0];
  let [fewText, manyText] = [-1, -1];
  for (let t = 0, row = 0; t < texts.length; t++, row += count) {
    let inside = 0;
    for (let n = 0; n < smaller; n++) inside += beside[row + group[n]!]!;
    const a = inside / smaller;
    const b = (sums[t]! - inside) / (count - smaller);
    if (a >= -tolerance && a - b > few) {
      few = a - b;
      fewText = texts[t]!;
    }
    if (b >= -tolerance && b - a > many) {
      many = b - a;
      manyText = texts[t]!;
    }
  }
  const [ofFew, ofMany] = [
    { text: fewText, contrast: few },
    { text: manyText, contrast: many },
  ];
  return firesInSmaller ? { active: ofFew, silent: ofMany } : { active: ofMany, silent: ofFew };
}

async function permutationP(
  division: Divisible,
  observed: number,
  mostDraws: number,
  pause: () => Promise<void>,
): Promise<Pick<Senses, 'p' | 'isSettled'>> {
  const random = uniforms(1);
  const order = Int32Array.from({ length: division.count }, (_, i) => i);
  let [reached, drawn] = [0, 0];
  while (drawn < mostDraws && reached < enoughReached) {
    for (let draw = 0; draw < perBlock; draw++) {
      drawToFront(order, division.smaller, random);
      const found = contrasts(division, order);
      if (found.active.contrast + found.silent.contrast >= observed - 1e-9) reached += 1;
      if (draw % 50 === 0) await pause();
    }
    drawn += perBlock;
  }
  return { p: (1 + reached) / (1 + drawn), isSettled: reached >= enoughReached };
}

/** So many of them, drawn without putting back, come to stand first. */
function drawToFront(order: Int32Array, count: number, random: () => number): void {
  for (let i = 0; i < count; i++) {
    const k = i + Math.floor(random() * (order.length - i));
    const chosen = order[k]!;
    order[k] = order[i]!;
    order[i] = chosen;
  }
}

function senseOf(
  { text, contrast }: Contrast,
  { cosines, texts, usual }: SeenImages,
  active: Uint8Array,
  group: 0 | 1,
): Sense | null {
  if (text === -1) return null;
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
