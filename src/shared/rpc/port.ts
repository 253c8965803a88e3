import * as z from 'zod';
import type { Pipe } from './pipe';

/**
 * Which end of a port a frame is for. Every frame says it, so calls and answers can share a name, both sides of
 * a pipe can serve under one name, and a port that one side numbered can never be taken for the other side's.
 */
const End = z.enum(['caller', 'server']);
type End = z.infer<typeof End>;

const Frame = z.strictObject({ port: z.string(), to: End, data: z.unknown().optional() });

/** One of many channels on a pipe. */
export interface Port {
  /** Does nothing once the port is closed: what comes late concerns nobody. */
  post(data: unknown): void;
  close(): void;
}

/** Listens as one end of the named port. What `hear` is given has not been checked. */
export function openPort(pipe: Pipe, name: string, end: End, hear: (data: unknown) => void): Port {
  const to: End = end === 'caller' ? 'server' : 'caller';
  const stopListening = pipe.onMessage((message) => {
    const frame = Frame.safeParse(message);
    if (frame.success && frame.data.port === name && frame.data.to === end) hear(frame.data.data);
  });
  let open = true;
  return {
    post(data) {
      if (open) pipe.post({ port: name, to, data });
    },
    close() {
      open = false;
      stopListening();
    },
  };
}

/** The port beside a call: progress comes back over it and `cancelMessage` goes out. Its number is the caller's. */
export function numberedPort(name: string, number: number): string {
  return `${name}#${number}`;
}

export const cancelMessage = 'cancel';
