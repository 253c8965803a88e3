import { expose } from 'comlink';
import type * as z from 'zod';
import { ClipsightError, toErrorInfo } from '../errors';
import { guardedEndpoint } from './endpoint';
import { CallEnvelope, issuesLine, type Outcome, protocolError, refusal } from './envelope';
import type { Pipe } from './pipe';
import { cancelMessage, numberedPort, openPort } from './port';
import type { Handlers, JobContext, Method, Protocol } from './protocol';

type FacadeMethod = (request: unknown, portNumber: number | null) => Promise<Outcome>;

/**
 * Answers the calls of a protocol that come over a pipe. The other side is not trusted: Comlink, which would let
 * it walk to any property, sees only calls of one own method of a façade without prototype, rebuilt from data
 * that their schema admits. Whatever else comes is refused and runs nothing.
 *
 * When the pipe closes, or on `dispose`, running jobs are told to stop.
 */
export function serve<P extends Protocol>(
  pipe: Pipe,
  name: string,
  protocol: P,
  handlers: Handlers<P>,
): { dispose(): void } {
  const jobs = new Set<AbortController>();
  const portNumbers = new Set<number>();

  async function run<M extends keyof P & string>(
    methodName: M,
    raw: unknown,
    portNumber: number | null,
  ): Promise<Outcome> {
    const where = `${name}.${methodName}`;
    if (portNumber !== null && portNumbers.has(portNumber)) {
      return protocolError(`${where} was called with port ${portNumber}, which is in use.`);
    }
    const controller = new AbortController();
    const abort = () => controller.abort(new ClipsightError('cancelled', 'Cancelled.'));
    // Nothing is awaited before the port is open: a cancel may be the next message.
    const port =
      portNumber === null
        ? null
        : openPort(pipe, numberedPort(name, portNumber), 'server', (data) => {
            if (data === cancelMessage) abort();
          });
    const job: JobContext = { signal: controller.signal, progress: (progress) => port?.post(progress) };
    jobs.add(controller);
    if (portNumber !== null) portNumbers.add(portNumber);
    try {
      const request = parseRequest<P[M]>(protocol[methodName]!, raw, where);
      return { kind: 'value', value: await handlers[methodName](request, job) };
    } catch (thrown) {
      return { kind: 'error', error: toErrorInfo(thrown) };
    } finally {
      jobs.delete(controller);
      if (portNumber !== null) portNumbers.delete(portNumber);
      port?.close();
    }
  }

  const facade: Record<string, FacadeMethod> = Object.create(null);
  for (const methodName of Object.keys(protocol)) {
    facade[methodName] = (request, portNumber) => run(methodName, request, portNumber);
  }
  Object.freeze(facade);

  const root = openPort(pipe, name, 'server', (data) => {
    const call = CallEnvelope.safeParse(data);
    if (call.success && Object.hasOwn(facade, call.data.path[0])) {
      comlink.deliver(call.data);
      return;
    }
    const why = call.success ? 'there is no such method' : issuesLine(call.error);
    const answer = refusal(data, `A call of ${name} was refused: ${why}.`);
    if (answer !== null) root.post(answer);
  });
  const comlink = guardedEndpoint(root.post);
  expose(facade, comlink.endpoint);

  const stopListening = pipe.onClose(dispose);
  function dispose(): void {
    stopListening();
    root.close();
    for (const job of jobs) job.abort(new ClipsightError('cancelled', `${name} is no longer asked.`));
  }
  return { dispose };
}

function parseRequest<M extends Method>(method: M, raw: unknown, where: string): z.output<M['request']> {
  const request = method.request.safeParse(raw);
  if (request.success) return request.data as z.output<M['request']>;
  throw new ClipsightError(
    'protocol',
    `${where} was asked in a form not agreed: ${issuesLine(request.error)}.`,
  );
}
