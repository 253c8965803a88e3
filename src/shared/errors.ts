import * as z from 'zod';

/** What went wrong, by the thing that is at fault. The message names it, the remedy says what to do. */
export const errorCodes = [
  'image',
  'prompt',
  'checkpoint',
  'dictionary',
  /** A dictionary reconstructs its model badly: it is used when the person says so (`acceptPoor`). */
  'poor-dictionary',
  /** A linear probe cannot be read, or is not of this model. */
  'probe',
  /** Something could not be had from the hub. */
  'network',
  'configuration',
  /** The index of images cannot be read or written. */
  'library',
  'device',
  'cancelled',
  'deadline',
  'engine-stopped',
  'protocol',
  'internal',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

/** An error as it crosses a process boundary and as it is shown. */
export const ErrorInfo = z.strictObject({
  code: z.enum(errorCodes),
  message: z.string(),
  remedy: z.string().optional(),
});
export type ErrorInfo = z.infer<typeof ErrorInfo>;

export class ClipsightError extends Error {
  override readonly name = 'ClipsightError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly remedy?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export function hasCode(thrown: unknown, code: ErrorCode): thrown is ClipsightError {
  return thrown instanceof ClipsightError && thrown.code === code;
}

/** Whatever was thrown, as data. Unknown errors become `internal` and keep only their message. */
export function toErrorInfo(thrown: unknown): ErrorInfo {
  if (thrown instanceof ClipsightError) {
    const { code, message, remedy } = thrown;
    return remedy === undefined ? { code, message } : { code, message, remedy };
  }
  return { code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown) };
}

export function fromErrorInfo(info: ErrorInfo): ClipsightError {
  return new ClipsightError(info.code, info.message, info.remedy);
}

/** One line for a terminal, a notification or a log. */
export function errorLine(info: ErrorInfo): string {
  return info.remedy === undefined ? info.message : `${info.message} ${info.remedy}`;
}
