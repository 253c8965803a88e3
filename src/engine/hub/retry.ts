import { setTimeout } from 'node:timers/promises';
import { ClipsightError } from '../../shared/errors';

export interface RetryPolicy {
  /** Tries in a row that bring nothing; the first one counts. */
  readonly attempts: number;
  /** Tries altogether, of work that gets further each time. */
  readonly most: number;
  /** Milliseconds; doubles with each try, up to the longest, and varies by a fifth. */
  readonly firstDelay: number;
  readonly longestDelay: number;
  /** Milliseconds. A server that asks to wait longer is not waited for. */
  readonly longestWait: number;
}

export const usualRetries: RetryPolicy = {
  attempts: 6,
  most: 200,
  firstDelay: 500,
  longestDelay: 15_000,
  longestWait: 60_000,
};

/** Something that may go well the next time, and the error it is if it does not. */
export class Transient extends Error {
  override readonly name = 'Transient';

  constructor(
    readonly error: ClipsightError,
    /** Milliseconds that the server asks to wait. */
    readonly wait: number | null = null,
    /** Nobody answered at all: it is tried only a few times, a person without a network should not wait. */
    readonly unreachable: boolean = false,
  ) {
    super(error.message, { cause: error });
  }
}

/**
 * Tries `work` again while it throws Transient. `progressed` says, after a failure, whether that try got further;
 * then the count starts again.
 *
 * @throws ClipsightError `cancelled` by the signal, or that of the last try.
 */
export async function withRetries<T>(
  policy: RetryPolicy,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
  progressed: () => boolean = () => false,
): Promise<T> {
  let failures = 0;
  for (let tries = 1; ; tries++) {
    throwIfCancelled(signal);
    try {
      return await work();
    } catch (thrown) {
      throwIfCancelled(signal);
      if (!(thrown instanceof Transient)) throw thrown;
      failures = progressed() ? 1 : failures + 1;
      const attempts = thrown.unreachable ? Math.min(3, policy.attempts) : policy.attempts;
      if (failures >= attempts || tries >= policy.most) throw thrown.error;
      if (thrown.wait !== null && thrown.wait > policy.longestWait) throw thrown.error;
      await pause(thrown.wait ?? backoff(policy, failures), signal);
    }
  }
}

function backoff({ firstDelay, longestDelay }: RetryPolicy, failures: number): number {
  return Math.min(longestDelay, firstDelay * 2 ** (failures - 1)) * (0.9 + 0.2 * Math.random());
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal });
  } catch {
    throwIfCancelled(signal);
  }
}

export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new ClipsightError('cancelled', 'The download was cancelled.');
}
