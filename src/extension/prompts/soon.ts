/** Work that is done once, a moment after it was begun, however often it is begun meanwhile. */
export interface Soon {
  begin(): void;
  dispose(): void;
}

/** @param delay in milliseconds, from the first `begin` */
export function soon(delay: number, work: () => void): Soon {
  let timer: NodeJS.Timeout | null = null;
  return {
    begin() {
      timer ??= setTimeout(() => {
        timer = null;
        work();
      }, delay);
    },
    dispose() {
      if (timer !== null) clearTimeout(timer);
    },
  };
}
