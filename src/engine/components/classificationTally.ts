import type { LibraryIntervention } from '../../shared/libraryIntervention';

/** One image, classified twice. */
export interface Classified {
  /** Its number among the pictures. */
  readonly picture: number;
  /** Indices of the classes that it is of. */
  readonly truths: readonly number[];
  /** Its score against each class, without the intervention and with it. */
  readonly before: ArrayLike<number>;
  readonly after: ArrayLike<number>;
}

type Change = Omit<LibraryIntervention['changed'][number], 'sha256' | 'path'> & { readonly picture: number };

type Counts = Pick<LibraryIntervention, 'images' | 'accuracy' | 'classes' | 'changes'> & {
  readonly changed: readonly Change[];
};

/** Images that are of a class, or of any, and how many of them were put where they belong. */
class Right {
  images = 0;
  private before = 0;
  private after = 0;

  add(before: boolean, after: boolean): void {
    this.images += 1;
    this.before += Number(before);
    this.after += Number(after);
  }

  get accuracy(): LibraryIntervention['accuracy'] {
    const { images } = this;
    return images === 0 ? null : { images, before: this.before / images, after: this.after / images };
  }
}

/** Counts what an intervention does to zero-shot classification, image by image. */
export class ClassificationTally {
  private images = 0;
  private readonly right = new Right();
  private readonly classes: readonly { before: number; after: number; right: Right; change: number }[];
  private readonly changes: Change[] = [];
  private several = 0;

  constructor(classes: number) {
    this.classes = Array.from({ length: classes }, () => ({
      before: 0,
      after: 0,
      right: new Right(),
      change: 0,
    }));
  }

  add({ picture, truths, before, after }: Classified): void {
    const [from, to] = [largest(before), largest(after)];
    this.images += 1;
    this.classes[from]!.before += 1;
    this.classes[to]!.after += 1;
    if (truths.length > 0) this.right.add(truths.includes(from), truths.includes(to));
    if (truths.length > 1) this.several += 1;
    for (const truth of truths) {
      const of = this.classes[truth]!;
      of.right.add(truth === from, truth === to);
      of.change += after[truth]! - before[truth]!;
    }
    if (from === to) return;
    const truth = [from, to].find((one) => truths.includes(one)) ?? truths[0] ?? null;
    this.changes.push({ picture, truth, before: from, after: to, scores: [before[from]!, after[from]!] });
  }

  /** Images that are of several classes. */
  get ofSeveral(): number {
    return this.several;
  }

  /** `most`: changes that are listed, those of the largest change of score first. */
  counts(most: number): Counts {
    const size = ({ scores: [before, after] }: Change) => Math.abs(after - before);
    return {
      images: this.images,
      accuracy: this.right.accuracy,
      classes: this.classes.map(({ before, after, right, change }) => ({
        predicted: { before, after },
        accuracy: right.accuracy,
        change: right.images === 0 ? null : change / right.images,
      })),
      changes: this.changes.length,
      changed: this.changes.toSorted((a, b) => size(b) - size(a) || a.picture - b.picture).slice(0, most),
    };
  }
}

/** Index of the largest; of equal ones the first. */
function largest(scores: ArrayLike<number>): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if (scores[i]! > scores[best]!) best = i;
  return best;
}
