import * as z from 'zod';
import { ErrorInfo } from '../errors';

/** What a method gave. Errors are data here: Comlink's own way would carry stacks and any thrown value. */
export const Outcome = z.discriminatedUnion('kind', [
  // Optional because a channel that speaks JSON drops what is undefined.
  z.strictObject({ kind: z.literal('value'), value: z.unknown().optional() }),
  z.strictObject({ kind: z.literal('error'), error: ErrorInfo }),
]);
export type Outcome = z.infer<typeof Outcome>;

const id = z.string().min(1).max(200);

/**
 * The one Comlink message that is let in: the call of one method with a request and the number of the port
 * beside it (null for none), both plain data.
 */
export const CallEnvelope = z.strictObject({
  id,
  type: z.literal('APPLY'),
  path: z.tuple([z.string()]),
  argumentList: z.tuple([
    z.strictObject({ type: z.literal('RAW'), value: z.unknown().optional() }),
    z.strictObject({ type: z.literal('RAW'), value: z.int().positive().nullable() }),
  ]),
});
export type CallEnvelope = z.infer<typeof CallEnvelope>;

/** The one Comlink answer that is let in. */
export const AnswerEnvelope = z.strictObject({ id, type: z.literal('RAW'), value: Outcome });
export type AnswerEnvelope = z.infer<typeof AnswerEnvelope>;

/** For an envelope that is refused: answers its id, if it has a plausible one, with an error of code `protocol`. */
export function refusal(envelope: unknown, message: string): AnswerEnvelope | null {
  const named = z.object({ id }).safeParse(envelope);
  if (!named.success) return null;
  return { id: named.data.id, type: 'RAW', value: protocolError(message) };
}

export function protocolError(message: string): Outcome {
  return { kind: 'error', error: { code: 'protocol', message } };
}

/** The first few things that a schema found wrong, on one line. */
export function issuesLine(error: z.ZodError): string {
  return error.issues
    .slice(0, 3)
    .map(({ path, message }) => (path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`))
    .join('; ');
}
