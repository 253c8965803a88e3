import type { Pipe } from './pipe';

/** What a worker thread and, within it, the port to its parent have in common. */
export interface ThreadEnd {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
  off(event: 'message', listener: (message: unknown) => void): unknown;
  setMaxListeners(count: number): unknown;
}

/**
 * The channel between a worker thread and the one that started it.
 *
 * @param gone fulfilled with the reason once the other side is gone
 */
export function threadPipe(end: ThreadEnd, gone: Promise<string>): Pipe {
  // One listener per port in use: Node's warning at eleven would be a false alarm.
  end.setMaxListeners(0);
  return {
    post(message) {
      end.postMessage(message);
    },
    onMessage(listener) {
      end.on('message', listener);
      return () => end.off('message', listener);
    },
    onClose(listener) {
      let listening = true;
      void gone.then((reason) => {
        if (listening) listener(reason);
      });
      return () => {
        listening = false;
      };
    },
  };
}
