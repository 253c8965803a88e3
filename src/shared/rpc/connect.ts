import { wrap } from 'comlink';
import type * as z from 'zod';
import { ClipsightError, fromErrorInfo } from '../errors';
import { guardedEndpoint } from './endpoint';
import { AnswerEnvelope, issuesLine, type Outcome, refusal } from './envelope';
import type { Pipe } from './pipe';
import { cancelMessage, numberedPort, openPort } from './port';
import { type CallOptions, type Method, Progress, type Protocol, type Remote } from './protocol';
import { remoteOf } from './remote';

export interface Connection<P extends Protocol> {
  readonly remote: Remote<P>;
  /** Rejects what is pending, and every later call, with `engine-stopped`. */
  dispose(reason?: string): void;
}

/** What Comlink sees. Its answers are outcomes: `AnswerEnvelope` let no other through. */
type Callee = Record<string, (request: unknown, portNumber: number | null) => Promise<Outcome>>;

/**
 * Calls a protocol that the other side of a pipe serves. Calls reject with a ClipsightError: the handler's own,
 * `cancelled` as soon as the caller's signal aborts, `engine-stopped` once the pipe is closed, `protocol` when
 * the answer is not what was agreed.
 */
export function connect<P extends Protocol>(pipe: Pipe, name: string, protocol: P): Connection<P> {
  const pending = new Set<(reason: string) => void>();
  let closed: string | null = null;
  let lastPortNumber = 0;

  const root = openPort(pipe, name, 'caller', (data) => {
    const answer = AnswerEnvelope.safeParse(data);
    // A bad answer is replaced and not dropped: its call must not wait forever.
    comlink.deliver(
      answer.success ? answer.data : refusal(data, `${name} gave a bad answer: ${issuesLine(answer.error)}.`),
    );
  });
  const comlink = guardedEndpoint(root.post);
  const callee = wrap<Callee>(comlink.endpoint);

  async function call<M extends keyof P & string>(
    method: M,
    request: z.input<P[M]['request']>,
    { signal, onProgress }: CallOptions = {},
  ): Promise<z.output<P[M]['result']>> {
    const where = `${name}.${method}`;
    const stopped = (reason: string) =>
      new ClipsightError('engine-stopped', `${where} was not answered: ${reason}.`);
    const cancelled = () => new ClipsightError('cancelled', 'Cancelled.');
    if (closed !== null) throw stopped(closed);
    if (signal?.aborted) throw cancelled();

    let interrupt!: (error: ClipsightError) => void;
    const interrupted = new Promise<never>((_resolve, reject) => {
      interrupt = reject;
    });
    const stop = (reason: string) => interrupt(stopped(reason));
    const portNumber = signal === undefined && onProgress === undefined ? null : ++lastPortNumber;
    const port =
      portNumber === null
        ? null
        : openPort(pipe, numberedPort(name, portNumber), 'caller', (data) => {
            const progress = Progress.safeParse(data);
            if (progress.success) onProgress?.(progress.data);
          });
    const cancel = () => {
      port?.post(cancelMessage);
      interrupt(cancelled());
    };
    signal?.addEventListener('abort', cancel);
    pending.add(stop);
    try {
      const outcome = await Promise.race([callee[method]!(request, portNumber), interrupted]);
      return result<P[M]>(protocol[method]!, outcome, where);
    } catch (thrown) {
      // What is no ClipsightError came from the channel: a request that it cannot carry.
      throw thrown instanceof ClipsightError
        ? thrown
        : new ClipsightError('protocol', `${where} could not be asked: ${messageOf(thrown)}.`);
    } finally {
      pending.delete(stop);
      signal?.removeEventListener('abort', cancel);
      port?.close();
    }
  }

  function close(reason: string): void {
    if (closed !== null) return;
    closed = reason;
    stopListening();
    root.close();
    for (const stop of pending) stop(reason);
  }
  const stopListening = pipe.onClose(close);

  return {
    remote: remoteOf(protocol, call),
    dispose: (reason = 'the connection was closed') => close(reason),
  };
}

function result<M extends Method>(method: M, outcome: Outcome, where: string): z.output<M['result']> {
  switch (outcome.kind) {
    case 'error':
      throw fromErrorInfo(outcome.error);
    case 'value': {
      const value = method.result.safeParse(outcome.value);
      if (value.success) return value.data as z.output<M['result']>;
      throw new ClipsightError('protocol', `${where} gave what was not agreed: ${issuesLine(value.error)}.`);
    }
  }
}

function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
