import * as z from 'zod';
import { ClipsightError } from '../../../src/shared/errors';
import type { Handlers, JobContext, Protocol } from '../../../src/shared/rpc/protocol';

export const sampleProtocol = {
  double: {
    request: z.strictObject({ values: z.instanceof(Float32Array) }),
    result: z.instanceof(Float32Array),
  },
  greet: { request: z.strictObject({ name: z.string() }), result: z.string() },
  fail: { request: z.strictObject({ how: z.enum(['clipsight', 'error', 'string']) }), result: z.undefined() },
  /** Reports the steps, then waits until it is told to stop. */
  wait: { request: z.strictObject({ steps: z.int() }), result: z.string() },
  nothing: { request: z.strictObject({}), result: z.undefined() },
} as const satisfies Protocol;
export type SampleProtocol = typeof sampleProtocol;

/** Handlers that keep what happened to them. */
export function sampleHandlers() {
  const calls: string[] = [];
  const signals: AbortSignal[] = [];
  const handlers: Handlers<SampleProtocol> = {
    double({ values }) {
      calls.push('double');
      return values.map((value) => 2 * value);
    },
    async greet({ name }) {
      calls.push('greet');
      return `Hello ${name}`;
    },
    fail({ how }) {
      calls.push('fail');
      switch (how) {
        case 'clipsight':
          throw new ClipsightError('dictionary', 'sae.safetensors has no W_dec.', 'Choose another file.');
        case 'error':
          throw new Error('index out of range');
        case 'string':
          throw 'just text';
      }
    },
    async wait({ steps }, { signal, progress }: JobContext) {
      calls.push('wait');
      signals.push(signal);
      for (let done = 1; done <= steps; done++) progress({ stage: 'waiting', done, total: steps });
      if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      signal.throwIfAborted();
      return 'never reached';
    },
    nothing() {
      calls.push('nothing');
      return undefined;
    },
  };
  return { handlers, calls, signals };
}
