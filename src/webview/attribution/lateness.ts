/**
 * Tells when what is waited for takes so long that what is shown meanwhile should look old: while a bar is dragged,
 * numbers that dimmed at every answer would flicker.
 */
export class Lateness {
  private timer: ReturnType<typeof setTimeout> | null = null;
  private passed = false;

  constructor(
    private readonly onLate: () => void,
    private readonly patience = 400,
  ) {}

  get late(): boolean {
    return this.passed;
  }

  /** Whether something is waited for now. */
  wait(waits: boolean): void {
    if (!waits) {
      if (this.timer !== null) clearTimeout(this.timer);
      this.timer = null;
      this.passed = false;
    } else if (this.timer === null) {
      this.timer = setTimeout(() => {
        this.passed = true;
        this.onLate();
      }, this.patience);
    }
  }
}
