/**
 * Any two-way channel that carries structured-cloneable messages: process IPC, a webview's postMessage,
 * a MessagePort. Nothing that arrives on it is trusted.
 */
export interface Pipe {
  post(message: unknown): void;
  /** Returns the function that stops listening. */
  onMessage(listener: (message: unknown) => void): () => void;
  /** Called once, when the other side is gone. Returns the function that stops listening. */
  onClose(listener: (reason: string) => void): () => void;
}
