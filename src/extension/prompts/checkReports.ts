/** How long a report may be followed by the one that corrects it, in milliseconds. */
const correction = 50;
/** How long the editor may take to report a list that it was given. */
const echo = 500;

/**
 * Tells the check marks that a person makes in a QuickPick from those that the editor only reports back. When it
 * is given a list it reports, some time later, that nothing is checked and at once what is; reports of earlier
 * lists may come in between, with the positions of that list. So after a new list only the report of exactly its
 * check marks is believed, and otherwise a report that no other follows. Even after that report, “nothing is
 * checked” may be the first half of another one, as long as the list is new.
 */
export class CheckReports {
  private latest: ReadonlySet<string> | null = null;
  private timer: NodeJS.Timeout | undefined;
  private awaitsEcho = false;
  /** Until when the list counts as new, in milliseconds since the epoch. */
  private newUntil = 0;
  private isDoubtful = false;

  /**
   * @param given the prompts that are checked as far as we know
   * @param take called with the prompts that the person has left checked
   */
  constructor(
    private readonly given: () => ReadonlySet<string>,
    private readonly take: (checked: ReadonlySet<string>) => void,
  ) {}

  /** The editor was given a list, while it was shown. */
  listed(): void {
    // A list without check marks may be reported by nothing.
    this.awaitsEcho = this.given().size > 0;
    this.newUntil = this.awaitsEcho ? Date.now() + echo : 0;
    this.forget();
  }

  reported(checked: ReadonlySet<string>): void {
    this.forget();
    if (same(checked, this.given())) {
      this.awaitsEcho = false;
      return;
    }
    this.latest = checked;
    this.isDoubtful = this.awaitsEcho || (checked.size === 0 && Date.now() < this.newUntil);
    this.timer = setTimeout(() => this.believe(), this.isDoubtful ? echo : correction);
  }

  /** The person does something else: what was checked before it counts now. */
  settle(): void {
    if (this.latest !== null && !this.isDoubtful) this.believe();
  }

  dispose(): void {
    this.forget();
  }

  private believe(): void {
    const { latest } = this;
    this.forget();
    this.awaitsEcho = false;
    if (latest !== null) this.take(latest);
  }

  private forget(): void {
    clearTimeout(this.timer);
    this.latest = null;
  }
}

function same(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((value) => b.has(value));
}
