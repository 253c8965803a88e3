/** Numbered values, the highest first; of equals the lower number first. */
export interface Numbered {
  readonly number: number;
  readonly value: number;
}

/** Collects the highest of many values, in memory that does not grow with them. Each number is added once. */
export class HighestFew {
  private readonly kept: Numbered[] = [];

  constructor(private readonly most: number) {}

  /** Whether a value could still be among them. */
  admits(value: number): boolean {
    const last = this.kept[this.most - 1];
    return last === undefined ? this.most > 0 : value >= last.value;
  }

  add(number: number, value: number): void {
    if (!this.admits(value)) return;
    let [low, high] = [0, this.kept.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = this.kept[middle]!;
      if (other.value > value || (other.value === value && other.number < number)) low = middle + 1;
      else high = middle;
    }
    this.kept.splice(low, 0, { number, value });
    if (this.kept.length > this.most) this.kept.pop();
  }

  /** In order. */
  list(): readonly Numbered[] {
    return this.kept;
  }
}
