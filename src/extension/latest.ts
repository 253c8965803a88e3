/**
 * Work of which only the latest counts: what is begun cancels what was begun before, and what that still gives is
 * dropped.
 */
export class Latest {
  private controller = new AbortController();

  /** Undefined where other work was begun, or this was cancelled, before it ended: then it counts for nothing. */
  async run<Value>(work: (signal: AbortSignal) => Promise<Value>): Promise<Value | undefined> {
    this.controller.abort();
    const controller = new AbortController();
    this.controller = controller;
    try {
      const value = await work(controller.signal);
      return controller.signal.aborted ? undefined : value;
    } catch (thrown) {
      if (controller.signal.aborted) return undefined;
      throw thrown;
    }
  }

  cancel(): void {
    this.controller.abort();
  }
}
