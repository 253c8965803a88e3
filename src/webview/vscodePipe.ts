import type { Pipe } from '../shared/rpc/pipe';

/** The part of VS Code's webview interface that a pipe needs. */
export interface MessagePoster {
  postMessage(message: unknown): void;
}

declare function acquireVsCodeApi(): MessagePoster;

/** The channel from a webview to the extension. VS Code gives its interface only once per page. */
export function vscodePipe(api: MessagePoster = acquireVsCodeApi()): Pipe {
  return {
    post: (message) => api.postMessage(message),
    onMessage(listener) {
      const hear = (event: MessageEvent<unknown>) => listener(event.data);
      window.addEventListener('message', hear);
      return () => window.removeEventListener('message', hear);
    },
    // The page goes with its panel: there is no moment at which it could still be told.
    onClose: () => () => {},
  };
}
