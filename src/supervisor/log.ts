export type Log = (line: string) => void;

/**
 * The log without its errors: a channel that was closed, as VS Code's are before the last of what the engine prints
 * is read, is no reason for the engine not to start, nor for its end to go unnoticed.
 */
export function unfailing(log: Log): Log {
  return (line) => {
    try {
      log(line);
    } catch {
      // There is nowhere to say it.
    }
  };
}
