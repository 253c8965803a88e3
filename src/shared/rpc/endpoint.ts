import type { Endpoint } from 'comlink';

type Listener = Parameters<Endpoint['addEventListener']>[1];

/** What Comlink needs of a channel, and the way to hand it the messages that were found good. */
export interface GuardedEndpoint {
  readonly endpoint: Endpoint;
  deliver(data: unknown): void;
}

export function guardedEndpoint(post: (data: unknown) => void): GuardedEndpoint {
  const listeners = new Set<Listener>();
  return {
    endpoint: {
      postMessage: post,
      addEventListener: (_type, listener) => listeners.add(listener),
      removeEventListener: (_type, listener) => listeners.delete(listener),
    },
    deliver(data) {
      const event = new MessageEvent('message', { data });
      for (const listener of listeners) {
        if (typeof listener === 'function') listener(event);
        else listener.handleEvent(event);
      }
    },
  };
}
