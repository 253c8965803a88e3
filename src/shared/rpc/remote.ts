import type * as z from 'zod';
import type { CallOptions, Protocol, Remote } from './protocol';

/** Makes one call of a protocol, whichever method it is. */
export type Caller<P extends Protocol> = <M extends keyof P & string>(
  method: M,
  request: z.input<P[M]['request']>,
  options?: CallOptions,
) => Promise<z.output<P[M]['result']>>;

/** A protocol as its caller sees it, with every call made by `call`. */
export function remoteOf<P extends Protocol>(protocol: P, call: Caller<P>): Remote<P> {
  const methods = Object.keys(protocol).map((method: keyof P & string) => [
    method,
    (request: z.input<P[typeof method]['request']>, options?: CallOptions) => call(method, request, options),
  ]);
  return Object.freeze(Object.assign(Object.create(null), Object.fromEntries(methods)));
}
