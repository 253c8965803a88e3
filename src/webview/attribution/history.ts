/** A value and all that it was, to go back to and forward again. */
export class History<Value> {
  private past: readonly Value[] = [];
  private future: readonly Value[] = [];

  constructor(
    private value: Value,
    private readonly same: (a: Value, b: Value) => boolean,
  ) {}

  get now(): Value {
    return this.value;
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  push(value: Value): void {
    if (this.same(value, this.value)) return;
    this.past = [...this.past, this.value];
    this.future = [];
    this.value = value;
  }

  undo(): void {
    const previous = this.past.at(-1);
    if (previous === undefined) return;
    this.past = this.past.slice(0, -1);
    this.future = [...this.future, this.value];
    this.value = previous;
  }

  redo(): void {
    const next = this.future.at(-1);
    if (next === undefined) return;
    this.future = this.future.slice(0, -1);
    this.past = [...this.past, this.value];
    this.value = next;
  }
}
