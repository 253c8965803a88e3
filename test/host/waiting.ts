/** Waits until `condition` gives something, and gives that. The test's own time limit ends a wait in vain. */
export async function until<Value>(condition: () => Value | undefined | null | false): Promise<Value> {
  for (;;) {
    const value = condition();
    if (value) return value;
    await pause();
  }
}

/** Repeats an action, which may come too early for the editor, until the condition holds. */
export async function insist(action: () => PromiseLike<unknown>, condition: () => boolean): Promise<void> {
  while (!condition()) {
    await action();
    await pause();
  }
}

export function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 100));
}
