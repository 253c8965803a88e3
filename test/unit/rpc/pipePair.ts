import type { Pipe } from '../../../src/shared/rpc/pipe';

/** One end of a pipe inside this process, with what a test wants to know about it. */
export interface TestPipe extends Pipe {
  /** Ends both sides. */
  close(reason: string): void;
  readonly listeners: number;
  /** All that this end posted. */
  readonly posted: readonly unknown[];
  /** What was thrown by the listeners of this end. */
  readonly thrown: readonly unknown[];
}

/** Messages are structured clones, delivered in order and later: as a process or a webview would get them. */
export function pipePair(clone: (message: unknown) => unknown = structuredClone): [TestPipe, TestPipe] {
  const left = halfPipe();
  const right = halfPipe();
  const end = (near: Half, far: Half): TestPipe => ({
    post(message) {
      const copy = clone(message);
      near.posted.push(copy);
      queueMicrotask(() => far.deliver(copy));
    },
    onMessage: (listener) => add(near.messageListeners, listener),
    onClose: (listener) => add(near.closeListeners, listener),
    close(reason) {
      for (const listener of [...near.closeListeners, ...far.closeListeners]) listener(reason);
    },
    get listeners() {
      return near.messageListeners.size + near.closeListeners.size;
    },
    posted: near.posted,
    thrown: near.thrown,
  });
  return [end(left, right), end(right, left)];
}

type Half = ReturnType<typeof halfPipe>;

function halfPipe() {
  const messageListeners = new Set<(message: unknown) => void>();
  const thrown: unknown[] = [];
  return {
    messageListeners,
    closeListeners: new Set<(reason: string) => void>(),
    posted: [] as unknown[],
    thrown,
    deliver(message: unknown) {
      for (const listener of messageListeners) {
        try {
          listener(message);
        } catch (error) {
          thrown.push(error);
        }
      }
    },
  };
}

function add<T>(set: Set<T>, item: T): () => void {
  set.add(item);
  return () => set.delete(item);
}

/** Lets everything that is under way on in-memory pipes be delivered and answered. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
