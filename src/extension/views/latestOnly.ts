/**
 * Sends a value that changes faster than it can be taken: one at a time, and what changed meanwhile is sent once,
 * as it then is. Returns what to call after a change. Sending ends for good when it fails.
 *
 * @param sent the value that the other side already has
 */
export function latestOnly<Value>(
  current: () => Value,
  send: (value: Value) => Promise<void>,
  sent: Value,
): () => Promise<void> {
  let sending = false;
  return async () => {
    if (sending) return;
    sending = true;
    while (current() !== sent) {
      sent = current();
      await send(sent);
    }
    sending = false;
  };
}
